import { h } from '../dom';
import { passwordField, textField } from '../fields';
import { explanation, Form } from '../form';
import { ServerRefusal } from '../http';
import { t } from '../i18n';
import { Modal } from '../modal';
import type { Session } from './session';

/** Asks for login and password, or leads to the provider that knows the person. */
export function openLogin(session: Session, returnTo: string, problem = ''): void {
  const modal = new Modal(t.loginTitle);
  modal.element.id = 'login-dialog';
  const { password, oidc } = session.state.login_methods;
  const content: HTMLElement[] = [];
  if (problem) content.push(h('p', { class: 'form-error', role: 'alert' }, problem));
  if (oidc) content.push(providerLink(oidc, returnTo));
  if (oidc && password) content.push(h('p', { class: 'or' }, h('span', {}, t.or)));
  if (password) content.push(passwordForm(session, modal).element);
  modal.open(...content);
}

/** The way back after the provider: this page, without the prefix the server is published under. */
export function returnPath(): string {
  const page = location.pathname.split('/').pop() ?? '';
  return `/${page}${location.hash}`;
}

/** What to say when the provider sent somebody back without a session. */
export function loginErrorWords(code: string): string {
  return t.loginErrors[code] ?? t.loginFailed;
}

/** The code the server left in the address after a login that failed; the address is cleaned. */
export function takeLoginError(): string | null {
  const page = new URL(location.href);
  const code = page.searchParams.get('login_error');
  if (code === null) return null;
  page.searchParams.delete('login_error');
  history.replaceState(null, '', page.href);
  return code;
}

export function loginProblem(error: unknown): string {
  if (!(error instanceof ServerRefusal)) return explanation(error);
  if (error.status === 401) return t.loginRefused;
  if (error.status === 429) return t.loginTooOften(waitWords(error.retryAfter));
  return explanation(error);
}

/** "dans 45 secondes", "dans 3 minutes". */
export function waitWords(seconds: number | null): string {
  if (seconds === null) return t.waitSome;
  return seconds < 90 ? t.waitSeconds(Math.max(1, seconds)) : t.waitMinutes(Math.ceil(seconds / 60));
}

function providerLink(oidc: { title: string; url: string }, returnTo: string): HTMLElement {
  const address = new URL(oidc.url, document.baseURI);
  address.searchParams.set('return', returnTo);
  return h('a', { class: 'button main provider', href: address.href }, oidc.title);
}

function passwordForm(session: Session, modal: Modal): Form {
  const login = textField('login', { label: t.loginName }, '', {
    autocomplete: 'username',
    autocapitalize: 'none',
    spellcheck: 'false',
    required: true,
    autofocus: true,
  });
  const password = passwordField('password', { label: t.password }, { autocomplete: 'current-password', required: true });
  const submit = async () => {
    await session.login(login.value(), password.value());
    modal.close();
  };
  return new Form([login, password], { submit: t.login }, submit, loginProblem);
}
