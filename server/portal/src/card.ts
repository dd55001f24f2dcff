import { sameRef, type Change, type Collection, type FeatureRef, type LayerSchema, type ServerFeature } from './contract';
import { communeOf, rowsOf, titleOf, type CardRow } from './card-rows';
import { h, icon } from './dom';
import { missionPart } from './mission-part';
import { fileFormats } from './edit/download';
import type { Offers } from './edit/feature-editor';
import { formatDate } from './format';
import { t } from './i18n';
import { titleOfLayer } from './layers-panel';
import type { Hit } from './map-view';

export interface CardEvents {
  closed(): void;
  opened(ref: FeatureRef): void;
  zoom(): void;
  copyLink(): void;
  edit(): void;
  download(collection: Collection): void;
  undo(change: Change): void;
  retry(): void;
  swatchOf(hit: Hit): string;
  rawUrl(ref: FeatureRef): string;
  members(href: string): Promise<{ layer: string; features: ServerFeature[] }>;
}

export interface CardContent {
  ref: FeatureRef;
  collection: Collection | undefined;
  feature: ServerFeature;
  schema: LayerSchema;
  communeName: string | null;
}

/** Everything the server says about one feature, and what else lies at the same place. */
export class Card {
  readonly element: HTMLElement;
  private readonly body = h('div', { class: 'card-body' });
  private readonly heading = h('h2', { id: 'card-title', tabindex: -1 });
  private readonly kind = h('p', { class: 'card-kind' });
  private readonly place = h('p', { class: 'card-place' });
  private readonly offered = h('div', { class: 'actions offers', hidden: true });
  private readonly here = h('section', { class: 'here', 'aria-labelledby': 'here-title' });
  private collections = new Map<string, Collection>();

  constructor(private readonly events: CardEvents) {
    const close = h('button', {
      type: 'button',
      class: 'plain card-close',
      'aria-label': t.cardClose,
      title: t.cardClose,
      onclick: () => this.events.closed(),
    });
    close.append(icon('close'));
    const back = h('button', { type: 'button', class: 'link back', onclick: () => this.events.closed() });
    back.append(icon('back'), t.cardBack);
    const header = h(
      'header',
      { class: 'card-head' },
      h('div', { class: 'card-bar' }, back, close),
      this.kind,
      this.heading,
      this.place,
    );
    this.element = h('section', { class: 'card', 'aria-labelledby': 'card-title', hidden: true }, header, this.body);
  }

  get open(): boolean {
    return !this.element.hidden;
  }

  know(collections: Collection[]): void {
    this.collections = new Map(collections.map((collection) => [collection.id, collection]));
  }

  close(): void {
    this.element.hidden = true;
    this.body.replaceChildren();
  }

  /** What is already known while the server is asked: the layer, and the name the tile gave. */
  loading(ref: FeatureRef, name: string): void {
    this.head(ref, name);
    this.body.replaceChildren(
      h('div', { class: 'skeleton', role: 'status' }, h('span', { class: 'sr-only' }, t.cardLoading)),
    );
    this.element.hidden = false;
  }

  failed(ref: FeatureRef, message: string, again: boolean): void {
    this.head(ref, '');
    const retry = h('button', { type: 'button', class: 'button', onclick: () => this.events.retry() }, t.retry);
    this.body.replaceChildren(h('div', { class: 'empty' }, icon('warning'), h('p', {}, message), again && retry));
    this.element.hidden = false;
  }

  /** Shows the card and gives its title back, for those who hear it instead of seeing it. */
  show(content: CardContent): string {
    const { ref, collection, feature } = content;
    const properties = feature.properties ?? {};
    const title = titleOf(ref.layer, ref.id, properties, collection, t);
    const rows = rowsOf(ref, properties, content.schema, content.communeName, t).filter(
      // Its mission is a link below.
      ({ name }) => name !== collection?.['carreau:missionField'],
    );
    this.head(ref, title);
    const place = content.communeName ?? communeOf(ref.layer, ref.id, properties);
    this.place.textContent = place ?? '';
    this.place.hidden = !place;
    this.offer({ edit: false, undo: null });
    this.body.replaceChildren(
      this.actions(ref),
      this.offered,
      ...this.picture(content, title),
      rows.length > 0 ? factList(rows) : h('p', { class: 'soft' }, t.cardEmpty),
      ...missionPart(feature.links ?? [], this.collections, this.events),
      ...(collection ? [origin(collection)] : []),
      this.here,
    );
    this.element.hidden = false;
    this.body.scrollTop = 0;
    return title;
  }

