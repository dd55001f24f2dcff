import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areaOf, BadPerimeter, parsePerimeter } from '../src/admin/perimeter';

const square = (x: number, y: number, side = 1) => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
  [x, y],
];
const polygon = { type: 'Polygon', coordinates: [square(2, 50)] };
const other = { type: 'Polygon', coordinates: [square(4, 50)] };
const both = { type: 'MultiPolygon', coordinates: [polygon.coordinates, other.coordinates] };
const read = (value: unknown) => parsePerimeter(JSON.stringify(value));

test('a polygon comes alone, as a feature, or among others', () => {
  const feature = (geometry: unknown) => ({ type: 'Feature', properties: {}, geometry });
  assert.deepEqual(read(polygon), polygon);
  assert.deepEqual(read(feature(polygon)), polygon);
  assert.deepEqual(read(both), both);
  assert.deepEqual(read({ type: 'FeatureCollection', features: [feature(polygon), feature(other)] }), both);
  assert.deepEqual(read({ type: 'GeometryCollection', geometries: [polygon, other] }), both);
  assert.equal(parsePerimeter('  '), null);
});

test('what is no perimeter is refused with its reason', () => {
  const ring = (positions: unknown) => ({ type: 'Polygon', coordinates: [positions] });
  const cases: [string, string][] = [
    ['{', 'json'],
    ['7', 'shape'],
    ['null', 'shape'],
    [JSON.stringify({ type: 'Point', coordinates: [2, 50] }), 'shape'],
    [JSON.stringify({ type: 'FeatureCollection', features: [] }), 'shape'],
    [JSON.stringify(ring(square(680_000, 7_040_000, 100))), 'degrees'],
    [JSON.stringify(ring(square(2, 50).slice(0, 4))), 'ring'],
    [JSON.stringify(ring([[2, 50], [3, 50], [2, 50]])), 'ring'],
    [JSON.stringify(ring([[2, '50'], [3, 50], [3, 51], [2, '50']])), 'ring'],
    [JSON.stringify(ring(null)), 'ring'],
  ];
  for (const [text, fault] of cases) {
    assert.throws(() => parsePerimeter(text), (error: unknown) => error instanceof BadPerimeter && error.fault === fault, text);
  }
});

test('the area is that of the sphere, holes taken out', () => {
  // Between the parallels 0 and 1, one degree wide: R² · (π/180) · sin 1° = 12 363.7 km².
  const cell = { type: 'Polygon' as const, coordinates: [square(0, 0)] };
  assert.ok(Math.abs(areaOf(cell) / 1e6 - 12_363.7) < 1);
  const holed = { type: 'Polygon' as const, coordinates: [square(0, 0), square(0, 0).reverse()] };
  assert.equal(Math.round(areaOf(holed)), 0);
});
