import type { FeatureCollection } from 'geojson';
import { daysAfter, today } from '../dates';
import { choiceField, severalField, textField, type Field } from '../fields';
import { t } from '../i18n';
import { confirmed } from '../modal';
import { choices, type AdminApi } from './api';
import type { Engagement } from './contract';
import { openCreator, openEditor } from './editor';
import { organisationNames, periodFields } from './organisations';
import { asNumber } from './people';
import { areaOf } from './perimeter';
import { areaWords, perimeterField } from './perimeter-field';
import { rightChoices } from './rights-editor';
import { Section } from './section';
import { layersField } from './services';
import { Table, type Action } from './table';
import { periodWords, phaseOf, phaseTag, rightsWords, type Names } from './words';

interface Known {
  organisations: Names;
  layers: Names;
  territory: FeatureCollection;
}

export function engagementsSection(api: AdminApi): Section<Engagement> {
  const words = t.admin.engagements;
  let known: Known = { organisations: new Map(), layers: new Map(), territory: { type: 'FeatureCollection', features: [] } };
  const done = () => void section.refresh();
  const edit = (one: Engagement) =>
    openEditor({ title: one.study, fields: fields(one, known), save: (content) => api.change('engagements', one.id, content), done, size: 'wide' });
  const create = () =>
    openCreator({ title: words.create, fields: fields(null, known), save: (content) => api.create('engagements', content), done, size: 'wide' });
  const end = async (one: Engagement) => {
    if (!(await confirmed(words.endTitle(one.study), words.endWarning, t.admin.conventions.end))) return;
    await section.act(() => api.change('engagements', one.id, { valid_to: new Date().toISOString() }));
  };
  const actions = (one: Engagement): Action[] => {
    const list: Action[] = [{ words: t.admin.edit, on: one.study, act: () => edit(one) }];
    if (phaseOf(one) !== 'past') list.push({ words: t.admin.conventions.end, on: one.study, act: () => void end(one), danger: true });
    return list;
  };
  const layerWords = (names: string[]) => names.map((name) => known.layers.get(name) ?? name).join(', ');
  const table = new Table<Engagement>(
    words.title,
    [
      { title: words.study, cell: (one) => one.study },
      { title: words.organisation, cell: (one) => known.organisations.get(String(one.organisation)) ?? '' },
      { title: words.reference, cell: (one) => one.reference ?? '' },
      { title: words.layers, cell: (one) => layerWords(one.layers) },
      { title: words.rights, cell: (one) => rightsWords(one.rights) },
      { title: words.perimeter, cell: (one) => (one.perimeter ? areaWords(areaOf(one.perimeter)) : '') },
      { title: t.admin.period, cell: periodWords },
      { title: t.admin.state, cell: phaseTag },
    ],
    actions,
  );
  const load = async () => {
    const [items, organisations, layers, territory] = await Promise.all([
      api.list('engagements'),
      organisationNames(api),
      api.layers(),
      api.communeShapes(),
    ]);
    known = { organisations, layers, territory };
    return items;
  };
  const section = new Section({ id: 'engagements', title: words.title, table, load, create: { words: words.create, open: create } });
  return section;
}

function fields(one: Engagement | null, { organisations, layers, territory }: Known): Field[] {
  const words = t.admin.engagements;
  const organisation = choiceField('organisation', { label: words.organisation }, choices(organisations), String(one?.organisation ?? ''), {
    required: true,
  });
  return [
    textField('study', { label: words.study }, one?.study, { required: true }),
    asNumber(organisation),
    textField('reference', { label: words.reference }, one?.reference),
    layersField('layers', words.layers, layers, one?.layers ?? []),
    severalField('rights', { label: words.rights }, rightChoices(), one?.rights ?? ['read']),
    perimeterField(one?.perimeter ?? null, territory),
    ...periodFields(one ?? { valid_from: today(), valid_to: daysAfter(today(), 180) }, true),
  ];
}
