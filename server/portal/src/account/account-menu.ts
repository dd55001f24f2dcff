import { h, icon } from '../dom';
import { t } from '../i18n';
import type { SessionState } from './session';

export interface AccountEvents {
  login(): void;
  tokens(): void;
  logout(): void;
}

/** Who is logged in, and what that person can do about it; for others the way in. */
export class AccountMenu {
  readonly element = h('div', { class: 'account', id: 'account' });
  private button: HTMLButtonElement | null = null;
  private readonly waiting = h('span', { class: 'account-waiting' });
  private readonly menu = h('ul', { class: 'account-menu', id: 'account-menu', hidden: true });

  constructor(private readonly events: AccountEvents) {
    document.addEventListener('pointerdown', (event) => {
      if (event.target instanceof Node && !this.element.contains(event.target)) this.close();
    });
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || this.menu.hidden) return;
      event.stopPropagation();
      this.close();
      this.button?.focus();
    });
    this.element.addEventListener('focusout', (event) => {
      if (event.relatedTarget instanceof Node && !this.element.contains(event.relatedTarget)) this.close();
    });
  }

  show(state: SessionState): void {
    const focused = this.element.contains(document.activeElement);
    this.menu.hidden = true;
    this.button = state.person ? this.personButton(state.person.name, state.person.organisation.name) : this.loginButton();
    this.menu.replaceChildren(...(state.person ? this.items(state) : []));
    this.element.replaceChildren(this.button, this.menu);
    if (focused) this.button.focus();
  }

  private loginButton(): HTMLButtonElement {
    const words = h('span', { class: 'account-words' }, h('span', { class: 'account-name' }, t.login));
    const button = h('button', { type: 'button', class: 'account-button', id: 'login', onclick: () => this.events.login() });
    button.append(icon('person'), words);
    return button;
  }

  private personButton(name: string, organisation: string): HTMLButtonElement {
    const words = h('span', { class: 'account-words' }, h('span', { class: 'account-name' }, name), ' ');
    words.append(h('span', { class: 'account-organisation' }, organisation));
    const button = h('button', {
      type: 'button',
      class: 'account-button',
      'aria-expanded': 'false',
      'aria-controls': this.menu.id,
      title: t.account,
      onclick: () => this.toggle(),
    });
    button.append(icon('person'), words, icon('chevron'));
    return button;
  }

  /** How many deposits wait for the reader, beside the link to them. */
  showWaiting(count: number): void {
    this.waiting.textContent = count > 0 ? t.inbox.many(count) : '';
  }

  private items({ administrator, reviewer }: SessionState): HTMLElement[] {
    const button = (words: string, id: string, act: () => void) =>
      h('li', {}, h('button', { type: 'button', id, onclick: () => this.choose(act) }, words));
    const items = [button(t.myAccesses, 'my-accesses', () => this.events.tokens())];
    items.push(h('li', {}, h('a', { href: './depot.html', id: 'depot' }, t.depot.title)));
    if (reviewer) items.push(h('li', {}, h('a', { href: './a-traiter.html', id: 'inbox-link' }, t.inbox.title, ' ', this.waiting)));
    if (administrator) items.push(h('li', {}, h('a', { href: './admin.html', id: 'administration' }, t.administration)));
    items.push(button(t.logout, 'logout', () => this.events.logout()));
    return items;
  }

  private choose(act: () => void): void {
    this.close();
    this.button?.focus();
    act();
  }

  private toggle(): void {
    if (!this.menu.hidden) return this.close();
    this.menu.hidden = false;
    this.button?.setAttribute('aria-expanded', 'true');
  }

  private close(): void {
    this.menu.hidden = true;
    if (this.button?.hasAttribute('aria-expanded')) this.button.setAttribute('aria-expanded', 'false');
  }
}
