import type { SearchAnswer, SearchResult } from './contract';
import { h, icon } from './dom';
import { t } from './i18n';
import { ServerRefusal } from './http';
import type { Server } from './server';

export interface SearchEvents {
  chosen(result: SearchResult): void;
  announce(text: string): void;
  unreachable(): void;
}

const typingPause = 220;
const mostResults = 10;

/** A text field with a list of places under it (the ARIA combobox pattern: focus stays in the field). */
export class SearchBox {
  readonly element: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly list: HTMLElement;
  private readonly note: HTMLElement;
  private readonly popup: HTMLElement;
  private readonly clearButton: HTMLButtonElement;
  private results: SearchResult[] = [];
  private active = -1;
  private timer = 0;
  private asking: AbortController | null = null;
  /** What the results shown answer to; null while they answer to nothing. */
  private answered: string | null = null;
  /** Enter was pressed before the answer came. */
  private hurried = false;
  private ambiguous = false;

  constructor(
    private readonly server: Server,
    private readonly events: SearchEvents,
  ) {
    this.input = h('input', {
      id: 'search',
      type: 'text',
      inputmode: 'search',
      enterkeyhint: 'search',
      role: 'combobox',
      'aria-label': t.searchLabel,
      'aria-autocomplete': 'list',
      'aria-expanded': 'false',
      'aria-controls': 'search-results',
      placeholder: t.searchPlaceholder,
      autocomplete: 'off',
      autocapitalize: 'off',
      spellcheck: 'false',
      maxlength: 120,
    });
    this.clearButton = h('button', {
      type: 'button',
      class: 'plain',
      hidden: true,
      'aria-label': t.searchClear,
      title: t.searchClear,
      onclick: () => this.clear(),
    });
    this.clearButton.append(icon('close'));
    this.note = h('div', { class: 'search-note', hidden: true });
    this.list = h('ul', { id: 'search-results', role: 'listbox', 'aria-label': t.searchLabel });
    this.popup = h('div', { class: 'search-popup', hidden: true }, this.note, this.list);
    const field = h('div', { class: 'search-field' }, icon('search'), this.input, this.clearButton);
    this.element = h('div', { class: 'search', role: 'search' }, field, this.popup);
    this.listen();
  }

  focus(): void {
    this.input.focus();
  }

  private listen(): void {
    this.input.addEventListener('input', () => this.typed());
    this.input.addEventListener('keydown', (event) => this.key(event));
    this.input.addEventListener('focus', () => {
      if (this.answered !== null && this.answered === this.query()) this.open();
    });
    this.element.addEventListener('focusout', (event) => {
      if (!this.element.contains(event.relatedTarget as Node | null)) this.close();
    });
    // A press on the list must not take the focus out of the field before the click arrives.
    this.popup.addEventListener('mousedown', (event) => event.preventDefault());
  }

  /** Another person reads: results found for the one before are forgotten. */
  readerChanged(): void {
    this.asking?.abort();
    this.forget();
  }

  private query(): string {
    return this.input.value.trim().replace(/\s+/g, ' ');
  }

  private typed(): void {
    const query = this.query();
    this.clearButton.hidden = this.input.value === '';
    this.hurried = false;
    clearTimeout(this.timer);
    this.asking?.abort();
    if (query.length < 2) return this.forget();
    this.timer = window.setTimeout(() => void this.ask(query), typingPause);
  }

  private async ask(query: string): Promise<void> {
    const asking = new AbortController();
    this.asking = asking;
    this.element.classList.add('busy');
    try {
      const answer = await this.server.search(query, mostResults, asking.signal);
      if (asking.signal.aborted) return;
      this.show(query, answer);
    } catch (error) {
      if (asking.signal.aborted) return;
      this.fail(error);
    } finally {
      if (this.asking === asking) this.element.classList.remove('busy');
    }
  }

