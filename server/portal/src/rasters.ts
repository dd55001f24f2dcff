import type { RasterLayerSpecification, RasterSourceSpecification, StyleSpecification } from 'maplibre-gl';
import type { Bbox } from './contract';
import { h, icon } from './dom';
import type { Http } from './http';
import { t } from './i18n';

/** A raster as the server describes it (TileJSON and more). */
export interface Raster {
  id: string;
  name: string;
  kind: string;
  tiles: string[];
  minzoom: number;
  maxzoom: number;
  bounds: Bbox;
  vintage?: string;
  unit?: string;
  palette?: string;
  palettes?: string[];
}

interface Legend {
  unit: string;
  stops: { value: number; color: string }[];
}

interface Look {
  shown: boolean;
  opacity: number;
  palette: string;
}

export interface RastersEvents {
  /** What is drawn has changed. */
  changed(): void;
  extent(box: Bbox): void;
}

export const rasterPrefix = 'raster:';

/** Aerial photos, heights and temperatures: drawn under the layers, each with its switch, opacity, colours and legend. */
export class Rasters {
  private all: Raster[] = [];
  private readonly looks = new Map<string, Look>();
  private readonly list = h('ul', { class: 'rasters', 'aria-labelledby': 'rasters-title' });
  readonly element = h('section', { class: 'rasters-panel', hidden: true }, h('h3', { id: 'rasters-title' }, t.rasters), this.list);

  constructor(
    private readonly http: Http,
    private readonly events: RastersEvents,
  ) {}

  /** Asks the server what there is for the reader now. */
  async refresh(): Promise<void> {
    try {
      this.all = (await this.http.get<{ rasters?: Raster[] }>('rasters')).rasters ?? [];
    } catch {
      return; // the layers' own question tells that the server is away
    }
    this.element.toggleAttribute('hidden', this.all.length === 0);
    this.list.replaceChildren(...this.all.map((raster) => this.row(raster)));
    this.events.changed();
  }

  /** The style with what is shown of them, above the ground and under everything else. */
  dress(style: StyleSpecification): StyleSpecification {
    const shown = this.all.filter((raster) => this.look(raster).shown);
    const sources = Object.fromEntries(shown.map((raster) => [rasterPrefix + raster.id, this.source(raster)]));
    const layers = shown.map(
      (raster): RasterLayerSpecification => ({
        id: rasterPrefix + raster.id,
        type: 'raster',
        source: rasterPrefix + raster.id,
        paint: { 'raster-opacity': this.look(raster).opacity, 'raster-fade-duration': 0 },
      }),
    );
    const ground = style.layers.findIndex((layer) => layer.type !== 'background');
    const place = ground < 0 ? style.layers.length : ground;
    return {
      ...style,
      sources: { ...style.sources, ...sources },
      layers: [...style.layers.slice(0, place), ...layers, ...style.layers.slice(place)],
    };
  }

  /** The values of the rasters shown at a place: "Vol 7 : 21,4 °C". */
  async valuesAt({ lng, lat }: { lng: number; lat: number }): Promise<string[]> {
    const asked = this.all.filter((raster) => raster.palettes && this.look(raster).shown && holds(raster.bounds, lng, lat));
    const lines = await Promise.all(
      asked.map(async (raster) => {
        const path = `rasters/${encodeURIComponent(raster.id)}/value?lon=${lng.toFixed(7)}&lat=${lat.toFixed(7)}`;
        const { value } = await this.http.get<{ value: number | null }>(path);
        return value === null ? '' : t.rasterValue(raster.name, withUnit(value, raster.unit));
      }),
    );
    return lines.filter((line) => line !== '');
  }

  private look(raster: Raster): Look {
    const known = this.looks.get(raster.id) ?? { shown: false, opacity: 1, palette: raster.palette ?? '' };
    this.looks.set(raster.id, known);
    return known;
  }

