import { communeLayer, communeOf, titleOf } from './card-rows';
import type { Card } from './card';
import { sameRef, toBbox, type Bbox, type Change, type Collection, type FeatureRef, type LayerSchema, type ServerFeature } from './contract';
import type { Commune } from './edit/download';
import type { FeatureEditor } from './edit/feature-editor';
import type { Frame } from './frame';
import { bboxOf, pointOn } from './geometry';
import { t } from './i18n';
import type { Hit, MapView } from './map-view';
import { ServerAway, ServerRefusal } from './http';
import type { Server } from './server';
import type { Status } from './status';
import type { View } from './view';

interface Place {
  lng: number;
  lat: number;
}

export interface Opening {
  /** Where the reader pointed; without it a place on the feature is used. */
  at?: Place;
  hits?: Hit[];
  /** A box to show at once, or the feature's own once it is known. */
  zoom?: Bbox | 'feature';
  /** Moves the focus to the card: for those who opened it without pointing at the map. */
  focus?: boolean;
}

export interface SelectionParts {
  server: Server;
  card: Card;
  frame: Frame;
  status: Status;
  view: View;
  map: MapView | null;
  editor: FeatureEditor;
  unreachable(): void;
}

/** The feature the reader looks at: asks the server for it, shows its card, draws it on the map. */
export class Selection {
  private collections = new Map<string, Collection>();
  private feature: ServerFeature | null = null;
  private commune: Commune | null = null;
  private title = '';
  private place: Place | null = null;
  private hits: Hit[] = [];
  private asking: AbortController | null = null;
  private opener: HTMLElement | null = null;
  private last: Opening = {};
  private failed = false;

  constructor(private readonly parts: SelectionParts) {}

  know(collections: Collection[]): void {
    this.collections = new Map(collections.map((collection) => [collection.id, collection]));
    this.parts.card.know(collections);
  }

  /** The place the card speaks about, and what lies there. */
  get around(): { place: Place | null; hits: Hit[] } {
    return { place: this.place, hits: this.hits };
  }

  /** The commune of the last card: the feature itself or where it lies. */
  get lastCommune(): Commune | null {
    return this.commune;
  }

  edit(): void {
    const ref = this.parts.view.selection;
    if (ref) void this.parts.editor.edit(ref, this.title);
  }

  undo(change: Change): void {
    const ref = this.parts.view.selection;
    if (ref) void this.parts.editor.undo(ref, change);
  }

  /** The reader pointed at the map. */
  async pointed(at: Place, drawn: Hit[], byKeyboard: boolean): Promise<void> {
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    const hits = drawn.every((hit) => hit.id) ? drawn : await this.named(at, drawn, asking.signal);
    if (asking.signal.aborted) return;
    const first = principal(hits);
    if (!first) {
      this.close();
      this.parts.status.announce(t.nothingHere);
      return;
    }
    void this.open(first, { at, hits, focus: byKeyboard });
  }

  /** The features at a place where tiles draw many as one. */
  private async named(at: Place, drawn: Hit[], signal: AbortSignal): Promise<Hit[]> {
    const hits = await Promise.all(
      drawn.map(async (hit) => {
        if (hit.id) return [hit];
        const found = await this.parts.server.featuresAt(hit.layer, at, signal).catch((error: unknown) => {
          if (!signal.aborted && error instanceof ServerAway) this.parts.unreachable();
          return [];
        });
        return found.map(({ id, properties }) => ({ ...hit, id: String(id), properties: properties ?? {} }));
      }),
    );
    return hits.flat();
  }

  async open(ref: FeatureRef, opening: Opening): Promise<void> {
    const { card, view, map, frame } = this.parts;
    this.rememberOpener();
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    this.last = opening;
    this.place = opening.at ?? null;
    this.hits = opening.hits ?? [];
    const chosen = { layer: ref.layer, id: ref.id };
    view.select(chosen);
    const hit = this.hits.find((one) => sameRef(one, chosen));
    const name = hit ? titleOf(hit.layer, hit.id, hit.properties, this.collections.get(hit.layer), t) : '';
    card.loading(chosen, name);
    frame.showCard(true);
    if (opening.at) map?.reveal(opening.at, frame.insets());
    if (Array.isArray(opening.zoom)) map?.fit(opening.zoom, frame.insets());
    try {
      await this.fill(chosen, opening, asking.signal);
    } catch (error) {
      if (!asking.signal.aborted) this.fail(chosen, error);
    }
    if (opening.focus && !asking.signal.aborted) card.focus();
  }

  close(): void {
    const { card, view, map, frame } = this.parts;
    this.asking?.abort();
    this.feature = null;
    this.place = null;
    this.hits = [];
    view.select(null);
    map?.highlight(null);
    if (!card.open) return;
    const inside = card.element.contains(document.activeElement);
    card.close();
    frame.showCard(false);
    if (inside) (this.opener?.isConnected ? this.opener : map?.map.getCanvas())?.focus();
  }

