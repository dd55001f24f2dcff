import type { Geometry } from 'geojson';
import {
  GeolocateControl,
  Map as MapLibreMap,
  NavigationControl,
  Popup,
  ScaleControl,
  type ExpressionSpecification,
  type GeoJSONSource,
  type LayerSpecification,
  type MapGeoJSONFeature,
  type PointLike,
  type StyleSpecification,
} from 'maplibre-gl';
import type { Camera } from './address';
import type { Bbox, Collection, FeatureRef } from './contract';
import { h, icon } from './dom';
import { t } from './i18n';
import { dressStyle, fadedPaint, layerOf, opacityProperties, selectionData, selectionSource, specsOf } from './styling';
import { bothFilters, timeFilter } from './time-range';
import type { View } from './view';

/** A feature drawn at some place. */
/** `id` is empty where a tile draws many features as one: what lies at a place then is the server's to say. */
export interface Hit extends FeatureRef {
  properties: Record<string, unknown>;
  shape: 'point' | 'line' | 'area';
  /** How it is drawn, with the values this very feature gets. */
  drawn: LayerSpecification;
}

export interface MapEvents {
  clicked(at: { lng: number; lat: number }, hits: Hit[]): void;
  moved(camera: Camera): void;
  unreachable(): void;
  /** A tile was refused for want of a login. */
  unauthorised(): void;
  home(): void;
}

export interface Insets {
  top: number;
  left: number;
  bottom: number;
}

const emptyStyle: StyleSpecification = {
  version: 8,
  sources: {},
  layers: [{ id: 'fond', type: 'background', paint: { 'background-color': '#f3f1ec' } }],
};
/** How far from the pointer a point or a line still counts as touched, in pixels. */
const reach = 5;
const repairDelay = 4000;
const repairPause = 60_000;

/** The map itself: draws the server's style, tells what lies where, follows the reader's choices. */
export class MapView {
  readonly map: MapLibreMap;
  private style: StyleSpecification | null = null;
  private collections = new Map<string, Collection>();
  private selected: Geometry | null = null;
  private said: Popup | null = null;
  private lastRepair = 0;

