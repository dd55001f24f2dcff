import { dayOf, lastDayOf } from '../dates';
import { choiceField, dayField, textField, type Field } from '../fields';
import { t } from '../i18n';
import type { AdminApi } from './api';
import { kinds, type Organisation, type Period } from './contract';
import { openCreator, openEditor } from './editor';
import { Section } from './section';
import { Table } from './table';
import { periodWords, phaseTag, type Names } from './words';

export function organisationsSection(api: AdminApi): Section<Organisation> {
  const words = t.admin.organisations;
  const edit = (one: Organisation) =>
    openEditor({
      title: one.name,
      fields: fields(one),
      save: (content) => api.change('organisations', one.id, content),
      done: () => void section.refresh(),
    });
  const create = () =>
    openCreator({
      title: words.create,
      fields: fields(null),
      save: (content) => api.create('organisations', content),
      done: () => void section.refresh(),
    });
  const table = new Table<Organisation>(
    words.title,
    [
      { title: words.name, cell: (one) => one.name },
      { title: words.kind, cell: (one) => one.kind },
      { title: words.siren, cell: (one) => one.siren ?? '' },
      { title: words.insee, cell: (one) => one.code_insee ?? '' },
      { title: t.admin.period, cell: periodWords },
      { title: t.admin.state, cell: phaseTag },
    ],
    (one) => [{ words: t.admin.edit, on: one.name, act: () => edit(one) }],
  );
  const load = async () => (await api.list('organisations')).sort((a, b) => a.name.localeCompare(b.name, 'fr'));
  const section = new Section({ id: 'organisations', title: words.title, table, load, create: { words: words.create, open: create } });
  return section;
}

export async function organisationNames(api: AdminApi): Promise<Names> {
  return new Map((await api.list('organisations')).map(({ id, name }) => [String(id), name]));
}

/** From and to, both days included. */
export function periodFields({ valid_from, valid_to }: Period, lastRequired = false): Field[] {
  return [
    dayField('valid_from', { label: t.admin.validFrom }, valid_from && dayOf(valid_from)),
    dayField('valid_to', { label: t.admin.validTo, hint: lastRequired ? t.admin.validToIncluded : t.admin.validToHint }, valid_to && lastDayOf(valid_to), { required: lastRequired }),
  ];
}

function fields(one: Organisation | null): Field[] {
  const words = t.admin.organisations;
  const kindChoices = kinds.map((kind) => ({ value: kind, label: kind }));
  return [
    textField('name', { label: words.name }, one?.name, { required: true }),
    choiceField('kind', { label: words.kind }, kindChoices, one?.kind ?? 'commune'),
    textField('siren', { label: words.siren, hint: words.sirenHint }, one?.siren, { inputmode: 'numeric' }),
    textField('code_insee', { label: words.insee, hint: words.inseeHint }, one?.code_insee),
    ...periodFields(one ?? { valid_from: null, valid_to: null }),
  ];
}
