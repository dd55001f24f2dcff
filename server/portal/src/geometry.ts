/** The little geometry the page needs; everything serious happens in the server. */
import type { Geometry, Position } from 'geojson';
import type { Bbox } from './contract';

export function bboxOf(geometry: Geometry): Bbox | null {
  const box: Bbox = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x = 0, y = 0] of positions(geometry)) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box[0] <= box[2] ? box : null;
}

export function joinBoxes(boxes: Bbox[]): Bbox | null {
  if (boxes.length === 0) return null;
  return [
    Math.min(...boxes.map((box) => box[0])),
    Math.min(...boxes.map((box) => box[1])),
    Math.max(...boxes.map((box) => box[2])),
    Math.max(...boxes.map((box) => box[3])),
  ];
}

/** A position on the geometry itself, where a click would hit it; in the middle of its widest part for a polygon. */
export function pointOn(geometry: Geometry): Position | null {
  switch (geometry.type) {
    case 'Polygon':
      return insidePolygon(geometry.coordinates);
    case 'MultiPolygon':
      return insidePolygon(largest(geometry.coordinates));
    case 'GeometryCollection':
      return geometry.geometries[0] ? pointOn(geometry.geometries[0]) : null;
    default: {
      const all = positions(geometry);
      return all[Math.floor(all.length / 2)] ?? null;
    }
  }
}

/** Middle of the longest stretch that a horizontal line at half height has inside the polygon. */
function insidePolygon(rings: Position[][]): Position | null {
  const box = bboxOf({ type: 'Polygon', coordinates: rings });
  if (!box) return null;
  // Not exactly half: a line through corners would count them twice.
  const y = box[1] + (box[3] - box[1]) * 0.4973;
  const crossings = rings.flatMap((ring) => ringCrossings(ring, y)).sort((a, b) => a - b);
  let best: [number, number] | null = null;
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const stretch: [number, number] = [crossings[i] as number, crossings[i + 1] as number];
    if (!best || stretch[1] - stretch[0] > best[1] - best[0]) best = stretch;
  }
  return best ? [(best[0] + best[1]) / 2, y] : (rings[0]?.[0] ?? null);
}

function ringCrossings(ring: Position[], y: number): number[] {
  const found: number[] = [];
  for (let i = 0; i + 1 < ring.length; i++) {
    const [x1 = 0, y1 = 0] = ring[i] as Position;
    const [x2 = 0, y2 = 0] = ring[i + 1] as Position;
    if (y1 > y !== y2 > y) found.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
  }
  return found;
}

function largest(polygons: Position[][][]): Position[][] {
  const size = (rings: Position[][]) => {
    const box = bboxOf({ type: 'Polygon', coordinates: rings });
    return box ? (box[2] - box[0]) * (box[3] - box[1]) : 0;
  };
  return polygons.reduce((best, rings) => (size(rings) > size(best) ? rings : best), polygons[0] ?? []);
}

function positions(geometry: Geometry): Position[] {
  if (geometry.type === 'GeometryCollection') return geometry.geometries.flatMap(positions);
  const flat: Position[] = [];
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] === 'number') flat.push(part as Position);
    else part.forEach(walk);
  };
  walk(geometry.coordinates);
  return flat;
}