  private show(query: string, answer: SearchAnswer): void {
    this.answered = query;
    this.results = answer.results ?? [];
    this.ambiguous = answer.ambiguous === true;
    const none = this.results.length === 0;
    const message = answer.message || (none ? t.searchNone(query) : '');
    this.say(message, none ? t.searchNoneHelp : '', this.ambiguous ? 'question' : 'news');
    this.list.replaceChildren(...this.results.map((result, index) => this.option(result, index)));
    this.activate(-1);
    this.open();
    this.events.announce([message, none ? t.searchNoneHelp : t.searchCount(this.results.length)].filter(Boolean).join(' '));
    if (this.hurried) this.chooseFirst();
    this.hurried = false;
  }

  private fail(error: unknown): void {
    this.answered = null;
    this.results = [];
    this.list.replaceChildren();
    // What was typed makes no sense to the server: for the reader that is the same as finding nothing.
    const refused = error instanceof ServerRefusal;
    const message = refused ? t.searchNone(this.query()) : t.searchFailed;
    this.say(message, refused ? t.searchNoneHelp : '', 'news');
    this.open();
    this.events.announce(message);
    if (!refused) this.events.unreachable();
  }

  private say(message: string, help: string, tone: 'news' | 'question'): void {
    this.note.hidden = message === '';
    this.note.className = `search-note ${tone}`;
    this.note.replaceChildren(h('p', {}, message));
    if (help) this.note.append(h('p', { class: 'soft' }, help));
  }

  private option(result: SearchResult, index: number): HTMLElement {
    const kind = t.kinds[result.kind] ?? result.kind;
    const sign = result.kind === 'commune' || result.kind === 'parcelle' ? result.kind : 'place';
    const words = h('span', { class: 'option-words' }, h('span', { class: 'option-title' }, result.title));
    if (result.subtitle) words.append(h('span', { class: 'soft' }, result.subtitle));
    return h(
      'li',
      {
        id: `search-option-${index}`,
        role: 'option',
        'aria-selected': 'false',
        onclick: () => this.choose(result),
        onmousemove: () => this.activate(index),
      },
      icon(sign),
      words,
      result.subtitle !== kind && h('span', { class: 'kind' }, kind),
    );
  }

  private key(event: KeyboardEvent): void {
    const open = !this.popup.hidden;
    const last = this.results.length - 1;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (last < 0) return;
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      const next = this.active < 0 && step < 0 ? last : (this.active + step + last + 1) % (last + 1);
      this.open();
      this.activate(next);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      this.enter();
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      if (open) this.close();
      else this.clear();
    }
  }

  private enter(): void {
    const query = this.query();
    const picked = this.results[this.active];
    if (picked) return this.choose(picked);
    if (this.answered === query) return this.chooseFirst();
    if (query.length < 2) return;
    this.hurried = true;
    clearTimeout(this.timer);
    this.asking?.abort();
    void this.ask(query);
  }

  /** The best answer, unless the server asks which one is meant. */
  private chooseFirst(): void {
    const first = this.results[0];
    if (first && !this.ambiguous) this.choose(first);
    else this.open();
  }

  private choose(result: SearchResult): void {
    this.input.value = result.title;
    this.answered = null;
    this.clearButton.hidden = false;
    this.close();
    this.events.chosen(result);
  }

  private activate(index: number): void {
    this.active = index;
    for (const [i, option] of [...this.list.children].entries()) {
      option.setAttribute('aria-selected', String(i === index));
      if (i === index) option.scrollIntoView({ block: 'nearest' });
    }
    if (index < 0) this.input.removeAttribute('aria-activedescendant');
    else this.input.setAttribute('aria-activedescendant', `search-option-${index}`);
  }

  private open(): void {
    this.popup.hidden = false;
    this.input.setAttribute('aria-expanded', 'true');
  }

  private close(): void {
    this.popup.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
    this.activate(-1);
  }

  private forget(): void {
    this.results = [];
    this.answered = null;
    this.list.replaceChildren();
    this.close();
  }

  private clear(): void {
    this.input.value = '';
    this.typed();
    this.input.focus();
  }
}