  /** The thumbnail of a feature that has a photo, as the way to the photo. */
  private picture({ ref, collection, feature }: CardContent, title: string): HTMLElement[] {
    if (!feature.properties?.[collection?.['carreau:pictureField'] ?? '']) return [];
    const url = this.events.rawUrl(ref);
    const thumbnail = h('img', { src: `${url}/thumbnail`, alt: t.photoOf(title) });
    const link: HTMLElement = h('a', { class: 'card-picture', href: `${url}/photo`, target: '_blank', title: t.openPhoto }, thumbnail);
    // A row written by hand may name a picture that nobody deposited.
    thumbnail.addEventListener('error', () => link.remove());
    return [link];
  }

  /** What the reader may do with the feature, once the server said so. */
  offer({ edit, undo }: Offers): void {
    const button = (id: string, mark: Parameters<typeof icon>[0], words: string, act: () => void) => {
      const made = h('button', { type: 'button', class: 'button', id, onclick: act });
      made.append(icon(mark), words);
      return made;
    };
    const buttons: HTMLElement[] = [];
    if (edit) buttons.push(button('edit', 'pencil', t.edit, () => this.events.edit()));
    if (undo) buttons.push(button('undo', 'undo', t.undo, () => this.events.undo(undo)));
    this.offered.replaceChildren(...buttons);
    this.offered.hidden = buttons.length === 0;
  }

  focus(): void {
    this.heading.focus({ preventScroll: true });
  }

  /** The list version of what the map shows there, without the feature of this card. */
  showHere(hits: Hit[], current: FeatureRef): void {
    const others = hits.filter((hit) => !sameRef(hit, current));
    const items = others.map((hit) => h('li', {}, this.hitButton(hit)));
    this.here.replaceChildren(
      h('h3', { id: 'here-title' }, t.here),
      items.length > 0 ? h('ul', {}, ...items) : h('p', { class: 'soft' }, t.hereNone),
      h('p', { class: 'caution' }, t.hereCaution),
    );
  }

  private hitButton(hit: Hit): HTMLElement {
    const collection = this.collections.get(hit.layer);
    const mark = h('span', { class: 'mark' });
    mark.innerHTML = this.events.swatchOf(hit);
    const words = h(
      'span',
      { class: 'option-words' },
      h('span', { class: 'option-title' }, titleOf(hit.layer, hit.id, hit.properties, collection, t)),
      h('span', { class: 'soft' }, collection ? titleOfLayer(collection) : hit.layer),
    );
    const open = () => this.events.opened({ layer: hit.layer, id: hit.id });
    return h('button', { type: 'button', class: 'hit', onclick: open }, mark, words);
  }

  private head(ref: FeatureRef, title: string): void {
    const collection = this.collections.get(ref.layer);
    this.kind.textContent = collection ? titleOfLayer(collection) : ref.layer;
    this.heading.textContent = title || titleOf(ref.layer, ref.id, {}, collection, t);
    this.place.hidden = true;
  }

  private actions(ref: FeatureRef): HTMLElement {
    const zoom: HTMLElement = h('button', { type: 'button', class: 'button', onclick: () => this.events.zoom() });
    zoom.append(icon('target'), t.zoomTo);
    const copy = h('button', { type: 'button', class: 'button', onclick: () => this.events.copyLink() });
    copy.append(icon('link'), t.copyLink);
    const raw: HTMLElement = h('a', { class: 'button', href: this.events.rawUrl(ref), target: '_blank', title: t.rawDataLong });
    raw.append(icon('data'), t.rawData);
    const collection = this.collections.get(ref.layer);
    const parts = [zoom, copy, raw];
    if (collection && fileFormats(collection).length > 0) {
      const take = h('button', { type: 'button', class: 'button', id: 'download', onclick: () => this.events.download(collection) });
      take.append(icon('data'), `${t.download}…`);
      parts.push(take);
    }
    return h('div', { class: 'actions' }, ...parts);
  }
}

function factList(rows: CardRow[]): HTMLElement {
  const parts = rows.flatMap((row) => {
    const { text, href } = row.value;
    const value = href ? h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, text) : text;
    const help = row.help !== undefined && h('small', {}, row.help);
    return [h('dt', {}, row.title), h('dd', { 'data-field': row.name }, value, help)];
  });
  return h('dl', { class: 'facts' }, ...parts);
}

function origin(collection: Collection): HTMLElement {
  const vintage = collection['carreau:vintage'];
  const source = [collection['carreau:attribution'], collection['carreau:licence']].filter(Boolean).join(', ');
  return h(
    'p',
    { class: 'origin' },
    collection['carreau:fictive'] && h('span', { class: 'tag' }, t.layerFictive),
    vintage && h('span', {}, `${t.vintage} : ${formatDate(vintage, t.locale)}`),
    source && h('span', {}, source),
  );
}
