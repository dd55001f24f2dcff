import { h } from '../dom';
import { choiceField, grouped, passwordField, severalField, textField, yesNoField, type Choice, type Field } from '../fields';
import { t } from '../i18n';
import { confirmed } from '../modal';
import { choices, type AdminApi } from './api';
import type { AdminPerson } from './contract';
import { openCreator, openEditor } from './editor';
import { organisationNames, periodFields } from './organisations';
import { Section } from './section';
import { openSight } from './sees';
import { Table, type Action } from './table';
import { phaseTag, type Names } from './words';

export function peopleSection(api: AdminApi): Section<AdminPerson> {
  const words = t.admin.people;
  let organisations: Names = new Map();
  let services: Choice[] = [];
  const done = () => void section.refresh();
  const edit = (one: AdminPerson) =>
    openEditor({ title: one.name, fields: fields(one, organisations, services), save: (content) => api.change('people', one.id, content), done });
  const create = () =>
    openCreator({ title: words.create, fields: fields(null, organisations, services), save: (content) => api.create('people', content), done });
  const activate = async (one: AdminPerson, active: boolean) => {
    if (!active && !(await confirmed(words.deactivateTitle(one.name), words.deactivateWarning, words.deactivate))) return;
    await section.act(() => api.change('people', one.id, { active }));
  };
  const actions = (one: AdminPerson): Action[] => [
    { words: words.sees, on: one.name, act: () => openSight(api, one) },
    { words: t.admin.edit, on: one.name, act: () => edit(one) },
    one.active
      ? { words: words.deactivate, on: one.name, act: () => void activate(one, false), danger: true }
      : { words: words.activate, on: one.name, act: () => void activate(one, true) },
  ];
  const table = new Table<AdminPerson>(
    words.title,
    [
      { title: words.name, cell: (one) => one.name },
      { title: words.login, cell: (one) => one.login },
      { title: words.organisation, cell: (one) => organisations.get(String(one.organisation)) ?? '' },
      { title: words.services, cell: (one) => (one.services ? one.services.join(', ') : t.admin.all) },
      { title: t.admin.state, cell: (one) => (one.active ? phaseTag(one) : h('span', { class: 'phase past' }, words.inactive)) },
    ],
    actions,
  );
  const load = async () => {
    const [people, names, known] = await Promise.all([api.list('people'), organisationNames(api), api.list('services')]);
    organisations = names;
    services = known.map(({ code, title }) => ({ value: code, label: title }));
    return people.sort((a, b) => a.name.localeCompare(b.name, 'fr'));
  };
  const section = new Section({ id: 'people', title: words.title, table, load, create: { words: words.create, open: create } });
  return section;
}

function fields(one: AdminPerson | null, organisations: Names, services: Choice[]): Field[] {
  const words = t.admin.people;
  const organisation = choiceField('organisation', { label: words.organisation }, choices(organisations), String(one?.organisation ?? ''), {
    required: true,
  });
  const passwordWords = one ? { label: words.newPassword, hint: words.newPasswordHint } : { label: words.firstPassword, hint: words.firstPasswordHint };
  return [
    textField('name', { label: words.name }, one?.name, { required: true }),
    textField('login', { label: words.login, hint: words.loginHint }, one?.login, { required: true, autocapitalize: 'none', spellcheck: 'false' }),
    textField('email', { label: words.email }, one?.email, { type: 'email' }),
    asNumber(organisation),
    servicesField(one ? one.services : null, services),
    passwordField('password', passwordWords),
    textField('oidc_subject', { label: words.subject, hint: words.subjectHint }, one?.oidc_subject),
    ...periodFields(one ?? { valid_from: null, valid_to: null }),
  ];
}

/** Organisations are chosen by name and sent by number. */
export function asNumber(field: Field<string>): Field<number | null> {
  return { ...field, value: () => (field.value() ? Number(field.value()) : null) };
}

/** All services of the organisation's conventions (null), or some of them. */
function servicesField(value: string[] | null, services: Choice[]): Field<string[] | null> {
  const words = t.admin.people;
  const all = yesNoField('all-services', { label: words.allServices }, value === null);
  const some = severalField('some-services', { label: words.someServices }, services, value ?? []);
  const follow = () => (some.element.hidden = all.value());
  all.element.addEventListener('change', follow);
  follow();
  const content = h('div', { class: 'form' }, all.element, some.element);
  const read = () => (all.value() ? null : some.value());
  return grouped('services', { label: words.services }, content, read, () => all.focus());
}
