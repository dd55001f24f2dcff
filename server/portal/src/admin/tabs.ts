import { h } from '../dom';
import { t } from '../i18n';

export interface Tab {
  id: string;
  title: string;
  element: HTMLElement;
  refresh(): Promise<void>;
}

/** Tabs of which one is open; its name is in the page's address, and it is read anew each time it is opened. */
export class Tabs {
  readonly element: HTMLElement;
  private readonly buttons: HTMLButtonElement[];
  private readonly panels: HTMLElement[];

  constructor(private readonly tabs: Tab[]) {
    this.buttons = tabs.map((tab) => this.button(tab));
    this.panels = tabs.map((tab) =>
      h('div', { id: `panel-${tab.id}`, role: 'tabpanel', 'aria-labelledby': `tab-${tab.id}`, hidden: true }, tab.element),
    );
    const list = h('div', { class: 'tabs', role: 'tablist', 'aria-label': t.admin.sections }, ...this.buttons);
    list.addEventListener('keydown', (event) => this.key(event));
    this.element = h('div', {}, list, ...this.panels);
    const asked = tabs.findIndex((tab) => tab.id === location.hash.slice(1));
    this.open(Math.max(0, asked));
  }

  private button({ id, title }: Tab): HTMLButtonElement {
    const index = this.tabs.findIndex((tab) => tab.id === id);
    const attributes = { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}` };
    return h('button', { ...attributes, onclick: () => this.choose(index) }, title);
  }

  private choose(index: number): void {
    const tab = this.tabs[index];
    if (tab) history.replaceState(null, '', `#${tab.id}`);
    this.open(index);
  }

  private open(index: number): void {
    this.buttons.forEach((button, i) => {
      button.setAttribute('aria-selected', String(i === index));
      button.tabIndex = i === index ? 0 : -1;
    });
    this.panels.forEach((panel, i) => (panel.hidden = i !== index));
    this.buttons[index]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    void this.tabs[index]?.refresh();
  }

  private key(event: KeyboardEvent): void {
    const now = this.buttons.findIndex((button) => button === document.activeElement);
    const last = this.buttons.length - 1;
    const target = { ArrowRight: now === last ? 0 : now + 1, ArrowLeft: now === 0 ? last : now - 1, Home: 0, End: last }[event.key];
    if (now < 0 || target === undefined) return;
    event.preventDefault();
    this.buttons[target]?.focus();
    this.choose(target);
  }
}
