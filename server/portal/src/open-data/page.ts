import { copyText } from '../clipboard';
import type { Collection } from '../contract';
import { h, icon } from '../dom';
import { fileFormats } from '../edit/download';
import { formatDate } from '../format';
import { Http, serverBase } from '../http';
import { language, t } from '../i18n';
import { Status } from '../status';
import { inspireDataSets, licenceOf, megabytes, sortedByTitle, type Collections, type InspireDataSet } from './data-sets';

/** Where each service begins, below the server's address. */
const services = {
  api: '',
  wfs: 'wfs?service=WFS&request=GetCapabilities',
  csw: 'csw?service=CSW&version=2.0.2&request=GetCapabilities',
  atom: 'atom',
  dcat: 'catalogue',
} as const;

/** What is published, for those who want the data rather than the map. */
export class OpenDataPage {
  private readonly http = new Http(serverBase());
  private readonly status = new Status(() => location.reload());
  private readonly main = h('main', { class: 'admin-main open-data', id: 'main' }, h('p', { class: 'soft', role: 'status' }, t.loading));

  constructor(root: HTMLElement) {
    root.replaceChildren(head(), this.main, this.status.toast, this.status.voice);
  }

  async start(): Promise<void> {
    try {
      const answer = await this.http.get<Collections>('collections');
      const layers = sortedByTitle(answer.collections ?? [], t.locale);
      this.main.replaceChildren(this.services(), ...this.inspire(inspireDataSets(answer)), this.layers(layers));
    } catch {
      this.main.replaceChildren(h('div', { class: 'empty', role: 'alert' }, icon('warning'), h('p', {}, t.openData.failed)));
    }
  }

  private services(): HTMLElement {
    const names = Object.keys(services) as (keyof typeof services)[];
    const rows = names.map((name) => {
      const words = h('div', {}, h('h3', {}, t.openData.serviceNames[name]), h('p', { class: 'soft' }, t.openData.serviceUses[name]));
      return h('li', { 'data-service': name }, words, this.address(t.openData.serviceNames[name], this.http.url(services[name])));
    });
    return section(t.openData.services, t.openData.servicesWords, h('ul', { class: 'service-list' }, ...rows));
  }

  private inspire(sets: InspireDataSet[]): HTMLElement[] {
    if (sets.length === 0) return [];
    const rows = sets.map(({ code, title, record, files }) => {
      const links = [h('a', { href: record }, t.openData.record)];
      for (const { format, href, bytes } of files) links.push(h('a', { href, download: '' }, t.openData.file(format, t.openData.megabytes(megabytes(bytes, t.locale)))));
      if (files.length === 0) links.push(h('a', { href: this.http.url(`atom/datasets/${code}`) }, t.openData.feed));
      return h('li', { 'data-set': code }, h('h3', {}, title), h('p', { class: 'data-links' }, ...links));
    });
    return [section(t.openData.inspire, t.openData.inspireWords, h('ul', { class: 'service-list' }, ...rows))];
  }

  private layers(layers: Collection[]): HTMLElement {
    if (layers.length === 0) return section(t.openData.layers, t.openData.none);
    const cards = layers.map((layer) => this.layer(layer));
    return section(t.openData.layers, t.openData.count(layers.length), h('ul', { class: 'data-cards' }, ...cards));
  }

  private layer(layer: Collection): HTMLElement {
    const title = layer.title ?? layer.id;
    const licence = licenceOf(layer);
    const named = licence.name || t.openData.licenceUnknown;
    const formats = fileFormats(layer).map(({ href, title: format }) => h('a', { href, download: '' }, format));
    const updated = layer['carreau:updated'];
    const facts = h(
      'dl',
      { class: 'facts' },
      ...fact(t.openData.licence, 'licence', licence.href ? h('a', { href: licence.href }, named) : named),
      ...fact(t.openData.updated, 'updated', updated ? formatDate(updated, t.locale) : ''),
      ...fact(t.openData.vintage, 'vintage', formatDate(layer['carreau:vintage'] ?? '', t.locale)),
      ...fact(t.openData.source, 'source', layer['carreau:attribution'] ?? ''),
      ...fact(t.openData.formats, 'formats', formats.length > 0 ? h('span', { class: 'data-links' }, ...formats) : t.openData.noFormats),
    );
    const theme = t.themes[layer['carreau:theme'] ?? ''] ?? '';
    const head = h('h3', {}, title);
    const notes = [theme, layer['carreau:fictive'] ? t.openData.fictive : ''].filter(Boolean).join(' · ');
    const address = this.address(title, this.http.url(`collections/${encodeURIComponent(layer.id)}`));
    return h('li', { 'data-layer': layer.id }, head, h('p', { class: 'soft' }, notes), h('p', {}, layer.description ?? ''), facts, address);
  }

  private address(name: string, url: string): HTMLElement {
    const button = h('button', { type: 'button', class: 'button', 'aria-label': t.openData.copyOf(name), title: t.openData.copyOf(name) });
    button.append(icon('link'), t.openData.copy);
    button.addEventListener('click', () => {
      void copyText(url, button).then((done) => this.status.notify(done ? t.openData.copied(name) : t.openData.copyFailed));
    });
    return h('p', { class: 'address' }, h('code', {}, url), button);
  }
}

function head(): HTMLElement {
  const logo = h('img', { class: 'logo', src: './logo.svg', alt: '', width: 40, height: 40 });
  const name = h('div', { class: 'brand-words' }, h('h1', {}, t.openData.title), h('p', {}, t.openData.words));
  const other = language === 'fr' ? 'en' : 'fr';
  const words = h('a', { href: `?lang=${other}`, lang: other, class: 'button', id: 'language' }, t.otherLanguage);
  return h('header', { class: 'admin-head brand' }, logo, name, words, h('a', { href: './', class: 'button' }, t.openData.backToMap));
}

function section(title: string, words: string, content?: HTMLElement): HTMLElement {
  return h('section', { class: 'admin-section' }, h('h2', {}, title), h('p', { class: 'soft' }, words), content);
}

function fact(name: string, key: string, value: HTMLElement | string): HTMLElement[] {
  return value === '' ? [] : [h('dt', {}, name), h('dd', { 'data-fact': key }, value)];
}
