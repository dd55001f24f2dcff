import { h } from '../dom';
import { t } from '../i18n';

export interface Column<T> {
  title: string;
  cell(row: T): Node | string;
}

export interface Action {
  words: string;
  /** What it is done to, for those who do not see the line. */
  on: string;
  act(): void;
  danger?: boolean;
}

/** Rows and columns with a search over everything written in them. */
export class Table<T> {
  readonly element = h('div', { class: 'table-area', tabindex: 0, role: 'region' });
  private readonly body = h('tbody');
  private readonly none = h('p', { class: 'soft none', hidden: true });
  private wanted = '';

  constructor(
    title: string,
    private readonly columns: Column<T>[],
    private readonly actions?: (row: T) => Action[],
  ) {
    this.element.setAttribute('aria-label', title);
    const heads = columns.map((column) => h('th', { scope: 'col' }, column.title));
    if (actions) heads.push(h('th', { scope: 'col' }, h('span', { class: 'sr-only' }, t.admin.actions)));
    const caption = h('caption', { class: 'sr-only' }, title);
    this.element.append(h('table', {}, caption, h('thead', {}, h('tr', {}, ...heads)), this.body), this.none);
  }

  show(rows: T[]): void {
    this.body.replaceChildren(...rows.map((row) => this.row(row)));
    this.search(this.wanted);
  }

  /** Leaves the rows that hold every word, whatever its case and accents. */
  search(text: string): void {
    this.wanted = text;
    const words = folded(text).split(/\s+/).filter(Boolean);
    let left = 0;
    for (const row of this.body.rows) {
      const written = folded(row.textContent ?? '');
      row.hidden = !words.every((word) => written.includes(word));
      if (!row.hidden) left += 1;
    }
    this.none.hidden = left > 0;
    this.none.textContent = words.length > 0 ? t.admin.noneFound : t.admin.none;
  }

  private row(row: T): HTMLElement {
    const cells = this.columns.map((column, index) =>
      index === 0 ? h('th', { scope: 'row' }, column.cell(row)) : h('td', {}, column.cell(row)),
    );
    if (this.actions) cells.push(h('td', { class: 'row-actions' }, ...this.actions(row).map(actionButton)));
    return h('tr', {}, ...cells);
  }
}

export function folded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase();
}

function actionButton({ words, on, act, danger }: Action): HTMLElement {
  const kind = danger ? 'button danger' : 'button';
  return h('button', { type: 'button', class: kind, 'aria-label': `${words}${t.admin.colon}${on}`, onclick: act }, words);
}
