import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createExpression, type StylePropertySpecification } from '@maplibre/maplibre-gl-style-spec';
import { DatesSeen, extentOfDates } from '../src/dates-seen';
import { bothFilters, dayOfValue, timeFilter, widened } from '../src/time-range';

const range = { from: '2026-05-04', to: '2026-05-06' };

/** What the map's own engine says of a feature with this date. */
function keeps(value: unknown): boolean {
  const spec = { type: 'boolean', expression: { interpolated: false, parameters: ['zoom', 'feature'] } } as unknown as StylePropertySpecification;
  const made = createExpression(timeFilter('le', range), spec);
  assert.equal(made.result, 'success', JSON.stringify(made.value));
  if (made.result !== 'success') return false;
  const properties = value === undefined ? {} : { le: value };
  return made.value.evaluateWithoutErrorHandling({ zoom: 12 }, { type: 1, properties } as never) === true;
}

test('days are those of the territory, whether tiles say days or moments in UTC', () => {
  // Midnight of 4 May in France is 22:00 UTC of the 3rd; 6 May ends at 22:00 UTC.
  const table: [unknown, string | null, boolean][] = [
    ['2026-05-03', '2026-05-03', false],
    ['2026-05-04', '2026-05-04', true],
    ['2026-05-06', '2026-05-06', true],
    ['2026-05-07', '2026-05-07', false],
    ['2026-05-03 21:59:59.9+00', '2026-05-03', false],
    ['2026-05-03 22:00:00+00', '2026-05-04', true],
    ['2026-05-03 22:00:00.25+00', '2026-05-04', true],
    ['2026-05-06 21:59:59+00', '2026-05-06', true],
    ['2026-05-06 22:00:00+00', '2026-05-07', false],
    [undefined, null, false],
  ];
  for (const [value, day, kept] of table) {
    assert.equal(dayOfValue(value), day, String(value));
    assert.equal(keeps(value), kept, String(value));
  }
});

test("a layer's own filter holds besides", () => {
  assert.deepEqual(bothFilters(['==', ['get', 'a'], 1], ['has', 'b']), ['all', ['==', ['get', 'a'], 1], ['has', 'b']]);
  assert.deepEqual(bothFilters(undefined, ['has', 'b']), ['has', 'b']);
  assert.deepEqual(bothFilters(['==', ['get', 'a'], 1], undefined), ['==', ['get', 'a'], 1]);
});

test('a slider runs over whole months, or whole years when there are many', () => {
  assert.deepEqual(widened('2026-05-04', '2026-05-06'), { from: '2026-05-01', to: '2026-05-31' });
  assert.deepEqual(widened('2025-12-31', '2026-02-01'), { from: '2025-12-01', to: '2026-02-28' });
  assert.deepEqual(widened('2020-06-01', '2026-05-06'), { from: '2020-01-01', to: '2026-12-31' });
});

test('what was seen stays while its layer is shown; counts are of what is loaded', () => {
  const seen = new DatesSeen();
  assert.equal(extentOfDates(seen), null);
  seen.take(new Map([['photo', ['2026-05-04 10:00:00+00', '2026-05-08 10:00:00+00', undefined]]]));
  assert.deepEqual(seen.count(null), { within: 3, all: 3 });
  assert.deepEqual(seen.count(range), { within: 1, all: 3 });
  seen.take(new Map([['photo', ['2026-07-01 10:00:00+00']]]));
  assert.deepEqual(extentOfDates(seen), { from: '2026-05-01', to: '2026-07-31' });
  seen.take(new Map([['mission', []]]));
  assert.equal(extentOfDates(seen), null, 'photos are no longer shown');
  seen.forget();
  seen.take(new Map([['photo', []]]));
  assert.equal(extentOfDates(seen), null);
});
