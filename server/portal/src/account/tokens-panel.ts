import { dayOf, endOfDay, isPast, lastDayOf, today } from '../dates';
import { h } from '../dom';
import { choiceField, dayField, textField } from '../fields';
import { explanation, Form } from '../form';
import { formatDate } from '../format';
import { t } from '../i18n';
import { confirmed, Modal } from '../modal';
import { secretNote } from './secret';
import type { Session, Token, TokenKind } from './session';

/** "Mes accès": the person's own passwords for QGIS and tokens for scripts. */
export class TokensPanel {
  private readonly list = h('div', { class: 'token-list' });
  private readonly news = h('div');
  private readonly modal: Modal;

  constructor(
    private readonly session: Session,
    private readonly address: string,
  ) {
    this.modal = new Modal(t.myAccesses, 'wide');
    this.modal.element.id = 'tokens-dialog';
  }

  open(): void {
    const form = this.form();
    this.modal.open(h('p', { class: 'soft' }, t.accessesHelp), this.news, this.list, h('h3', {}, t.accessNew), form.element);
    void this.refresh();
  }

  private form(): Form {
    const title = textField('title', { label: t.accessTitle, hint: t.accessTitleHint }, '', { required: true, maxlength: 120 });
    const kinds = (['application', 'token'] as const).map((value) => ({ value, label: t.tokenKinds[value] }));
    const kind = choiceField('kind', { label: t.accessKind }, kinds, 'application');
    const expires = dayField('expires_at', { label: t.accessExpires, hint: t.accessExpiresHint }, null, { min: today() });
    const form = new Form([title, kind, expires], { submit: t.accessCreate }, async () => {
      const day = expires.value();
      await this.create(title.value(), kind.value() as TokenKind, day && endOfDay(day));
      form.element.reset();
    });
    return form;
  }

  private async create(title: string, kind: TokenKind, expires_at: string | null): Promise<void> {
    const made = await this.session.createToken({ title, kind, expires_at });
    if (!made) return;
    const login = this.session.state.person?.login ?? '';
    this.news.replaceChildren(secretNote({ kind, title, login, secret: made.secret, address: this.address }));
    this.news.querySelector<HTMLElement>('h3')?.focus();
    await this.refresh();
  }

  private async refresh(): Promise<void> {
    try {
      const tokens = (await this.session.tokens()).filter((token) => !token.revoked_at);
      this.list.replaceChildren(tokens.length > 0 ? this.items(tokens) : h('p', { class: 'soft' }, t.accessesNone));
    } catch (error) {
      this.list.replaceChildren(h('p', { class: 'form-error', role: 'alert' }, explanation(error)));
    }
  }

  private items(tokens: Token[]): HTMLElement {
    return h('ul', { class: 'tokens', 'aria-label': t.myAccesses }, ...tokens.map((token) => this.item(token)));
  }

  private item(token: Token): HTMLElement {
    const revoke = h(
      'button',
      { type: 'button', class: 'button danger', 'aria-label': t.accessRevokeLong(token.title), onclick: () => void this.revoke(token) },
      t.accessRevoke,
    );
    const about = h('span', { class: 'soft' }, [t.tokenKinds[token.kind], ...tokenDates(token)].join(' · '));
    return h('li', {}, h('div', { class: 'token-words' }, h('strong', {}, token.title), about), revoke);
  }

  private async revoke(token: Token): Promise<void> {
    if (!(await confirmed(t.accessRevokeLong(token.title), t.accessRevokeWarning, t.accessRevoke))) return;
    try {
      await this.session.revokeToken(token.id);
      this.news.replaceChildren();
      await this.refresh();
    } catch (error) {
      this.news.replaceChildren(h('p', { class: 'form-error', role: 'alert' }, explanation(error)));
    }
  }
}

/** When a token was made, last used, and ends. */
export function tokenDates({ created_at, last_used_at, expires_at }: Token): string[] {
  const day = (text: string) => formatDate(text, t.locale);
  const dates = [t.accessCreated(day(dayOf(created_at)))];
  dates.push(last_used_at ? t.accessUsed(day(dayOf(last_used_at))) : t.accessNeverUsed);
  if (expires_at) dates.push(isPast(expires_at) ? t.accessExpired(day(lastDayOf(expires_at))) : t.accessUntil(day(lastDayOf(expires_at))));
  return dates;
}
