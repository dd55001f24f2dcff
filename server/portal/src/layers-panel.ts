import type { StyleSpecification } from 'maplibre-gl';
import { extentOf, type Collection } from './contract';
import { fileFormats } from './edit/download';
import { h, icon } from './dom';
import { formatDate } from './format';
import { language, t } from './i18n';
import { firstZoom, legendOf, type LegendItem } from './styling';
import { swatch } from './swatch';
import type { View } from './view';

export interface LayersEvents {
  toggled(layer: string): void;
  faded(layer: string): void;
  zoomTo(zoom: number): void;
  extent(collection: Collection): void;
  download(collection: Collection): void;
}

interface Row {
  layer: string;
  firstZoom: number;
  element: HTMLElement;
  box: HTMLInputElement;
}

/** Where layers stand that hold nothing yet, whatever their theme. */
const emptyTheme = 'vide';
const themeOrder = ['cadastre', 'urba', 'risque', 'ads', 'archeo', 'topo', 'capture', 'org'];

/** The list of layers by theme, each with its switch, legend, opacity and origin. */
export class LayersPanel {
  private rows: Row[] = [];
  private readonly opened = new Set<string>();
  private readonly closedThemes = new Set<string>([emptyTheme]);
  private readonly list = h('div', { class: 'layers' });
  private readonly count = h('span', { class: 'count' });
  readonly element: HTMLElement;

  constructor(
    private readonly view: View,
    private readonly events: LayersEvents,
  ) {
    const heading = h('h2', { id: 'layers-title' }, t.layers, this.count);
    this.element = h('section', { class: 'layers-panel', 'aria-labelledby': 'layers-title' }, heading, this.list);
    this.list.append(h('div', { class: 'skeleton', role: 'status' }, h('span', { class: 'sr-only' }, t.loading)));
  }

  /** Draws the list anew; the reader keeps what was open and where the focus was. */
  show(collections: Collection[], style: StyleSpecification): void {
    const focused = this.list.contains(document.activeElement) ? document.activeElement?.id : undefined;
    this.rows = [];
    const themes = groupByTheme(collections);
    const parts = themes.length > 0 ? themes.map((theme) => this.theme(theme, style)) : [emptyList()];
    this.list.replaceChildren(...parts, links());
    this.recount();
    if (focused) document.getElementById(focused)?.focus();
  }

  /** Says which of the layers shown need a closer look to be seen. */
  zoomed(zoom: number): void {
    for (const row of this.rows) row.element.classList.toggle('too-far', zoom < row.firstZoom);
  }

  private theme({ theme, collections }: Theme, style: StyleSpecification): HTMLElement {
    const id = `theme-${theme}`;
    const details = h('details', { class: 'theme', open: !this.closedThemes.has(theme) });
    details.append(h('summary', { id }, h('h3', {}, themeTitle(theme)), icon('chevron')));
    const rows = collections.map((collection) => this.row(collection, style));
    details.append(h('ul', { 'aria-labelledby': id }, ...rows));
    details.addEventListener('toggle', () => {
      if (details.open) this.closedThemes.delete(theme);
      else this.closedThemes.add(theme);
    });
    return details;
  }

  private row(collection: Collection, style: StyleSpecification): HTMLElement {
    const { id } = collection;
    const title = titleOfLayer(collection);
    const legend = legendOf(style, id);
    const from = firstZoom(style, id);
    const box = h('input', { type: 'checkbox', role: 'switch', id: `show-${id}`, 'data-layer': id });
    box.checked = this.view.shown.has(id);
    const element = h('li', { class: 'layer' });
    element.classList.toggle('shown', box.checked);
    box.addEventListener('change', () => {
      this.view.show(id, box.checked);
      element.classList.toggle('shown', box.checked);
      this.recount();
      this.events.toggled(id);
    });
    const mark = h('span', { class: 'mark' });
    if (legend.length === 1 && legend[0]) mark.innerHTML = swatch(legend[0]);
    const label = h('label', { class: 'layer-name', for: box.id }, h('span', {}, title), legend.length === 1 && mark);
    const closer = h('button', { type: 'button', class: 'closer', onclick: () => this.events.zoomTo(from + 0.3) }, t.zoomToSee);
    element.append(
      h('div', { class: 'layer-line' }, box, label, this.detailsButton(id, title)),
      closer,
      ...(legend.length > 1 ? [legendList(legend, title)] : []),
      this.details(collection),
    );
    this.rows.push({ layer: id, firstZoom: from, element, box });
    return element;
  }

