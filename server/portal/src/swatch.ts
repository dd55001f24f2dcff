import type { LayerSpecification } from 'maplibre-gl';
import type { LegendItem } from './styling';

/** A small picture of how a line of the legend looks on the map, drawn from the style itself. */
export function swatch(item: LegendItem): string {
  const shapes = item.specs.map(shape).join('');
  return `<svg class="swatch" viewBox="0 0 24 18" width="24" height="18" aria-hidden="true" focusable="false">${shapes || '<rect x="2" y="2" width="20" height="14" rx="2" fill="none" stroke="#8a8f94"/>'}</svg>`;
}

/** The same for one style layer; empty when it draws nothing one can see. */
export function swatchOf(spec: LayerSpecification): string {
  return shape(spec) && swatch({ label: '', order: 0, specs: [spec] });
}

function shape(spec: LayerSpecification): string {
  const paint = (spec.paint ?? {}) as Record<string, unknown>;
  const colour = (name: string, otherwise: string) => attribute(plainColour(paint[name]) ?? otherwise);
  const number = (name: string, otherwise: number) => plainNumber(paint[name]) ?? otherwise;
  switch (spec.type) {
    case 'fill': {
      const opacity = number('fill-opacity', 1);
      if (opacity === 0) return '';
      const outline = colour('fill-outline-color', 'rgb(0 0 0 / 18%)');
      return `<rect x="2" y="2" width="20" height="14" rx="2.5" fill="${colour('fill-color', '#000')}" fill-opacity="${opacity}" stroke="${outline}"/>`;
    }
    case 'line': {
      const width = Math.min(3, Math.max(1.2, number('line-width', 1)));
      const dashes = paint['line-dasharray'];
      const dash = isNumbers(dashes) ? ` stroke-dasharray="${dashes.map((part) => part * width).join(' ')}"` : '';
      return `<path d="M2.5 14 9 5l5.5 7L21.5 4" fill="none" stroke="${colour('line-color', '#000')}" stroke-opacity="${number('line-opacity', 1)}" stroke-width="${width}" stroke-linejoin="round"${dash}/>`;
    }
    case 'circle': {
      const radius = Math.min(6.5, Math.max(3, number('circle-radius', 5)));
      return `<circle cx="12" cy="9" r="${radius}" fill="${colour('circle-color', '#000')}" fill-opacity="${number('circle-opacity', 1)}" stroke="${colour('circle-stroke-color', 'none')}" stroke-width="${Math.min(2, number('circle-stroke-width', 0))}"/>`;
    }
    default:
      return '';
  }
}

/** The colour, or the last one an expression names: its fallback, or its value at high zoom. */
export function plainColour(value: unknown): string | null {
  if (typeof value === 'string') return CSS.supports('color', value) ? value : null;
  return lastOf(value, plainColour);
}

export function plainNumber(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return lastOf(value, plainNumber);
}

function lastOf<T>(value: unknown, read: (part: unknown) => T | null): T | null {
  if (!Array.isArray(value)) return null;
  for (const part of [...value].reverse()) {
    const found = read(part);
    if (found !== null) return found;
  }
  return null;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((part) => typeof part === 'number');
}

function attribute(text: string): string {
  return text.replace(/["<>&]/g, '');
}
