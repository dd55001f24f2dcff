import type { Collection } from './contract';
import { h, icon } from './dom';
import { language, t } from './i18n';
import type { Insets } from './map-view';

export interface FrameParts {
  search: HTMLElement;
  layers: HTMLElement;
  card: HTMLElement;
  account: HTMLElement;
  notices: HTMLElement;
  time: HTMLElement;
  floating: HTMLElement[];
}

export interface FrameEvents {
  otherLanguage(): void;
  copyLink(): void;
  toMap(): void;
  toSearch(): void;
}

const phone = matchMedia('(max-width: 47.99rem)');

/** The page around the map: brand, search, the panel (a sheet from the bottom on a phone), notes at the foot. */
export class Frame {
  readonly map = h('div', { id: 'map', class: 'map' });
  private readonly top: HTMLElement;
  private readonly panel: HTMLElement;
  private readonly fold: HTMLButtonElement;
  private readonly fictive = h('p', { class: 'fictive', hidden: true }, t.fictive);
  private readonly sources = h('p', { class: 'sources' });
  private folded = phone.matches;

  constructor(
    app: HTMLElement,
    private readonly parts: FrameParts,
    private readonly events: FrameEvents,
  ) {
    this.top = h('header', { class: 'top' }, this.brand(), parts.search, h('p', { class: 'hint' }, t.searchHint));
    this.fold = h('button', { type: 'button', class: 'fold', 'aria-controls': 'panel', onclick: () => this.setFolded(!this.folded) });
    this.fold.append(icon('chevron'));
    this.panel = h('div', { class: 'panel', id: 'panel' }, this.fold, parts.layers, parts.card);
    const side = h('div', { class: 'side' }, h('div', { class: 'side-top' }, this.top, parts.notices), this.panel);
    const foot = h('footer', { class: 'foot' }, this.fictive, this.sources);
    const time = h('div', { class: 'time-place' }, parts.time);
    const area = h('main', { class: 'map-area' }, this.map, h('div', { class: 'crosshair', 'aria-hidden': 'true' }));
    app.replaceChildren(...this.skips(), side, area, time, foot, ...parts.floating);
    this.setFolded(this.folded);
    phone.addEventListener('change', () => this.setFolded(phone.matches && !this.cardOpen));
  }

  /** Space at the edges of the map that is covered by the page. */
  insets(): Insets {
    if (!phone.matches) return { top: 0, left: this.top.getBoundingClientRect().right, bottom: 0 };
    return { top: this.top.offsetHeight, left: 0, bottom: this.panel.offsetHeight };
  }

  /** Shows the card in the place of the layers, or the layers again. */
  showCard(open: boolean): void {
    document.documentElement.classList.toggle('card-open', open);
    this.parts.layers.hidden = open;
    this.fold.hidden = open;
    if (!open) this.setFolded(phone.matches ? true : this.folded);
  }

  /** What has to be said about the layers shown: that they are invented, and where they come from. */
  credit(shown: Collection[]): void {
    this.fictive.hidden = !shown.some((collection) => collection['carreau:fictive']);
    const sources = new Set(shown.map((collection) => collection['carreau:attribution']).filter(Boolean));
    this.sources.textContent = [...sources].join(' · ');
  }

  mapMissing(): void {
    this.map.replaceChildren(h('div', { class: 'empty map-missing' }, icon('warning'), h('p', {}, t.mapUnavailable)));
  }

  private get cardOpen(): boolean {
    return !this.parts.card.hidden;
  }

  private setFolded(folded: boolean): void {
    this.folded = folded;
    this.panel.classList.toggle('folded', folded);
    const words = folded ? t.panelShow : t.panelHide;
    this.fold.setAttribute('aria-expanded', String(!folded));
    this.fold.setAttribute('aria-label', words);
    this.fold.title = words;
  }

  private brand(): HTMLElement {
    const logo = h('img', { class: 'logo', src: './logo.svg', alt: '', width: 40, height: 40 });
    const name = h('div', { class: 'brand-words' }, h('h1', {}, t.product), h('p', {}, t.subtitle));
    const copy = h('button', {
      type: 'button',
      class: 'plain',
      'aria-label': t.copyLink,
      title: t.copyLink,
      onclick: () => this.events.copyLink(),
    });
    copy.append(icon('link'));
    const other = h(
      'button',
      {
        type: 'button',
        class: 'language',
        lang: language === 'fr' ? 'en' : 'fr',
        'aria-label': `${t.otherLanguageShort}, ${t.otherLanguage}`,
        title: t.otherLanguage,
        onclick: () => this.events.otherLanguage(),
      },
      t.otherLanguageShort,
    );
    return h('div', { class: 'brand' }, logo, name, copy, other, this.parts.account);
  }

  private skips(): HTMLElement[] {
    const link = (words: string, go: () => void) =>
      h('button', { type: 'button', class: 'skip', onclick: go }, words);
    return [link(t.skipToMap, () => this.events.toMap()), link(t.skipToSearch, () => this.events.toSearch())];
  }
}
