import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspireDataSets, licenceOf, megabytes, sortedByTitle } from '../src/open-data/data-sets';

const at = (path: string) => `http://h/sig/${path}`;

test('an INSPIRE data set is what has a record; its files are those of its code', () => {
  const links = [
    { rel: 'self', href: at('collections') },
    { rel: 'describedby', type: 'application/schema+json', href: at('schema') },
    { rel: 'describedby', type: 'application/xml', href: at('metadata/cp-4.0'), title: 'Métadonnées : Parcelles (INSPIRE cp 4.0)' },
    { rel: 'describedby', type: 'application/xml', href: at('metadata/nz-5.0'), title: 'Métadonnées : Risques' },
    { rel: 'enclosure', type: 'application/gml+xml;version=3.2', href: at('downloads/cp-4.0.gml'), length: 1234 },
    { rel: 'enclosure', type: 'application/geopackage+sqlite3', href: at('downloads/cp-4.0.gpkg'), length: 99 },
  ];
  assert.deepEqual(inspireDataSets({ links }), [
    {
      code: 'cp-4.0',
      title: 'Parcelles (INSPIRE cp 4.0)',
      record: at('metadata/cp-4.0'),
      files: [
        { format: 'gml', href: at('downloads/cp-4.0.gml'), bytes: 1234 },
        { format: 'gpkg', href: at('downloads/cp-4.0.gpkg'), bytes: 99 },
      ],
    },
    { code: 'nz-5.0', title: 'Risques', record: at('metadata/nz-5.0'), files: [] },
  ]);
  assert.deepEqual(inspireDataSets({}), []);
});

test('a licence has its name, and its text where it is known', () => {
  const href = 'https://licence.example';
  assert.deepEqual(licenceOf({ id: 'a', 'carreau:licence': 'LO 2.0', links: [{ rel: 'license', href }] }), { name: 'LO 2.0', href });
  assert.deepEqual(licenceOf({ id: 'a', 'carreau:licence': 'Maison' }), { name: 'Maison' });
  assert.deepEqual(licenceOf({ id: 'a' }), { name: '' });
});

test('layers stand in the order of the language', () => {
  const titles = sortedByTitle([{ id: 'z' }, { id: 'b', title: 'Îlots' }, { id: 'c', title: 'Jardins' }], 'fr-FR').map((one) => one.title ?? one.id);
  assert.deepEqual(titles, ['Îlots', 'Jardins', 'z']);
});

test('sizes are in megabytes', () => {
  assert.deepEqual([1, 400_000, 12_345_678].map((bytes) => megabytes(bytes, 'fr-FR')), ['0,1', '0,4', '12']);
});
