import { secretNote } from '../account/secret';
import type { TokenKind } from '../account/session';
import { endOfDay, isPast, today } from '../dates';
import { h } from '../dom';
import { choiceField, dayField, textField } from '../fields';
import { Form } from '../form';
import { t } from '../i18n';
import { confirmed, Modal } from '../modal';
import { choices, type AdminApi } from './api';
import type { AdminToken } from './contract';
import { Section } from './section';
import { Table } from './table';
import { day, lastDay, time, type Names } from './words';

export function tokensSection(api: AdminApi): Section<AdminToken> {
  const words = t.admin.tokens;
  let people: Names = new Map();
  const revoke = async (one: AdminToken) => {
    if (await confirmed(t.accessRevokeLong(one.title), t.accessRevokeWarning, t.accessRevoke)) {
      await section.act(() => api.revokeToken(one.id));
    }
  };
  const table = new Table<AdminToken>(
    words.title,
    [
      { title: words.name, cell: (one) => one.title },
      { title: words.person, cell: (one) => people.get(String(one.person)) ?? one.login },
      { title: words.kind, cell: (one) => t.tokenKinds[one.kind] ?? one.kind },
      { title: words.prefix, cell: (one) => (one.prefix ? h('code', {}, `${one.prefix}…`) : '') },
      { title: words.created, cell: (one) => day(one.created_at) },
      { title: words.used, cell: (one) => (one.last_used_at ? time(one.last_used_at) : t.accessNeverUsed) },
      { title: words.expires, cell: (one) => lastDay(one.expires_at) },
      { title: t.admin.state, cell: stateTag },
    ],
    (one) => (one.revoked_at ? [] : [{ words: t.accessRevoke, on: one.title, act: () => void revoke(one), danger: true }]),
  );
  const load = async () => {
    const [tokens, known] = await Promise.all([api.list('tokens'), api.list('people')]);
    people = new Map(known.map(({ id, name, login }) => [String(id), `${name} (${login})`]));
    return tokens;
  };
  const create = () => openTokenCreator(api, people, () => void section.refresh());
  const section = new Section({ id: 'tokens', title: words.title, table, load, create: { words: words.create, open: create } });
  return section;
}

function stateTag({ revoked_at, expires_at }: AdminToken): HTMLElement {
  const words = t.admin.tokens;
  if (revoked_at) return h('span', { class: 'phase past' }, words.revoked(day(revoked_at)));
  return isPast(expires_at) ? h('span', { class: 'phase past' }, words.expired) : h('span', { class: 'phase current' }, words.valid);
}

/** The form gives way to the secret, which the administrator hands over. */
function openTokenCreator(api: AdminApi, people: Names, done: () => void): void {
  const words = t.admin.tokens;
  const modal = new Modal(words.create);
  const person = choiceField('person', { label: words.person }, choices(people), '', { required: true });
  const title = textField('title', { label: t.accessTitle, hint: t.accessTitleHint }, '', { required: true, maxlength: 120 });
  const kinds = (['application', 'token'] as const).map((value) => ({ value, label: t.tokenKinds[value] }));
  const kind = choiceField('kind', { label: t.accessKind }, kinds, 'application');
  const expires = dayField('expires_at', { label: t.accessExpires, hint: t.accessExpiresHint }, null, { min: today() });
  const form = new Form([person, title, kind, expires], { submit: t.accessCreate, cancel: () => modal.close() }, async () => {
    const until = expires.value();
    const wish = { title: title.value(), kind: kind.value() as TokenKind, expires_at: until && endOfDay(until) };
    const made = await api.createToken({ person: Number(person.value()), ...wish });
    done();
    if (!made) return modal.close();
    const note = secretNote({ ...wish, login: made.login, secret: made.secret, address: api.address });
    modal.body.replaceChildren(note);
    note.querySelector<HTMLElement>('h3')?.focus();
  });
  modal.open(form.element);
}
