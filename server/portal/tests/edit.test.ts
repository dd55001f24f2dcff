import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LayerSchema } from '../src/contract';
import { downloadUrl, fileFormats } from '../src/edit/download';
import { changedValues, differing, editFields, textOf, valueOf } from '../src/edit/edit-fields';

const schema: LayerSchema = {
  required: ['nature'],
  properties: {
    geom: { format: 'geometry-point', 'x-ogc-propertySeq': 9 },
    hauteur: { title: 'Hauteur', type: 'number', minimum: 0, 'x-carreau-notNull': true, 'x-ogc-propertySeq': 3 },
    id: { type: 'string', 'x-ogc-role': 'id', 'x-ogc-propertySeq': 1 },
    nature: { title: 'Nature', type: 'string', oneOf: [{ const: 'banc', title: 'Banc' }, { const: 'arbre' }], 'x-ogc-propertySeq': 2 },
    niveau: { type: 'integer', oneOf: [{ const: 1, title: 'Haut' }], 'x-ogc-propertySeq': 4 },
    pose: { type: 'string', format: 'date', 'x-ogc-propertySeq': 5 },
    vu: { type: 'string', format: 'date-time', 'x-ogc-propertySeq': 6 },
    neuf: { type: 'boolean', 'x-ogc-propertySeq': 7 },
    surface: { type: 'number', readOnly: true, 'x-ogc-propertySeq': 8 },
    places: { type: 'integer', 'x-ogc-propertySeq': 10 },
  },
};
const before = { id: 'a', nature: 'lampe', hauteur: 1.5, niveau: 1, pose: '2026-01-31', vu: '2026-01-31T10:00:00Z', neuf: null, places: 3 };
const fields = editFields(schema, before);
const field = (name: string) => fields.find((one) => one.name === name) ?? assert.fail(name);
const texts = Object.fromEntries(fields.map((one) => [one.name, textOf(one, before[one.name as keyof typeof before])]));

test('what can be edited is what the layer declares, in its order', () => {
  assert.deepEqual(fields.map(({ name, kind }) => `${name} ${kind}`), [
    'nature choice', 'hauteur number', 'niveau choice', 'pose day', 'vu time', 'neuf yes-no', 'places integer',
  ]);
  assert.deepEqual(fields.filter((one) => one.required).map((one) => one.name), ['nature', 'hauteur']);
  assert.deepEqual(field('nature').choices.map((one) => one.label), ['Banc', 'arbre', 'lampe'], 'a code of yesterday can stay');
});

test('what was not touched is not sent, though its control holds less than the value', () => {
  assert.deepEqual(changedValues(fields, texts, texts), {});
  const poor = { ...texts, nature: 'lampe sans blancs', pose: '', vu: '' };
  assert.deepEqual(changedValues(fields, poor, { ...poor }), {});
  assert.deepEqual(changedValues(fields, poor, { ...poor, pose: '2026-02-01' }), { pose: '2026-02-01' });
  assert.deepEqual(changedValues(fields, texts, { ...texts, pose: '' }), { pose: null });
});

test('a text of several lines keeps them', () => {
  const note: LayerSchema = { properties: { note: { type: 'string' } } };
  const kind = (value: unknown) => editFields(note, { note: value })[0]?.kind;
  assert.deepEqual([kind('un'), kind(null), kind('un\ndeux'), kind('un\r\n')], ['text', 'text', 'lines', 'lines']);
});

test('what was touched has the type that the server expects', () => {
  const edited = { ...texts, nature: 'banc', hauteur: '2,25', niveau: '', pose: '', neuf: 'false', places: '4' };
  assert.deepEqual(changedValues(fields, texts, edited), { nature: 'banc', hauteur: 2.25, niveau: null, pose: null, neuf: false, places: 4 });
  assert.equal(valueOf(field('niveau'), '1'), 1);
  assert.equal(valueOf(field('places'), '1.5'), undefined);
  assert.equal(valueOf(field('hauteur'), 'beaucoup'), undefined);
  assert.equal(valueOf(field('vu'), texts['vu'] ?? ''), '2026-01-31T10:00:00.000Z', 'through local time and back');
});

test('two versions differ where their values do', () => {
  assert.deepEqual(differing({ a: 1, b: 'x', c: null }, { a: 1, b: 'y', d: 2 }), ['b', 'd']);
});

test('a file is of the whole layer, of a box or of a commune', () => {
  const formats = fileFormats({
    id: 'parcelle',
    title: 'Parcelles',
    links: [
      { rel: 'self', href: 'http://h/collections/parcelle' },
      { rel: 'enclosure', href: 'http://h/sig/collections/parcelle/export?f=gpkg', title: 'Parcelles : GeoPackage' },
    ],
  });
  assert.deepEqual(formats, [{ href: 'http://h/sig/collections/parcelle/export?f=gpkg', title: 'GeoPackage' }]);
  const href = formats[0]?.href ?? '';
  assert.equal(downloadUrl(href, {}), href);
  assert.equal(new URL(downloadUrl(href, { bbox: [2.5, 50.4, 2.75, 50.6] })).searchParams.get('bbox'), '2.500000,50.400000,2.750000,50.600000');
  assert.equal(new URL(downloadUrl(href, { commune: { column: 'commune', code: '62119' } })).searchParams.get('commune'), '62119');
  assert.deepEqual(fileFormats({ id: 'x' }), []);
});