  constructor(
    container: HTMLElement,
    private readonly view: View,
    private readonly events: MapEvents,
    /** What is drawn between the ground and the layers. */
    private readonly under: (style: StyleSpecification) => StyleSpecification = (style) => style,
  ) {
    this.map = new MapLibreMap({
      container,
      style: emptyStyle,
      center: [2.55, 50.5],
      zoom: 9.5,
      maxZoom: 21,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: reducedMotion() ? 0 : 200,
      localIdeographFontFamily: false,
      locale: words(),
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.addControls();
    this.listen();
  }

  /** Shows these layers in this style; what did not change stays on the screen. */
  show(collections: Collection[], style: StyleSpecification): void {
    this.collections = new Map(collections.map((collection) => [collection.id, collection]));
    this.style = style;
    this.map.setStyle(this.dressed(style), { diff: true });
  }

  /** Draws what lies under the layers anew; the layers stay. */
  showUnder(): void {
    if (this.style) this.map.setStyle(this.dressed(this.style), { diff: true });
  }

  /** A few words at a place, until the reader closes them or clicks elsewhere. */
  say(at: { lng: number; lat: number }, lines: string[]): void {
    this.said?.remove();
    if (lines.length === 0) return;
    const text = h('div', { role: 'status' }, ...lines.map((line) => h('p', {}, line)));
    this.said = new Popup({ closeButton: false, maxWidth: '20rem' }).setLngLat(at).setDOMContent(text).addTo(this.map);
  }

  applyVisibility(layer: string): void {
    const visibility = this.view.shown.has(layer) ? 'visible' : 'none';
    for (const spec of this.specs(layer)) this.map.setLayoutProperty(spec.id, 'visibility', visibility);
  }

  applyOpacity(layer: string): void {
    for (const spec of this.specs(layer)) {
      const faded = fadedPaint(spec, this.view.opacity.get(layer) ?? 1);
      const given = (spec.paint ?? {}) as Record<string, unknown>;
      for (const name of opacityProperties(spec)) {
        this.map.setPaintProperty(spec.id, name as never, (faded[name] ?? given[name] ?? null) as never);
      }
    }
  }

  /** Shows the days that the reader chose; nothing is asked of the server. */
  applyTime(): void {
    const filters = this.timeFilters();
    for (const layer of this.collections.keys()) {
      if (this.timeField(layer) === undefined) continue;
      for (const spec of this.specs(layer)) {
        this.map.setFilter(spec.id, bothFilters('filter' in spec ? spec.filter : undefined, filters.get(layer)) ?? null);
      }
    }
  }

  /** The dates of the features loaded, each feature once, of the layers shown that have dates. */
  dates(): Map<string, unknown[]> {
    const dates = new Map<string, unknown[]>();
    for (const [layer, collection] of this.collections) {
      const field = this.timeField(layer);
      if (field === undefined || !this.view.shown.has(layer) || !this.map.getSource(layer)) continue;
      const values = new Map<unknown, unknown>();
      for (const feature of this.map.querySourceFeatures(layer, { sourceLayer: layer })) {
        values.set(feature.properties[collection['carreau:idField'] ?? 'id'] ?? feature.id, feature.properties[field]);
      }
      dates.set(layer, [...values.values()]);
    }
    return dates;
  }

  private timeField(layer: string): string | undefined {
    return this.collections.get(layer)?.['carreau:timeField'];
  }

  private timeFilters(): Map<string, ExpressionSpecification> {
    const filters = new Map<string, ExpressionSpecification>();
    const range = this.view.time;
    for (const layer of range ? this.collections.keys() : []) {
      const field = this.timeField(layer);
      if (range && field !== undefined) filters.set(layer, timeFilter(field, range));
    }
    return filters;
  }

  highlight(geometry: Geometry | null): void {
    this.selected = geometry;
    this.map.getSource<GeoJSONSource>(selectionSource)?.setData(selectionData(geometry));
  }

  jump({ zoom, lat, lng }: Camera): void {
    this.map.jumpTo({ zoom, center: [lng, lat] });
  }

  fit(box: Bbox, insets: Insets, maxZoom = 17.6, animate = true): void {
    const canvas = this.map.getContainer();
    // A margin that adapts to small screens; padding larger than the map would make the request impossible.
    const margin = Math.min(56, canvas.clientWidth * 0.06, canvas.clientHeight * 0.06);
    const room = canvas.clientHeight - margin * 2 - 80;
    const padding = {
      top: Math.min(insets.top, room / 2) + margin,
      bottom: Math.min(insets.bottom, room / 2) + margin,
      left: insets.left + margin,
      right: margin,
    };
    this.map.fitBounds(box, { padding, maxZoom, animate: animate && !reducedMotion(), duration: 900 });
  }

  /** Moves the map just enough for a place not to be covered by the page. */
  reveal(lngLat: { lng: number; lat: number }, insets: Insets): void {
    const point = this.map.project(lngLat);
    const lowest = this.map.getContainer().clientHeight - insets.bottom - 40;
    if (point.y > lowest && lowest > insets.top) {
      this.map.panBy([0, point.y - lowest + 40], { duration: reducedMotion() ? 0 : 300 });
    }
  }

  /** West, south, east, north of what is shown. */
  extent(): Bbox {
    const bounds = this.map.getBounds();
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  }

  /** Asks again for the tiles that could not be had while the server was away. */
  reloadTiles(): void {
    for (const id of Object.keys(this.style?.sources ?? {})) {
      if (this.map.getSource(id)) this.map.refreshTiles(id);
    }
  }

  zoomTo(zoom: number): void {
    this.map.easeTo({ zoom, duration: reducedMotion() ? 0 : 500 });
  }

  /** What is drawn at a place, topmost first; each feature once. */
  at(lngLat: { lng: number; lat: number }): Hit[] {
    if (!this.style) return [];
    const point = this.map.project(lngLat);
    const around: [PointLike, PointLike] = [
      [point.x - reach, point.y - reach],
      [point.x + reach, point.y + reach],
    ];
    // Areas count only when the pointer is inside: otherwise every click would name the neighbours too.
    const near = this.map.queryRenderedFeatures(around).filter((feature) => shapeOf(feature) !== 'area');
    const inside = this.map.queryRenderedFeatures(point).filter((feature) => feature.layer.type === 'fill');
    return this.distinct([...near, ...inside]);
  }

  private distinct(features: MapGeoJSONFeature[]): Hit[] {
    const hits = new Map<string, Hit>();
    for (const feature of features) {
      const layer = layerOf(feature.layer as never);
      const collection = layer === undefined ? undefined : this.collections.get(layer);
      if (layer === undefined || !collection) continue;
      const id = feature.properties[collection['carreau:idField'] ?? 'id'] ?? feature.id ?? '';
      const key = `${layer}/${String(id)}`;
      if (!hits.has(key)) {
        hits.set(key, {
          layer,
          id: String(id),
          properties: feature.properties,
          shape: shapeOf(feature),
          drawn: this.drawnAs(feature),
        });
      }
    }
    return [...hits.values()];
  }

  /** The style layer that drew a feature, with colours and numbers as they came out for it. */
  private drawnAs(feature: MapGeoJSONFeature): LayerSpecification {
    const spec = this.style?.layers.find((one) => one.id === feature.layer.id) ?? (feature.layer as LayerSpecification);
    const evaluated = (feature.layer.paint ?? {}) as Record<string, unknown>;
    const plain = Object.entries(evaluated).filter(([name, value]) => typeof value === 'number' || name.endsWith('color'));
    const paint = plain.map(([name, value]) => [name, typeof value === 'number' ? value : String(value)]);
    return { ...spec, paint: { ...spec.paint, ...Object.fromEntries(paint) } } as LayerSpecification;
  }

  private dressed(style: StyleSpecification): StyleSpecification {
    return dressStyle(this.under(style), { shown: this.view.shown, opacity: this.view.opacity, selected: this.selected, filters: this.timeFilters() });
  }

  private specs(layer: string) {
    return this.style ? specsOf(this.style, layer).filter((spec) => this.map.getLayer(spec.id)) : [];
  }

  /** A tile could not be had: asks once more a little later, but not again and again for one the server cannot make. */
  private missed(): void {
    this.events.unreachable();
    if (Date.now() - this.lastRepair < repairPause) return;
    this.lastRepair = Date.now();
    setTimeout(() => this.reloadTiles(), repairDelay);
  }

  private addControls(): void {
    const home = {
      onAdd: () => {
        const button = h('button', {
          type: 'button',
          title: t.wholeTerritory,
          'aria-label': t.wholeTerritory,
          onclick: () => this.events.home(),
        });
        button.append(icon('home'));
        return h('div', { class: 'maplibregl-ctrl maplibregl-ctrl-group' }, button);
      },
      onRemove: () => undefined,
    };
    this.map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
    this.map.addControl(home, 'top-right');
    this.map.addControl(new GeolocateControl({ positionOptions: { enableHighAccuracy: true } }), 'top-right');
    this.map.addControl(new ScaleControl({ unit: 'metric', maxWidth: 110 }), 'bottom-right');
  }

  private listen(): void {
    const canvas = this.map.getCanvas();
    this.map.on('click', (event) => this.events.clicked(event.lngLat, this.at(event.lngLat)));
    canvas.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      const centre = this.map.getCenter();
      this.events.clicked(centre, this.at(centre));
    });
    this.map.on('mousemove', (event) => {
      canvas.style.cursor = this.map.queryRenderedFeatures(event.point).length > 0 ? 'pointer' : '';
    });
    this.map.on('moveend', () => {
      const { lng, lat } = this.map.getCenter();
      this.events.moved({ zoom: this.map.getZoom(), lat, lng });
    });
    this.map.on('error', ({ error }) => {
      const status = (error as { status?: number }).status;
      if (error instanceof TypeError || status === 0 || (status !== undefined && status >= 500)) this.missed();
      else if (status === 401) this.events.unauthorised();
      else console.warn('Carreau:', error.message);
    });
  }
}

export function reducedMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

function shapeOf(feature: MapGeoJSONFeature): Hit['shape'] {
  const type = feature.geometry.type;
  return type.endsWith('Polygon') ? 'area' : type.endsWith('LineString') ? 'line' : 'point';
}

function words(): Record<string, string> {
  return {
    'Map.Title': t.mapLabel,
    'NavigationControl.ZoomIn': t.zoomIn,
    'NavigationControl.ZoomOut': t.zoomOut,
    'GeolocateControl.FindMyLocation': t.locate,
    'GeolocateControl.LocationNotAvailable': t.locateUnavailable,
    'ScaleControl.Meters': 'm',
    'ScaleControl.Kilometers': 'km',
  };
}
