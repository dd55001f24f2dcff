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
    time: null,
    lang: 'en',
  });
});

test('what is written is read back, whatever an identifier holds', () => {
  const address = {
    camera: { zoom: 9, lat: -12.34567, lng: 2 },
    layers: [{ id: 'été,1', opacity: 0.25 }],
    selection: { layer: 'a&b', id: 'x/y=z #1' },
    time: { from: '2026-05-04', to: '2026-05-06' },
    lang: null,
  };
  assert.deepEqual(parseAddress(formatAddress(address)), address);
});

test('no layer at all is not the same as nothing said about layers', () => {
  assert.deepEqual(parseAddress('#layers=').layers, []);
  assert.equal(parseAddress('').layers, null);
  assert.equal(formatAddress({ camera: null, layers: [], selection: null, time: null, lang: null }), '#layers=');
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

test('days that make no sense count as all days', () => {
  assert.deepEqual(parseAddress('#time=2026-05-04..2026-05-04').time, { from: '2026-05-04', to: '2026-05-04' });
  for (const time of ['', '2026', '2026-05-04', '2026-05-06..2026-05-04', '2026-02-30..2026-03-01', '2026-05-04..2026-05-05..2026-05-06', 'x..y']) {
    assert.equal(parseAddress(`#time=${time}`).time, null, time);
  }
});
