import { severalField, textField, type Field } from '../fields';
import { t } from '../i18n';
import { choices, type AdminApi } from './api';
import type { Service } from './contract';
import { openCreator, openEditor } from './editor';
import { Section } from './section';
import { Table } from './table';
import type { Names } from './words';

export function servicesSection(api: AdminApi): Section<Service> {
  const words = t.admin.services;
  let layers: Names = new Map();
  const done = () => void section.refresh();
  const edit = (one: Service) =>
    openEditor({ title: one.title, fields: fields(one, layers), save: (content) => api.change('services', one.code, content), done });
  const create = () =>
    openCreator({ title: words.create, fields: fields(null, layers), save: (content) => api.create('services', content), done });
  const table = new Table<Service>(
    words.title,
    [
      { title: words.name, cell: (one) => one.title },
      { title: words.code, cell: (one) => one.code },
      { title: words.layers, cell: (one) => one.layers.map((layer) => layers.get(layer) ?? layer).join(', ') },
    ],
    (one) => [{ words: t.admin.edit, on: one.title, act: () => edit(one) }],
  );
  const load = async () => {
    const [services, names] = await Promise.all([api.list('services'), api.layers()]);
    layers = names;
    return services;
  };
  const section = new Section({ id: 'services', title: words.title, table, load, create: { words: words.create, open: create } });
  return section;
}

export async function serviceNames(api: AdminApi): Promise<Names> {
  return new Map((await api.list('services')).map(({ code, title }) => [code, title]));
}

/** The choices of layers, with those named already even when this session cannot see them. */
export function layersField(name: string, label: string, layers: Names, chosen: readonly string[]): Field<string[]> {
  const unknown = chosen.filter((layer) => !layers.has(layer)).map((layer) => [layer, layer] as const);
  return severalField(name, { label }, choices(new Map([...layers, ...unknown])), chosen);
}

/** The code is the service's identity: it is given once. */
function fields(one: Service | null, layers: Names): Field[] {
  const words = t.admin.services;
  const rest = [
    textField('title', { label: words.name }, one?.title, { required: true }),
    layersField('layers', words.layers, layers, one?.layers ?? []),
  ];
  return one ? rest : [textField('code', { label: words.code, hint: words.codeHint }, '', { required: true }), ...rest];
}
