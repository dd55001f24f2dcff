import type { FeatureCollection, Position } from 'geojson';
import { h } from '../dom';
import { grouped, type Field } from '../fields';
import { wrong } from '../form';
import { bboxOf } from '../geometry';
import { t } from '../i18n';
import type { Perimeter } from './contract';
import { areaOf, BadPerimeter, parsePerimeter, ringsByPolygon } from './perimeter';

const svg = 'http://www.w3.org/2000/svg';
const preview = { width: 320, height: 200 };

/** A perimeter pasted as GeoJSON or read from a file, with its area and a sketch among the communes. */
export function perimeterField(value: Perimeter | null, territory: FeatureCollection): Field<Perimeter | null> {
  const words = t.admin.engagements;
  const text = h('textarea', { rows: 6, spellcheck: 'false', 'aria-label': words.perimeterText });
  text.value = value ? JSON.stringify(value) : '';
  const file = h('input', { type: 'file', accept: '.geojson,.json,application/geo+json', 'aria-label': words.perimeterFile });
  const about = h('div', { class: 'perimeter-about', 'aria-live': 'polite' });
  const look = () => about.replaceChildren(...aboutPerimeter(text.value, territory));
  text.addEventListener('input', look);
  file.addEventListener('change', async () => {
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    text.value = await chosen.text();
    look();
  });
  look();
  const content = h('div', { class: 'form' }, text, file, about);
  return grouped('perimeter', { label: words.perimeter, hint: words.perimeterHint }, content, () => read(text.value), () => text.focus());
}

export function areaWords(squareMetres: number): string {
  const number = (value: number) => new Intl.NumberFormat(t.locale, { maximumSignificantDigits: 3 }).format(value);
  return squareMetres < 1_000_000 ? `${number(squareMetres / 10_000)}\u00a0ha` : `${number(squareMetres / 1_000_000)}\u00a0km²`;
}

function read(text: string): Perimeter | null {
  try {
    return parsePerimeter(text);
  } catch (error) {
    throw error instanceof BadPerimeter ? wrong('perimeter', t.admin.engagements.faults[error.fault]) : error;
  }
}

function aboutPerimeter(text: string, territory: FeatureCollection): Node[] {
  try {
    const perimeter = parsePerimeter(text);
    if (!perimeter) return [];
    return [h('p', {}, t.admin.engagements.area(areaWords(areaOf(perimeter)))), sketch(perimeter, territory)];
  } catch (error) {
    if (!(error instanceof BadPerimeter)) throw error;
    return [h('p', { class: 'field-error' }, t.admin.engagements.faults[error.fault])];
  }
}

/** The perimeter over the communes around it. */
function sketch(perimeter: Perimeter, territory: FeatureCollection): Node {
  const [west, south, east, north] = bboxOf(perimeter) ?? [0, 0, 1, 1];
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
  // Twice its size around it shows where it lies.
  const scale = Math.min(preview.width / ((east - west) * shrink || 1e-6), preview.height / (north - south || 1e-6)) / 3;
  const place = ([x = 0, y = 0]: Position): string => {
    const px = preview.width / 2 + (x - (west + east) / 2) * shrink * scale;
    const py = preview.height / 2 - (y - (south + north) / 2) * scale;
    return `${px.toFixed(1)},${py.toFixed(1)}`;
  };
  const outline = (rings: Position[][][]) => rings.flat().map((ring) => `M${ring.map(place).join('L')}Z`).join('');
  const communes = territory.features.flatMap(({ geometry }) =>
    geometry.type === 'Polygon' || geometry.type === 'MultiPolygon' ? ringsByPolygon(geometry) : [],
  );
  const drawing = document.createElementNS(svg, 'svg');
  drawing.setAttribute('viewBox', `0 0 ${preview.width} ${preview.height}`);
  drawing.setAttribute('class', 'sketch');
  drawing.setAttribute('role', 'img');
  drawing.setAttribute('aria-label', t.admin.engagements.sketch);
  drawing.append(path(outline(communes), 'sketch-communes'), path(outline(ringsByPolygon(perimeter)), 'sketch-perimeter'));
  return drawing;
}

function path(shape: string, name: string): SVGPathElement {
  const element = document.createElementNS(svg, 'path');
  element.setAttribute('d', shape);
  element.setAttribute('class', name);
  return element;
}
