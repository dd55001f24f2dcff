import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDate, formatLandArea, formatValue } from '../src/format';
import { formatParcel, parseParcelId } from '../src/parcel';

const french = { locale: 'fr-FR', yes: 'Oui', no: 'Non' };
const english = { locale: 'en-GB', yes: 'Yes', no: 'No' };
const text = (value: unknown, field = {}, words = french) => formatValue(value, field, words)?.text.replace(/\s/g, ' ');

test('numbers have their unit and the separators of the language', () => {
  assert.equal(text(2407, { 'x-ogc-unit': 'm2' }), '2 407 m²');
  assert.equal(text(2426.6, { 'x-ogc-unit': 'm2' }), '2 426,6 m²');
  assert.equal(text(2426.6, { 'x-ogc-unit': 'm2' }, english), '2,426.6 m²');
  assert.equal(text(2026), '2026', 'a year stays a year');
  assert.equal(text(25413), '25 413');
  assert.equal(text(0), '0');
});

test('dates are written out and do not move with the time zone', () => {
  assert.equal(formatDate('2026-01-01', 'fr-FR'), '1er janvier 2026');
  assert.equal(formatDate('2014-03-10', 'fr-FR'), '10 mars 2014');
  assert.equal(formatDate('2014-03-10', 'en-GB'), '10 March 2014');
  assert.equal(formatDate('prescrit', 'fr-FR'), 'prescrit');
  assert.match(text('2026-01-01T00:30:00Z', { format: 'date-time' }) ?? '', /1 janvier 2026 à 01:30/);
});

test('codes have their meaning, empty values nothing at all', () => {
  const field = { oneOf: [{ const: 'AUc', title: 'À urbaniser' }] };
  assert.equal(text('AUc', field), 'À urbaniser (AUc)');
  assert.equal(text('N', field), 'N');
  assert.equal(text(false), 'Non');
  assert.equal(text(['a', null, 'b']), 'a, b');
  for (const nothing of [null, undefined, '', []]) assert.equal(formatValue(nothing, {}, french), null);
});

test('only web addresses become links', () => {
  assert.equal(formatValue('https://www.exemple.fr/ua.pdf', {}, french)?.href, 'https://www.exemple.fr/ua.pdf');
  assert.equal(formatValue('javascript:alert(1)', { format: 'uri' }, french)?.href, undefined);
});

test('land is measured as in deeds', () => {
  assert.equal(formatLandArea(12345).replace(/\s/g, ' '), '1 ha 23 a 45 ca');
  assert.equal(formatLandArea(2407).replace(/\s/g, ' '), '24 a 7 ca');
  assert.equal(formatLandArea(0).replace(/\s/g, ' '), '0 ca');
});

test('a parcel identifier is taken apart and written as people do', () => {
  const reference = (id: string) => {
    const parcel = parseParcelId(id);
    return parcel && formatParcel(parcel);
  };
  assert.equal(reference('62119000AB0012'), 'AB 12');
  assert.equal(reference('621190000A0123'), 'A 123');
  assert.equal(reference('62119345ZC0007'), '345 ZC 7');
  assert.equal(reference('2A004000AB0012'), 'AB 12');
  for (const other of ['', '62119', '119000AB0012', '62119000ab0012']) assert.equal(reference(other), null, other);
});