  /** Asks again after a failure. */
  retry(): void {
    const ref = this.parts.view.selection;
    if (ref) void this.open(ref, this.last);
  }

  /** The server is back: a card that could not be read is read now. */
  serverBack(): void {
    if (this.failed && this.parts.card.open) this.retry();
  }

  /** Another person reads, or the feature was edited: what may be seen of it may have changed. */
  renew(focus = false): void {
    const ref = this.parts.view.selection;
    if (ref && this.parts.card.open) void this.open(ref, { ...(this.place && { at: this.place }), focus });
  }

  zoom(): void {
    const box = this.feature?.geometry ? bboxOf(this.feature.geometry) : null;
    if (box) this.parts.map?.fit(box, this.parts.frame.insets());
  }

  /** The map is at rest: what lies at the place may have changed with layers and zoom. */
  settled(): void {
    const { map, card, view } = this.parts;
    if (!map || !card.open || !this.feature || !this.place || !view.selection) return;
    if (!map.map.getBounds().contains(this.place)) return;
    const known = this.hits;
    const hits = map.at(this.place).flatMap((hit) => (hit.id ? [hit] : known.filter((one) => one.layer === hit.layer)));
    if (keys(hits) === keys(this.hits)) return;
    this.hits = hits;
    card.showHere(hits, view.selection);
  }

  private async fill(ref: FeatureRef, opening: Opening, signal: AbortSignal): Promise<void> {
    const { server, card, map, frame, status } = this.parts;
    this.failed = false;
    const [feature, schema] = await Promise.all([server.feature(ref, signal), server.schema(ref.layer)]);
    const code = communeOf(ref.layer, ref.id, feature.properties ?? {});
    const communeName = code ? await this.communeName(code) : null;
    if (signal.aborted) return;
    this.feature = feature;
    const own = ref.layer === communeLayer ? ref.id : code;
    map?.highlight(feature.geometry);
    const title = card.show({ ref, collection: this.collections.get(ref.layer), feature, schema, communeName });
    this.title = title;
    this.commune = own ? { code: own, name: communeName ?? (own === ref.id ? title : own) } : null;
    if (feature.geometry) {
      const [lng, lat] = pointOn(feature.geometry) ?? [];
      if (!this.place && lng !== undefined && lat !== undefined) this.place = { lng, lat };
      const box = opening.zoom === 'feature' ? bboxOf(feature.geometry) : null;
      if (box) map?.fit(box, frame.insets());
    }
    card.showHere(this.hits, ref);
    status.announce(`${t.cardOpened(title)}. ${this.hits.length > 0 ? t.hereCount(this.hits.length) : ''}`);
    void this.offer(ref, schema, signal);
    if (map && this.hits.length === 0 && map.map.loaded() && !map.map.isMoving()) this.settled();
  }

  /** What may be done with the feature; a server that cannot say offers nothing. */
  private async offer(ref: FeatureRef, schema: LayerSchema, signal: AbortSignal): Promise<void> {
    try {
      const offers = await this.parts.editor.offers(ref, schema, signal);
      if (!signal.aborted) this.parts.card.offer(offers);
    } catch (error) {
      if (!signal.aborted && error instanceof ServerAway) this.parts.unreachable();
    }
  }

  private async communeName(code: string): Promise<string | null> {
    const label = this.collections.get(communeLayer)?.['carreau:labelField'];
    if (!label) return null;
    try {
      const commune = await this.parts.server.feature({ layer: communeLayer, id: code });
      const name: unknown = commune.properties?.[label];
      return typeof name === 'string' ? name : null;
    } catch {
      return null;
    }
  }

  private fail(ref: FeatureRef, error: unknown): void {
    const { card, map, status, unreachable } = this.parts;
    this.failed = true;
    this.feature = null;
    map?.highlight(null);
    const gone = error instanceof ServerRefusal;
    const message = gone && error.status === 404 ? t.cardGone : t.cardFailed;
    card.failed(ref, message, !gone);
    status.announce(message);
    if (error instanceof ServerAway) unreachable();
    else if (!gone) console.error(error);
  }

  private rememberOpener(): void {
    const focused = document.activeElement;
    if (focused instanceof HTMLElement && !this.parts.card.element.contains(focused)) this.opener = focused;
  }
}

/**
 * The feature a reader most likely means: a point or line on top, else the parcel, else the area on top.
 */
export function principal(hits: Hit[]): Hit | undefined {
  const top = hits[0];
  if (!top || top.shape !== 'area') return top;
  return hits.find((hit) => hit.layer === 'parcelle') ?? top;
}

function keys(hits: Hit[]): string {
  return hits.map((hit) => `${hit.layer}/${hit.id}`).join(' ');
}

export function resultBox(numbers: number[] | undefined): Bbox | 'feature' {
  return toBbox(numbers) ?? 'feature';
}
