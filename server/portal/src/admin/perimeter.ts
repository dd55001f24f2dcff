/** Perimeters of studies as people paste them. Pure: no page. */
import type { Feature, Geometry, Position } from 'geojson';
import type { Perimeter } from './contract';

export type PerimeterFault = 'json' | 'shape' | 'degrees' | 'ring';

export class BadPerimeter extends Error {
  constructor(readonly fault: PerimeterFault) {
    super(fault);
  }
}

const earthRadius = 6_371_008.8;

/** Reads a polygon, several, or a feature or collection of them; null for nothing at all. Throws BadPerimeter. */
export function parsePerimeter(text: string): Perimeter | null {
  if (text.trim() === '') return null;
  const polygons = polygonsOf(parseJson(text));
  const [first] = polygons;
  if (!first) throw new BadPerimeter('shape');
  polygons.flat().forEach(checkRing);
  return polygons.length === 1 ? { type: 'Polygon', coordinates: first } : { type: 'MultiPolygon', coordinates: polygons };
}

/** Square metres on the sphere: good to half a percent, enough to notice a wrong perimeter. */
export function areaOf(perimeter: Perimeter): number {
  return ringsByPolygon(perimeter)
    .map(([outer = [], ...holes]) => ringArea(outer) - holes.map(ringArea).reduce((sum, area) => sum + area, 0))
    .reduce((sum, area) => sum + area, 0);
}

export function ringsByPolygon(perimeter: Perimeter): Position[][][] {
  return perimeter.type === 'Polygon' ? [perimeter.coordinates] : perimeter.coordinates;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadPerimeter('json');
  }
}

function polygonsOf(value: unknown): Position[][][] {
  if (typeof value !== 'object' || value === null) throw new BadPerimeter('shape');
  const object = value as Geometry | Feature | { type: 'FeatureCollection'; features: Feature[] };
  switch (object.type) {
    case 'Polygon':
      return [object.coordinates];
    case 'MultiPolygon':
      return object.coordinates;
    case 'Feature':
      return polygonsOf(object.geometry);
    case 'FeatureCollection':
      return (object.features ?? []).flatMap(polygonsOf);
    case 'GeometryCollection':
      return (object.geometries ?? []).flatMap(polygonsOf);
    default:
      throw new BadPerimeter('shape');
  }
}

function checkRing(ring: unknown): void {
  if (!Array.isArray(ring) || ring.length < 4) throw new BadPerimeter('ring');
  ring.forEach(checkPosition);
  const [first, last] = [ring[0] as Position, ring[ring.length - 1] as Position];
  if (first[0] !== last[0] || first[1] !== last[1]) throw new BadPerimeter('ring');
}

function checkPosition(position: unknown): void {
  const [x, y] = Array.isArray(position) ? (position as unknown[]) : [];
  if (typeof x !== 'number' || typeof y !== 'number') throw new BadPerimeter('ring');
  if (Math.abs(x) > 180 || Math.abs(y) > 90) throw new BadPerimeter('degrees');
}

/** Area between each edge and the equator, summed round the ring. */
function ringArea(ring: Position[]): number {
  const radians = Math.PI / 180;
  let sum = 0;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [x1 = 0, y1 = 0] = ring[i] as Position;
    const [x2 = 0, y2 = 0] = ring[i + 1] as Position;
    sum += (x2 - x1) * radians * (Math.sin(y1 * radians) + Math.sin(y2 * radians));
  }
  return Math.abs((sum * earthRadius * earthRadius) / 2);
}