  private source(raster: Raster): RasterSourceSpecification {
    const { palette } = this.look(raster);
    const query = palette ? `?palette=${encodeURIComponent(palette)}` : '';
    return {
      type: 'raster',
      tiles: raster.tiles.map((tile) => tile + query),
      tileSize: 256,
      minzoom: raster.minzoom,
      maxzoom: raster.maxzoom,
      bounds: raster.bounds,
    };
  }

  private row(raster: Raster): HTMLElement {
    const look = this.look(raster);
    const id = `raster-${raster.id.replace(/[^\w-]/g, '_')}`;
    const box = h('input', { type: 'checkbox', role: 'switch', id, 'data-raster': raster.id });
    box.checked = look.shown;
    const name = raster.vintage ? `${raster.name} (${raster.vintage})` : raster.name;
    const about = h('div', { class: 'about', hidden: !look.shown });
    const extent = h('button', { type: 'button', class: 'plain', 'aria-label': t.rasterExtent(name), title: t.rasterExtent(name) });
    extent.append(icon('home'));
    extent.addEventListener('click', () => this.events.extent(raster.bounds));
    const legend = h('div', { class: 'raster-legend' });
    about.append(this.opacity(id, look));
    if (raster.palettes) about.append(this.palettes(id, raster, look, legend), legend);
    box.addEventListener('change', () => {
      look.shown = box.checked;
      about.toggleAttribute('hidden', !look.shown);
      if (look.shown) void this.drawLegend(raster, look, legend);
      this.events.changed();
    });
    if (look.shown) void this.drawLegend(raster, look, legend);
    const line = h('div', { class: 'layer-line' }, box, h('label', { class: 'layer-name', for: id }, h('span', {}, name)), extent);
    return h('li', { class: 'layer' }, line, about);
  }

  private opacity(id: string, look: Look): HTMLElement {
    const percent = () => Math.round(look.opacity * 100);
    const shown = h('output', { for: `${id}-opacity` }, `${percent()} %`);
    const slider = h('input', { type: 'range', id: `${id}-opacity`, min: 10, max: 100, step: 5, value: percent() });
    slider.addEventListener('input', () => {
      look.opacity = Number(slider.value) / 100;
      shown.textContent = `${slider.value} %`;
      this.events.changed();
    });
    return h('div', { class: 'opacity' }, h('label', { for: slider.id }, t.layerOpacity), slider, shown);
  }

  private palettes(id: string, raster: Raster, look: Look, legend: HTMLElement): HTMLElement {
    const choice = h('select', { id: `${id}-palette` });
    for (const palette of raster.palettes ?? []) {
      const option = h('option', { value: palette }, t.palettes[palette] ?? palette);
      option.selected = palette === look.palette;
      choice.append(option);
    }
    choice.addEventListener('change', () => {
      look.palette = choice.value;
      void this.drawLegend(raster, look, legend);
      this.events.changed();
    });
    return h('div', { class: 'opacity' }, h('label', { for: choice.id }, t.rasterColours), choice);
  }

  private async drawLegend(raster: Raster, look: Look, place: HTMLElement): Promise<void> {
    if (!raster.palettes) return;
    try {
      const path = `rasters/${encodeURIComponent(raster.id)}/legend?palette=${encodeURIComponent(look.palette)}`;
      const { unit, stops } = await this.http.get<Legend>(path);
      const first = stops[0];
      const last = stops[stops.length - 1];
      if (!first || !last) return;
      const bar = h('div', { class: 'raster-bar' });
      bar.style.background = `linear-gradient(to right, ${stops.map((stop) => stop.color).join(', ')})`;
      const ends = h('div', { class: 'raster-ends' }, h('span', {}, withUnit(first.value, unit)), h('span', {}, withUnit(last.value, unit)));
      place.replaceChildren(bar, ends);
    } catch {
      place.replaceChildren();
    }
  }
}

function withUnit(value: number, unit = ''): string {
  const text = value.toLocaleString(t.locale, { maximumFractionDigits: Math.abs(value) < 1000 ? 2 : 0 });
  return unit ? `${text}\u00a0${unit}` : text;
}

function holds([west, south, east, north]: Bbox, lng: number, lat: number): boolean {
  return lng >= west && lng <= east && lat >= south && lat <= north;
}
