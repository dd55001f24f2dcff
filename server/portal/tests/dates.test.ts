import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf, daysAfter, endOfDay, isPast, lastDayOf, today } from '../src/dates';

test('a period that ends at midnight had its last day the day before', () => {
  assert.equal(lastDayOf('2026-11-22T00:00:00+01:00'), '2026-11-21');
  assert.equal(lastDayOf('2026-11-21T23:00:00Z'), '2026-11-21');
  assert.equal(lastDayOf('2026-07-01T00:00:00+02:00'), '2026-06-30');
});

test('a period ended in the middle of a day has that day as its last', () => {
  assert.equal(lastDayOf('2026-11-21T14:32:00+01:00'), '2026-11-21');
});

test('the day of an instant is the one in France, whatever the clock it is written in', () => {
  assert.equal(dayOf('2016-03-01T00:00:00+01:00'), '2016-03-01');
  assert.equal(dayOf('2016-02-29T23:30:00Z'), '2016-03-01');
  assert.equal(today(new Date('2026-06-30T22:30:00Z')), '2026-07-01');
});

test('days and texts that are no dates are left alone', () => {
  for (const text of ['2026-11-21', '', 'demain']) {
    assert.equal(dayOf(text), text);
    assert.equal(lastDayOf(text), text);
  }
});

test('a day is over at the midnight of France, in winter, in summer and when clocks change', () => {
  assert.equal(endOfDay('2026-11-21'), '2026-11-21T23:00:00.000Z');
  assert.equal(endOfDay('2026-07-14'), '2026-07-14T22:00:00.000Z');
  // Summer time begins on 2026-03-29 at 02:00 and ends on 2026-10-25 at 03:00.
  assert.equal(endOfDay('2026-03-28'), '2026-03-28T23:00:00.000Z');
  assert.equal(endOfDay('2026-03-29'), '2026-03-29T22:00:00.000Z');
  assert.equal(endOfDay('2026-10-24'), '2026-10-24T22:00:00.000Z');
  assert.equal(endOfDay('2026-10-25'), '2026-10-25T23:00:00.000Z');
});

test('the last day written is the last day read', () => {
  for (const day of ['2026-01-01', '2026-03-28', '2026-03-29', '2026-10-24', '2026-10-25', '2028-02-29']) {
    assert.equal(lastDayOf(endOfDay(day)), day);
  }
});

test('a period is past at its very end, not before', () => {
  const end = '2026-11-22T00:00:00+01:00';
  assert.equal(isPast(end, Date.parse('2026-11-21T22:59:59.999Z')), false);
  assert.equal(isPast(end, Date.parse('2026-11-21T23:00:00Z')), true);
  assert.equal(isPast('2026-11-21', Date.parse('2026-11-21T22:59:59Z')), false);
  assert.equal(isPast(null), false);
});

test('days are added across months and years', () => {
  assert.equal(daysAfter('2026-12-31', 1), '2027-01-01');
  assert.equal(daysAfter('2026-10-25', 60), '2026-12-24');
  assert.equal(daysAfter('2026-03-01', -1), '2026-02-28');
});
