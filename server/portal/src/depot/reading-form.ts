import { h } from '../dom';
import { explanation } from '../form';
import type { Http } from '../http';
import { t } from '../i18n';
import type { Column, Columns, Job, LayerName, SourceLayer } from './contract';

export interface FormEvents {
  notify(text: string): void;
  /** The file is to be read again, so. */
  read(body: { layer: string | null; options: Record<string, unknown> }): void;
}

/** How a file is to be read again: into which layer, what fills its columns, in which system. */
export class ReadingForm {
  readonly element = h('details', { class: 'job-reading' }, h('summary', {}, t.depot.howToRead));
  private readonly body = h('div', { class: 'reading-body' });
  private readonly crs: HTMLInputElement;
  private readonly precision: HTMLSelectElement;
  private readonly lines: HTMLSelectElement;
  private readonly encoding: HTMLSelectElement;

  constructor(
    private readonly http: Http,
    private readonly job: Job,
    private readonly layers: LayerName[],
    private readonly events: FormEvents,
  ) {
    this.crs = h('input', { name: 'crs', placeholder: 'EPSG:3950', value: this.said('crs'), size: 10, list: `crs-${job.id}` });
    this.precision = h('select', { name: 'precision' }, h('option', { value: '' }, t.depot.noneAsked));
    for (const [value, words] of Object.entries(t.depot.classes)) {
      if (value !== '999') this.precision.append(h('option', { value }, words));
    }
    this.precision.value = this.said('precision');
    this.lines = choice('lines', [['', t.depot.linesByCodes], ['none', t.depot.linesNone]], this.said('lines') === 'none' ? 'none' : '');
    const encoding = this.said('encoding');
    const encodings = ['UTF-8', 'Windows-1252', 'ISO-8859-15', ...(encoding ? [encoding] : [])];
    this.encoding = choice('encoding', [['', t.depot.recognised], ...[...new Set(encodings)].map((name): Pair => [name, name])], encoding);
    this.element.append(this.body);
    this.element.addEventListener('toggle', () => {
      if (this.element.open && !this.body.hasChildNodes()) void this.show('', '');
    });
  }

  private said(name: string): string {
    const value = this.job.options[name];
    return typeof value === 'string' ? value : '';
  }

  private async show(layer: string, sourceLayer: string): Promise<void> {
    const query = new URLSearchParams();
    if (layer) query.set('layer', layer);
    if (sourceLayer) query.set('source_layer', sourceLayer);
    try {
      this.fill(await this.http.get<Columns>(`jobs/${this.job.id}/columns?${query.toString()}`));
    } catch (error) {
      this.events.notify(explanation(error));
    }
  }

  private fill(columns: Columns): void {
    const source = columns.layers.find(({ name }) => name === columns.source_layer);
    const target = choice('layer', [['', t.depot.layerByContent], ...this.layers.map(({ id, title }): Pair => [id, title])], columns.layer);
    const inside = choice('source_layer', columns.layers.map(({ name }): Pair => [name, name]), columns.source_layer);
    for (const select of [target, inside]) select.addEventListener('change', () => void this.show(target.value, inside.value));
    const filled = columns.columns.map((column) => ({ column, select: sourceChoice(column, source) }));
    const proposed = h('datalist', { id: `crs-${this.job.id}` }, ...(source?.proposals ?? []).map(({ crs, name }) => h('option', { value: crs }, name)));
    const signs = source?.separator ? [
      { name: 'separator', words: t.depot.separator, found: source.separator, values: t.depot.separators },
      { name: 'decimal', words: t.depot.decimal, found: source.decimal ?? '', values: t.depot.decimals },
    ] : [];
    const said = signs.map(({ name, words, found, values }) => {
      const recognised = `${t.depot.recognised} (${values[found] ?? found})`;
      return { name, words, select: choice(name, [['', recognised], ...Object.entries(values)], this.said(name)) };
    });
    const again = h('button', { type: 'button', class: 'button main', 'data-act': 'retry' }, t.depot.again);
    again.addEventListener('click', () => {
      const chosen = Object.fromEntries(filled.map(({ column, select }) => [column.name, select.value || null]));
      this.read(target.value, { source_layer: columns.layers.length > 1 ? inside.value : null, columns: target.value ? chosen : null, ...Object.fromEntries(said.map(({ name, select }) => [name, select.value || null])) });
    });
    this.body.replaceChildren(
      source ? firstRows(source) : '',
      labelled(t.depot.layer, target),
      columns.layers.length > 1 ? labelled(t.depot.layerInside, inside) : '',
      ...filled.map(({ column, select }) => labelled(column.required ? `${column.title} *` : column.title, select)),
      ...said.map(({ words, select }) => labelled(words, select)),
      labelled(t.depot.encoding, this.encoding),
      labelled(t.depot.crs, this.crs),
      proposed,
      labelled(t.depot.asked, this.precision),
      labelled(t.depot.lines, this.lines),
      again,
    );
  }

  private read(layer: string, said: Record<string, unknown>): void {
    const text = this.crs.value.trim();
    const crs = /^\d+$/.test(text) ? `EPSG:${text}` : text;
    this.events.read({ layer: layer || null, options: { ...this.job.options, ...said, crs: crs || null, encoding: this.encoding.value || null, precision: this.precision.value || null, lines: this.lines.value || null } });
  }
}

type Pair = [value: string, words: string];

function choice(name: string, pairs: Pair[], chosen: string | null): HTMLSelectElement {
  const select = h('select', { name }, ...pairs.map(([value, words]) => h('option', { value }, words)));
  select.value = chosen ?? '';
  return select;
}

/** The fields of the file, each with a value it holds. */
function sourceChoice(column: Column, source: SourceLayer | undefined): HTMLSelectElement {
  const fields = (source?.fields ?? []).map(({ name }, place): Pair => {
    const sample = source?.rows.map((row) => row[place]).find(Boolean);
    return [name, sample ? `${name} (${sample})` : name];
  });
  const select = choice('column', [['', t.depot.leftEmpty], ...fields], column.source);
  select.dataset['column'] = column.name;
  return select;
}

function labelled(words: string, field: HTMLElement): HTMLElement {
  return h('label', { class: 'reading-field' }, h('span', {}, words), field);
}

function firstRows(source: SourceLayer): HTMLElement {
  const head = h('tr', {}, ...source.fields.map(({ name }) => h('th', { scope: 'col' }, name)));
  const rows = source.rows.map((row) => h('tr', {}, ...row.map((value) => h('td', {}, value))));
  const table = h('table', {}, h('caption', {}, t.depot.firstRows), h('thead', {}, head), h('tbody', {}, ...rows));
  return h('div', { class: 'reading-rows', tabindex: 0 }, table);
}
