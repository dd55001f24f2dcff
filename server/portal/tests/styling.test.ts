import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StyleSpecification } from 'maplibre-gl';
import { rowsOf, titleOf } from '../src/card-rows';
import { bboxOf, pointOn } from '../src/geometry';
import { dressStyle, firstZoom, legendOf, scaleOpacity } from '../src/styling';

const style = {
  version: 8,
  sources: { ppri: { type: 'vector', tiles: ['t'], minzoom: 9, maxzoom: 16 } },
  layers: [
    { id: 'fond', type: 'background' },
    { id: 'b', type: 'fill', source: 'ppri', 'source-layer': 'ppri', paint: { 'fill-opacity': 0.4 }, metadata: { 'carreau:layer': 'ppri', 'carreau:legend': { label: 'Bleue', order: 2 } } },
    { id: 'r', type: 'fill', source: 'ppri', 'source-layer': 'ppri', metadata: { 'carreau:layer': 'ppri', 'carreau:legend': { label: 'Rouge', order: 1 } } },
    { id: 'l', type: 'line', source: 'ppri', 'source-layer': 'ppri', minzoom: 12, metadata: { 'carreau:layer': 'ppri' } },
  ],
} as unknown as StyleSpecification;

test('a legend has the lines of the style in their order', () => {
  assert.deepEqual(legendOf(style, 'ppri').map((item) => item.label), ['Rouge', 'Bleue']);
  assert.deepEqual(legendOf(style, 'autre'), [{ label: '', order: 0, specs: [] }]);
});

test('a layer is seen from its tiles or from its style, whichever comes later', () => {
  assert.equal(firstZoom(style, 'ppri'), 9);
  assert.equal(firstZoom(style, 'autre'), 0);
});

test('the reader hides and fades layers; the given style is left alone', () => {
  const given = JSON.stringify(style);
  const hidden = dressStyle(style, { shown: new Set(), opacity: new Map(), selected: null });
  assert.deepEqual(hidden.layers.slice(0, 4).map((layer) => layer.layout?.visibility), [undefined, 'none', 'none', 'none']);
  const faded = dressStyle(style, { shown: new Set(['ppri']), opacity: new Map([['ppri', 0.5]]), selected: null });
  assert.deepEqual(faded.layers[1]?.paint, { 'fill-opacity': 0.2 });
  assert.deepEqual(faded.layers[2]?.paint, { 'fill-opacity': 0.5 });
  assert.equal(JSON.stringify(style), given);
});

test('a layer that the style hides at first is shown when the reader wants it', () => {
  const hiding = { ...style, layers: style.layers.map((layer) => ({ ...layer, layout: { visibility: 'none' } })) };
  const shown = dressStyle(hiding as StyleSpecification, { shown: new Set(['ppri']), opacity: new Map(), selected: null });
  assert.equal(shown.layers[1]?.layout?.visibility, 'visible');
});

test('expressions over the zoom are faded at their outputs', () => {
  assert.deepEqual(scaleOpacity(['interpolate', ['linear'], ['zoom'], 10, 0.2, 14, 1], 0.5), ['interpolate', ['linear'], ['zoom'], 10, 0.1, 14, 0.5]);
  assert.deepEqual(scaleOpacity(['step', ['zoom'], 1, 14, 0.4], 0.5), ['step', ['zoom'], 0.5, 14, 0.2]);
  assert.deepEqual(scaleOpacity(['get', 'o'], 0.5), ['*', ['get', 'o'], 0.5]);
  assert.equal(scaleOpacity(undefined, 0.5), 0.5);
});

test('a card follows the schema: order, titles, nothing empty, no geometry', () => {
  const schema = {
    properties: {
      geom: { format: 'geometry-polygon', 'x-ogc-role': 'primary-geometry' },
      contenance: { title: 'Contenance (m²)', 'x-ogc-propertySeq': 2 },
      commune: { 'x-ogc-propertySeq': 1 },
      section: { title: 'Section', 'x-ogc-propertySeq': 1 },
      numero: { title: 'Numéro', 'x-ogc-propertySeq': 1 },
      vide: { title: 'Vide', 'x-ogc-propertySeq': 3 },
    },
  };
  const parcel = { layer: 'parcelle', id: '62119000AB0012' };
  const words = { locale: 'fr-FR', yes: 'Oui', no: 'Non', sectionAndNumber: 'Section et numéro' };
  const rows = rowsOf(parcel, { commune: '62119', section: 'AB', numero: '12', contenance: 2407, vide: null }, schema, 'Béthune', words);
  assert.deepEqual(
    rows.map((row) => `${row.title} ${row.value.text}`.replace(/\s/g, ' ')),
    ['Commune Béthune (62119)', 'Section et numéro AB 12', 'Contenance 2 407 m² (24 a 7 ca)'],
  );
});

test('a feature is called by its label, a parcel by its reference', () => {
  const words = { parcel: (reference: string) => `Parcelle ${reference}` };
  assert.equal(titleOf('parcelle', '62119000AB0012', {}, undefined, words), 'Parcelle AB 12');
  const labelled = { id: 'commune', 'carreau:labelField': 'nom' };
  assert.equal(titleOf('commune', '62119', { nom: 'Béthune' }, labelled, words), 'Béthune');
  assert.equal(titleOf('commune', '62119', {}, labelled, words), '62119');
});

test('the place of a polygon is inside it, even where its middle is not', () => {
  const horseshoe = [[0, 0], [10, 0], [10, 10], [8, 10], [8, 2], [1, 2], [1, 10], [0, 10], [0, 0]];
  const [x = 0, y = 0] = pointOn({ type: 'Polygon', coordinates: [horseshoe] }) ?? [];
  assert.ok(x > 8 && x < 10 && y > 2 && y < 10, `${x} ${y}`);
  assert.deepEqual(bboxOf({ type: 'Polygon', coordinates: [horseshoe] }), [0, 0, 10, 10]);
  assert.equal(pointOn({ type: 'MultiPoint', coordinates: [] }), null);
  assert.deepEqual(pointOn({ type: 'Point', coordinates: [2, 50] }), [2, 50]);
});
