import { daysAfter, isPast, lastDayOf, today } from '../dates';
import { h } from '../dom';
import { choiceField, dayField, textField, type Field } from '../fields';
import { wrong } from '../form';
import { t } from '../i18n';
import { confirmed } from '../modal';
import { choices, type AdminApi } from './api';
import type { Convention } from './contract';
import { openCreator, openEditor } from './editor';
import { organisationNames, periodFields } from './organisations';
import { asNumber } from './people';
import { rightsField } from './rights-editor';
import { Section } from './section';
import { serviceNames } from './services';
import { Table, type Action } from './table';
import { periodWords, phaseTag, rightsLineWords, type Names } from './words';

export interface Known {
  organisations: Names;
  services: Names;
  layers: Names;
  communes: Names;
}

const soon = 60;

export function conventionsSection(api: AdminApi): Section<Convention> {
  const words = t.admin.conventions;
  let known: Known = { organisations: new Map(), services: new Map(), layers: new Map(), communes: new Map() };
  const done = () => void section.refresh();
  const edit = (one: Convention) =>
    openEditor({ title: one.title, fields: fields(one, known), save: (content) => api.change('conventions', one.id, content), done, size: 'wide' });
  const create = () =>
    openCreator({ title: words.create, fields: fields(null, known), save: (content) => api.create('conventions', content), done, size: 'wide' });
  const end = async (one: Convention) => {
    if (!(await confirmed(words.endTitle(one.title), words.endWarning, words.end))) return;
    await section.act(() => api.change('conventions', one.id, { valid_to: new Date().toISOString() }));
  };
  const actions = (one: Convention): Action[] => {
    const list: Action[] = [{ words: t.admin.edit, on: one.title, act: () => edit(one) }];
    if (one.valid_to) list.push({ words: words.renew, on: one.title, act: () => openRenewal(api, one, done) });
    if (!isPast(one.valid_to)) list.push({ words: words.end, on: one.title, act: () => void end(one), danger: true });
    return list;
  };
  const table = new Table<Convention>(words.title, columns(() => known), actions);
  const ending = h('input', { type: 'checkbox', id: 'ends-within' });
  ending.addEventListener('change', done);
  const filter = h('label', { class: 'tick' }, ending, h('span', {}, words.endsWithin(soon)));
  const load = async () => {
    known = await readKnown(api);
    return api.list('conventions', ending.checked ? `?ends_within=${soon}` : '');
  };
  const section = new Section({
    id: 'conventions',
    title: words.title,
    table,
    load,
    create: { words: words.create, open: create },
    filters: [filter],
  });
  return section;
}

async function readKnown(api: AdminApi): Promise<Known> {
  const [organisations, services, layers, communes] = await Promise.all([
    organisationNames(api),
    serviceNames(api),
    api.layers(),
    api.communes(),
  ]);
  return { organisations, services, layers, communes };
}

function columns(known: () => Known) {
  const words = t.admin.conventions;
  const rightsCell = (one: Convention) => {
    const { services, layers } = known();
    return h('ul', { class: 'lines' }, ...one.rights.map((line) => h('li', {}, rightsLineWords(line, services, layers))));
  };
  return [
    { title: words.name, cell: (one: Convention) => one.title },
    { title: words.organisation, cell: (one: Convention) => known().organisations.get(String(one.organisation)) ?? '' },
    { title: words.reference, cell: (one: Convention) => one.reference ?? '' },
    { title: t.admin.period, cell: periodWords },
    { title: t.admin.state, cell: phaseTag },
    { title: words.rights, cell: rightsCell },
  ];
}

/** The proposed end is one year after the old one, or after today when that has passed already. */
function openRenewal(api: AdminApi, one: Convention, done: () => void): void {
  const words = t.admin.conventions;
  const old = one.valid_to ? lastDayOf(one.valid_to) : today();
  const from = old > today() ? old : today();
  const field = dayField('valid_to', { label: words.renewTo, hint: t.admin.validToIncluded }, daysAfter(from, 365), {
    required: true,
    min: daysAfter(old, 1),
  });
  const save = async (content: Record<string, unknown>) => {
    if (String(content['valid_to']) <= old) throw wrong('valid_to', words.renewLater);
    await api.change('conventions', one.id, content);
  };
  openCreator({ title: words.renewTitle(one.title), fields: [field], save, done });
}

function fields(one: Convention | null, known: Known): Field[] {
  const words = t.admin.conventions;
  const organisation = choiceField('organisation', { label: words.organisation }, choices(known.organisations), String(one?.organisation ?? ''), {
    required: true,
  });
  return [
    textField('title', { label: words.name }, one?.title, { required: true }),
    asNumber(organisation),
    textField('reference', { label: words.reference, hint: words.referenceHint }, one?.reference),
    textField('contact', { label: words.contact, hint: words.contactHint }, one?.contact),
    ...periodFields(one ?? { valid_from: today(), valid_to: null }),
    rightsField(one?.rights ?? [], known),
  ];
}
