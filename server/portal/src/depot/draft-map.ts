import type { GeoJSON } from 'geojson';
import type { Http } from '../http';
import { h } from '../dom';
import { t } from '../i18n';

type Box = [number, number, number, number];

/**
 * The draft over the layers the reader sees. Its frame is there at once, so that nothing below it moves when it's drawn; it hides
 * itself when it cannot be: without a picture the report still says where the objects are.
 */
export function draftMap(http: Http, job: number, box: Box): HTMLElement {
  const element = h('div', { class: 'draft-map', role: 'img', 'aria-label': t.depot.preview });
  draw(element, http, job, box).catch(() => (element.hidden = true));
  return element;
}

/** The map library comes only when there is something to draw. */
async function draw(element: HTMLElement, http: Http, job: number, box: Box): Promise<void> {
  const [{ Map }, draft] = await Promise.all([import('maplibre-gl'), http.get<GeoJSON>(`jobs/${job}/draft`), import('maplibre-gl/dist/maplibre-gl.css')]);
  const map = new Map({
    container: element,
    style: http.url('styles/portail'),
    bounds: box,
    fitBoundsOptions: { padding: 24, maxZoom: 18 },
    interactive: false,
    attributionControl: false,
  });
  map.on('load', () => {
    map.addSource('draft', { type: 'geojson', data: draft });
    const paint = { 'line-color': '#c2185b', 'line-width': 2.5 };
    map.addLayer({ id: 'draft-lines', type: 'line', source: 'draft', filter: ['!=', ['geometry-type'], 'Point'], paint });
    map.addLayer({
      id: 'draft-points',
      type: 'circle',
      source: 'draft',
      filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-radius': 5, 'circle-color': '#c2185b', 'circle-stroke-color': '#fff', 'circle-stroke-width': 1.5 },
    });
    element.dataset['drawn'] = 'yes';
  });
  requestAnimationFrame(() => map.resize());
}
