import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAddress, parseAddress } from '../src/address';

test('an address is read in full', () => {
  assert.deepEqual(parseAddress('#map=14.5/50.53/2.64&layers=parcelle,ppri:0.6&sel=parcelle/62119000AB0012&lang=en'), {
    camera: { zoom: 14.5, lat: 50.53, lng: 2.64 },
    layers: [
      { id: 'parcelle', opacity: 1 },
      { id: 'ppri', opacity: 0.6 },
    ],
    selection: { layer: 'parcelle', id: '62119000AB0012' },
    lang: 'en',
  });
});

test('what is written is read back, whatever an identifier holds', () => {
  const address = {
    camera: { zoom: 9, lat: -12.34567, lng: 2 },
    layers: [{ id: 'été,1', opacity: 0.25 }],
    selection: { layer: 'a&b', id: 'x/y=z #1' },
    lang: null,
  };
  assert.deepEqual(parseAddress(formatAddress(address)), address);
});

test('no layer at all is not the same as nothing said about layers', () => {
  assert.deepEqual(parseAddress('#layers=').layers, []);
  assert.equal(parseAddress('').layers, null);
  assert.equal(formatAddress({ camera: null, layers: [], selection: null, lang: null }), '#layers=');
});

test('parts that make no sense count as absent', () => {
  for (const map of ['', 'x/y/z', '1/2', '99/50/2', '10/95/2', '10//2', '1/2/3/4']) {
    assert.equal(parseAddress(`#map=${map}`).camera, null, map);
  }
  for (const sel of ['', 'parcelle', 'parcelle/', '/12']) assert.equal(parseAddress(`#sel=${sel}`).selection, null, sel);
  assert.deepEqual(parseAddress('#layers=a:2,b:x').layers, [
    { id: 'a', opacity: 1 },
    { id: 'b', opacity: 1 },
  ]);
  assert.equal(parseAddress('#sel=a/%E0%A4%A').selection?.id, '%E0%A4%A');
});
