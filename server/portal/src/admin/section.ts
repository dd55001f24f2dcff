import { h } from '../dom';
import { explanation } from '../form';
import { t } from '../i18n';
import type { Table } from './table';

export interface SectionParts<T> {
  id: string;
  title: string;
  table: Table<T>;
  /** Reads the rows and whatever is needed to write them. */
  load(): Promise<T[]>;
  create?: { words: string; open(): void };
  /** More choices beside the search. */
  filters?: HTMLElement[];
}

/** One tab: a line with search and "new", and the table under it. */
export class Section<T> {
  readonly element: HTMLElement;
  readonly id: string;
  readonly title: string;
  private readonly problem = h('p', { class: 'form-error', role: 'alert' });
  private asked = 0;

  constructor(private readonly parts: SectionParts<T>) {
    this.id = parts.id;
    this.title = parts.title;
    this.element = h('section', { class: 'admin-section' }, this.line(), this.problem, parts.table.element);
  }

  /** Asks the server again. Errors are written where the rows would be. */
  async refresh(): Promise<void> {
    const asked = (this.asked += 1);
    this.element.setAttribute('aria-busy', 'true');
    try {
      const rows = await this.parts.load();
      if (asked !== this.asked) return;
      this.problem.textContent = '';
      this.parts.table.show(rows);
    } catch (error) {
      if (asked === this.asked) this.fail(error);
    } finally {
      if (asked === this.asked) this.element.removeAttribute('aria-busy');
    }
  }

  fail(error: unknown): void {
    this.problem.textContent = explanation(error);
  }

  /** Does something to the server, then shows what became of it. */
  async act(change: () => Promise<void>): Promise<void> {
    try {
      await change();
      await this.refresh();
    } catch (error) {
      this.fail(error);
    }
  }

  private line(): HTMLElement {
    const { id, title, table, create, filters = [] } = this.parts;
    const search = h('input', { type: 'search', id: `search-${id}`, placeholder: t.admin.search, 'aria-label': t.admin.searchIn(title) });
    search.addEventListener('input', () => table.search(search.value));
    const line = h('div', { class: 'search-line' }, search, ...filters);
    if (create) line.append(h('button', { type: 'button', class: 'button main', id: `new-${id}`, onclick: create.open }, create.words));
    return line;
  }
}
