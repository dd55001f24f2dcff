import { linesField, textField, type Field } from '../fields';
import { t } from '../i18n';
import type { AdminApi } from './api';
import type { LayerDescription } from './contract';
import { openEditor } from './editor';
import { Section } from './section';
import { Table } from './table';

/** What records and catalogues say of the layers. */
export function layersSection(api: AdminApi): Section<LayerDescription> {
  const words = t.admin.layers;
  const edit = (one: LayerDescription) =>
    openEditor({
      title: one.title,
      fields: fields(one),
      save: (content) => api.change('layers', one.name, content),
      done: () => void section.refresh(),
      size: 'wide',
    });
  const table = new Table<LayerDescription>(
    words.section,
    [
      { title: words.title, cell: (one) => one.title },
      { title: words.name, cell: (one) => one.name },
      { title: words.contact, cell: (one) => one.contact },
      { title: words.licence, cell: (one) => one.licence },
      { title: words.keywords, cell: (one) => one.keywords.join(', ') },
    ],
    (one) => [{ words: t.admin.edit, on: one.title, act: () => edit(one) }],
  );
  const load = async () => (await api.list('layers')).sort((a, b) => a.title.localeCompare(b.title, 'fr'));
  const section = new Section({ id: 'layers', title: words.section, table, load });
  return section;
}

function fields(one: LayerDescription): Field[] {
  const words = t.admin.layers;
  const lines = linesField('keywords', { label: words.keywords, hint: words.keywordsHint }, one.keywords.join('\n'));
  return [
    textField('title', { label: words.title }, one.title, { required: true }),
    linesField('description', { label: words.description }, one.description),
    textField('contact', { label: words.contact, hint: words.contactHint }, one.contact),
    linesField('lineage', { label: words.lineage, hint: words.lineageHint }, one.lineage),
    textField('access_limits', { label: words.accessLimits, hint: words.accessLimitsHint }, one.access_limits),
    textField('licence', { label: words.licence }, one.licence),
    textField('attribution', { label: words.attribution }, one.attribution),
    { ...lines, value: () => keywordsOf(lines.value()) },
  ];
}

/** One on each line; empty lines are none. */
export function keywordsOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