  private detailsButton(id: string, title: string): HTMLElement {
    const button = h('button', {
      type: 'button',
      class: 'plain',
      id: `details-${id}`,
      'aria-label': t.layerDetails(title),
      title: t.layerDetails(title),
      'aria-expanded': String(this.opened.has(id)),
      'aria-controls': `about-${id}`,
      onclick: () => {
        const open = !this.opened.has(id);
        if (open) this.opened.add(id);
        else this.opened.delete(id);
        button.setAttribute('aria-expanded', String(open));
        document.getElementById(`about-${id}`)?.toggleAttribute('hidden', !open);
      },
    });
    button.append(icon('more'));
    return button;
  }

  private details(collection: Collection): HTMLElement {
    const { id } = collection;
    const facts: [string, string | undefined][] = [
      [t.layerVintage, collection['carreau:vintage'] && formatDate(collection['carreau:vintage'], t.locale)],
      [t.layerSource, collection['carreau:attribution']],
      [t.layerLicence, collection['carreau:licence']],
    ];
    const known = facts.filter((fact): fact is [string, string] => Boolean(fact[1]));
    const extent = h(
      'button',
      { type: 'button', class: 'link', onclick: () => this.events.extent(collection) },
      t.layerExtent,
    );
    const download = h('button', { type: 'button', class: 'link', id: `download-${id}`, onclick: () => this.events.download(collection) }, `${t.download}…`);
    return h(
      'div',
      { class: 'about', id: `about-${id}`, hidden: !this.opened.has(id) },
      collection['carreau:fictive'] && h('p', { class: 'tag' }, t.layerFictive),
      collection.description && h('p', {}, collection.description),
      this.opacity(id),
      known.length > 0 && h('dl', {}, ...known.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
      h('div', { class: 'about-acts' }, extentOf(collection) && extent, fileFormats(collection).length > 0 && download),
    );
  }

  private opacity(id: string): HTMLElement {
    const percent = () => Math.round((this.view.opacity.get(id) ?? 1) * 100);
    const shown = h('output', { for: `opacity-${id}` }, `${percent()} %`);
    const slider = h('input', { type: 'range', id: `opacity-${id}`, min: 10, max: 100, step: 5, value: percent() });
    slider.addEventListener('input', () => {
      this.view.fade(id, Number(slider.value) / 100);
      shown.textContent = `${slider.value} %`;
      this.events.faded(id);
    });
    return h('div', { class: 'opacity' }, h('label', { for: slider.id }, t.layerOpacity), slider, shown);
  }

  private recount(): void {
    this.count.textContent = this.rows.length > 0 ? t.layersShown(this.view.shown.size, this.rows.length) : '';
  }
}

export function titleOfLayer(collection: Collection): string {
  return collection.title || collection.id;
}

interface Theme {
  theme: string;
  collections: Collection[];
}

/** Themes in our order, unknown ones after, empty layers last; inside a theme the layer drawn on top comes first. */
function groupByTheme(collections: Collection[]): Theme[] {
  const themes = new Map<string, Collection[]>();
  for (const collection of [...collections].reverse()) {
    const theme = extentOf(collection) ? collection['carreau:theme'] || 'autre' : emptyTheme;
    themes.set(theme, [...(themes.get(theme) ?? []), collection]);
  }
  const last = ['autre', emptyTheme];
  const rank = (theme: string) => (themeOrder.indexOf(theme) + 1 || themeOrder.length + 1) + last.indexOf(theme) + 1;
  return [...themes]
    .map(([theme, members]) => ({ theme, collections: members }))
    .sort((a, b) => rank(a.theme) - rank(b.theme) || a.theme.localeCompare(b.theme));
}

function themeTitle(theme: string): string {
  return t.themes[theme] ?? theme.charAt(0).toUpperCase() + theme.slice(1).replace(/[_-]/g, ' ');
}

function legendList(legend: LegendItem[], title: string): HTMLElement {
  const items = legend.map((item) => {
    const line = h('li');
    line.innerHTML = swatch(item);
    line.append(h('span', {}, item.label));
    return line;
  });
  return h('ul', { class: 'legend', 'aria-label': t.legend(title) }, ...items);
}

/** For those who want the data themselves. */
function links(): HTMLElement {
  const link = (href: string, words: string) => h('a', { href, target: '_blank' }, words);
  const data = h('a', { href: `./donnees.html?lang=${language}`, id: 'open-data' }, t.openData.title);
  return h('p', { class: 'links' }, data, link('./collections', t.services), link('./licences.txt', t.licences));
}

function emptyList(): HTMLElement {
  return h('div', { class: 'empty' }, icon('layers'), h('p', {}, t.layersNone), h('p', { class: 'soft' }, t.layersNoneHelp));
}
