import { h } from '../dom';
import { t } from '../i18n';
import type { AdminApi } from './api';
import type { AuditEntry } from './contract';
import { Section } from './section';
import { Table } from './table';
import { time, type Names } from './words';

const lengths = [100, 500, 1000];

/** Who did what, newest first; the server filters by person and action, the search by anything shown. */
export function auditSection(api: AdminApi): Section<AuditEntry> {
  const words = t.admin.audit;
  let layers: Names = new Map();
  const person = h('input', { type: 'text', 'aria-label': words.login, placeholder: words.login, autocomplete: 'off', spellcheck: 'false' });
  const action = h('input', { type: 'text', 'aria-label': words.action, placeholder: words.action, autocomplete: 'off', spellcheck: 'false' });
  const limit = h('select', { 'aria-label': words.limit }, ...lengths.map((count) => h('option', { value: count }, words.last(count))));
  for (const control of [person, action, limit]) control.addEventListener('change', () => void section.refresh());
  const table = new Table<AuditEntry>(words.title, [
    { title: words.at, cell: (one) => time(one.at) },
    { title: words.login, cell: (one) => one.login ?? words.anonymous },
    { title: words.action, cell: (one) => one.action },
    { title: words.layer, cell: (one) => (one.layer ? (layers.get(one.layer) ?? one.layer) : '') },
    { title: words.commune, cell: (one) => one.commune ?? '' },
    { title: words.purpose, cell: (one) => one.purpose ?? '' },
    { title: words.result, cell: (one) => one.result ?? '' },
    { title: words.count, cell: (one) => (one.count === null || one.count === undefined ? '' : String(one.count)) },
    { title: words.request, cell: (one) => (one.request_id ? h('code', {}, one.request_id) : '') },
  ]);
  const load = async () => {
    const query = new URLSearchParams({ limit: limit.value });
    if (person.value.trim()) query.set('person', person.value.trim());
    if (action.value.trim()) query.set('action', action.value.trim());
    const [entries, names] = await Promise.all([api.list('audit', `?${query}`), api.layers()]);
    layers = names;
    return entries;
  };
  const section: Section<AuditEntry> = new Section({ id: 'audit', title: words.title, table, load, filters: [person, action, limit] });
  return section;
}
