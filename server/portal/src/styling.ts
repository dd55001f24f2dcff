/** What the portal reads from the server's map style, and what it adds to it. Pure: no map, no page. */
import type { Geometry } from 'geojson';
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import { bothFilters } from './time-range';

export const selectionSource = 'carreau-selection';
export const accent = '#0e5a63';

export interface Appearance {
  shown: ReadonlySet<string>;
  opacity: ReadonlyMap<string, number>;
  selected: Geometry | null;
  /** What the reader filters away, by layer. */
  filters?: ReadonlyMap<string, ExpressionSpecification>;
}

export interface LegendItem {
  label: string;
  order: number;
  /** The style layers drawn for this line of the legend, lowest first. */
  specs: LayerSpecification[];
}

interface Marks {
  'carreau:layer'?: string;
  'carreau:legend'?: { label?: string; order?: number };
}

function marks(spec: LayerSpecification): Marks {
  return (spec.metadata ?? {}) as Marks;
}

/** The layer of the server that a style layer draws; undefined for the background and what the portal adds. */
export function layerOf(spec: LayerSpecification): string | undefined {
  return marks(spec)['carreau:layer'];
}

export function specsOf(style: StyleSpecification, layer: string): LayerSpecification[] {
  return style.layers.filter((spec) => layerOf(spec) === layer);
}

/** Lines of a layer's legend by their order. A layer without any gets one line without words. */
export function legendOf(style: StyleSpecification, layer: string): LegendItem[] {
  const items = new Map<string, LegendItem>();
  const drawn = specsOf(style, layer).filter((spec) => spec.type !== 'symbol');
  for (const spec of drawn) {
    const legend = marks(spec)['carreau:legend'];
    if (!legend?.label) continue;
    const item = items.get(legend.label) ?? { label: legend.label, order: legend.order ?? 0, specs: [] };
    item.specs.push(spec);
    items.set(legend.label, item);
  }
  if (items.size === 0) return [{ label: '', order: 0, specs: drawn }];
  return [...items.values()].sort((a, b) => a.order - b.order);
}

/** The zoom from which something of the layer is drawn. */
export function firstZoom(style: StyleSpecification, layer: string): number {
  const zooms = specsOf(style, layer).map((spec) => {
    const source = 'source' in spec && typeof spec.source === 'string' ? style.sources[spec.source] : undefined;
    const tiles = source && 'minzoom' in source ? (source.minzoom ?? 0) : 0;
    return Math.max(spec.minzoom ?? 0, tiles);
  });
  return zooms.length > 0 ? Math.min(...zooms) : 0;
}

/** The server's style with the reader's choices applied and the selected feature drawn on top. */
export function dressStyle(style: StyleSpecification, look: Appearance): StyleSpecification {
  return {
    ...style,
    sources: { ...style.sources, [selectionSource]: { type: 'geojson', data: selectionData(look.selected) } },
    layers: [...style.layers.map((spec) => dressLayer(spec, look)), ...selectionLayers],
  };
}

export function selectionData(geometry: Geometry | null): GeoJSON.FeatureCollection {
  const features = geometry ? [{ type: 'Feature' as const, geometry, properties: {} }] : [];
  return { type: 'FeatureCollection', features };
}

function dressLayer(spec: LayerSpecification, look: Appearance): LayerSpecification {
  const layer = layerOf(spec);
  if (layer === undefined) return spec;
  // The style hides layers that are not shown at first; from here on the reader decides.
  const visibility = look.shown.has(layer) ? 'visible' : 'none';
  const paint = { ...spec.paint, ...fadedPaint(spec, look.opacity.get(layer) ?? 1) };
  const filter = bothFilters('filter' in spec ? spec.filter : undefined, look.filters?.get(layer));
  return { ...spec, ...(filter !== undefined && { filter }), layout: { ...spec.layout, visibility }, paint } as LayerSpecification;
}

const opacityNames: Record<string, string[]> = {
  fill: ['fill-opacity'],
  line: ['line-opacity'],
  circle: ['circle-opacity', 'circle-stroke-opacity'],
  symbol: ['text-opacity', 'icon-opacity'],
  raster: ['raster-opacity'],
};

/** The opacity properties of a style layer, faded; empty when nothing has to change. */
export function fadedPaint(spec: LayerSpecification, factor: number): Record<string, unknown> {
  if (factor === 1) return {};
  const paint = (spec.paint ?? {}) as Record<string, unknown>;
  const names = opacityNames[spec.type] ?? [];
  return Object.fromEntries(names.map((name) => [name, scaleOpacity(paint[name], factor)]));
}

export function opacityProperties(spec: LayerSpecification): string[] {
  return opacityNames[spec.type] ?? [];
}

/**
 * An opacity times a factor. In `interpolate` and `step` the outputs are multiplied, because an expression over
 * the zoom may only stand at the top.
 */
export function scaleOpacity(value: unknown, factor: number): unknown {
  if (value === undefined || value === null) return factor;
  if (typeof value === 'number') return value * factor;
  if (!Array.isArray(value)) return value;
  const operator: unknown = value[0];
  if (operator === 'interpolate') return value.map((part, i) => (i >= 4 && i % 2 === 0 ? scaleOpacity(part, factor) : part));
  if (operator === 'step') return value.map((part, i) => (i >= 2 && i % 2 === 0 ? scaleOpacity(part, factor) : part));
  return ['*', value, factor];
}

const selectionLayers: LayerSpecification[] = [
  {
    id: 'carreau-selection-fill',
    type: 'fill',
    source: selectionSource,
    filter: ['==', ['geometry-type'], 'Polygon'],
    paint: { 'fill-color': accent, 'fill-opacity': 0.14 },
  },
  {
    id: 'carreau-selection-halo',
    type: 'line',
    source: selectionSource,
    filter: ['!=', ['geometry-type'], 'Point'],
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': '#fff', 'line-width': 7, 'line-opacity': 0.9 },
  },
  {
    id: 'carreau-selection-line',
    type: 'line',
    source: selectionSource,
    filter: ['!=', ['geometry-type'], 'Point'],
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': accent, 'line-width': 3.2 },
  },
  {
    id: 'carreau-selection-point',
    type: 'circle',
    source: selectionSource,
    filter: ['==', ['geometry-type'], 'Point'],
    paint: {
      'circle-radius': 12,
      'circle-color': accent,
      'circle-opacity': 0.14,
      'circle-stroke-color': accent,
      'circle-stroke-width': 3.2,
    },
  },
];
