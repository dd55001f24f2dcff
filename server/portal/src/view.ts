import { formatAddress, type Address, type Camera, type ShownLayer } from './address';
import type { Collection, FeatureRef } from './contract';
import type { TimeRange } from './time-range';

/** What the reader has chosen to look at. Everything in it is kept in the page's address. */
export class View {
  readonly shown = new Set<string>();
  readonly opacity = new Map<string, number>();
  selection: FeatureRef | null;
  /** The days shown; null: all of them, and what has no date. */
  time: TimeRange | null;
  camera: Camera | null;
  private wanted: ShownLayer[] | null;
  private readonly known = new Set<string>();
  private pending = 0;

  constructor(
    address: Address,
    /** Kept in the address only when the reader asked for it. */
    private lang: string | null,
  ) {
    this.camera = address.camera;
    this.selection = address.selection;
    this.time = address.time;
    this.wanted = address.layers;
  }

  /**
   * Takes notice of the layers the server has now. The address decides about those present at the start, the server
   * about those that appear later.
   */
  meet(collections: Collection[]): void {
    const first = this.known.size === 0;
    for (const collection of collections) {
      if (this.known.has(collection.id)) continue;
      this.known.add(collection.id);
      const wish = this.wanted?.find((layer) => layer.id === collection.id);
      const decided = this.wanted !== null && (first || wish !== undefined);
      if (decided ? wish !== undefined : collection['carreau:visible'] !== false) this.shown.add(collection.id);
      if (wish && wish.opacity !== 1) this.opacity.set(collection.id, wish.opacity);
    }
    const present = new Set(collections.map((collection) => collection.id));
    for (const id of [...this.known].filter((known) => !present.has(known))) {
      this.known.delete(id);
      this.shown.delete(id);
    }
  }

  /** Takes over another address, as when the reader pastes one. */
  adopt(address: Address, collections: Collection[]): void {
    this.camera = address.camera ?? this.camera;
    this.selection = address.selection;
    this.time = address.time;
    if (!address.layers) return;
    this.wanted = address.layers;
    this.shown.clear();
    this.opacity.clear();
    this.known.clear();
    this.meet(collections);
  }

  show(layer: string, visible: boolean): void {
    if (visible) this.shown.add(layer);
    else this.shown.delete(layer);
    this.remember();
  }

  fade(layer: string, opacity: number): void {
    if (opacity === 1) this.opacity.delete(layer);
    else this.opacity.set(layer, opacity);
    this.remember();
  }

  choose(range: TimeRange | null): void {
    this.time = range;
    this.remember();
  }

  select(ref: FeatureRef | null): void {
    this.selection = ref;
    this.remember();
  }

  /** Writes the address soon: browsers refuse pages that change it too often, and a slider moves fast. */
  remember(): void {
    clearTimeout(this.pending);
    this.pending = window.setTimeout(() => this.write(), 120);
  }

  write(): void {
    clearTimeout(this.pending);
    history.replaceState(null, '', this.hash());
  }

  hash(lang = this.lang): string {
    // Before the first answer of the server nothing is known about layers: the wish is passed on as it came.
    const layers = this.known.size > 0 ? [...this.shown].map((id) => this.layer(id)) : this.wanted;
    return formatAddress({ camera: this.camera, layers, selection: this.selection, time: this.time, lang });
  }

  private layer(id: string): ShownLayer {
    return { id, opacity: this.opacity.get(id) ?? 1 };
  }
}
