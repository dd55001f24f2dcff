/** Days that the reader looks at, and what they mean for the dates that tiles carry. Pure: no map, no page. */
import type { ExpressionSpecification, FilterSpecification } from 'maplibre-gl';
import { dayOf, daysAfter, endOfDay } from './dates';

/** Days of the territory, both included: "2026-05-04". */
export interface TimeRange {
  from: string;
  to: string;
}

const dayLength = 86_400_000;
const day = /^\d{4}-\d{2}-\d{2}$/;

export function dayNumber(text: string): number {
  return Math.round(Date.parse(`${text}T00:00:00Z`) / dayLength);
}

export function dayText(number: number): string {
  return new Date(number * dayLength).toISOString().slice(0, 10);
}

/** "2026-05-04..2026-05-06"; null for anything else. */
export function parseTimeRange(text: string | undefined): TimeRange | null {
  const [from = '', to = '', more] = text?.split('..') ?? [];
  const sound = [from, to].every((one) => day.test(one) && Number.isFinite(dayNumber(one)) && dayText(dayNumber(one)) === one);
  return sound && more === undefined && from <= to ? { from, to } : null;
}

export function formatTimeRange({ from, to }: TimeRange): string {
  return `${from}..${to}`;
}

/** The day of a tile's value, "2026-05-04" or "2026-05-04 23:11:12.5+00"; null for no date. */
export function dayOfValue(value: unknown): string | null {
  const parts = typeof value === 'string' ? /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}:\d{2}(?:\.\d+)?)\+00)?$/.exec(value) : null;
  if (!parts) return null;
  return parts[2] === undefined ? (parts[1] as string) : dayOf(`${parts[1] as string}T${parts[2]}Z`);
}

/** The days from the first to the last, drawn out to whole months, or to whole years when they are many. */
export function widened(first: string, last: string): TimeRange {
  const manyYears = Number(last.slice(0, 4)) - Number(first.slice(0, 4)) > 3;
  if (manyYears) return { from: `${first.slice(0, 4)}-01-01`, to: `${last.slice(0, 4)}-12-31` };
  const next = new Date(`${last.slice(0, 7)}-01T00:00:00Z`);
  next.setUTCMonth(next.getUTCMonth() + 1);
  return { from: `${first.slice(0, 7)}-01`, to: daysAfter(next.toISOString().slice(0, 10), -1) };
}

/** A filter that keeps the features whose date is in the range; those without date are not. */
export function timeFilter(field: string, { from, to }: TimeRange): ExpressionSpecification {
  const value: ExpressionSpecification = ['to-string', ['get', field]];
  // Moments are written in UTC, days as the territory counts them.
  const begin = momentText(endOfDay(daysAfter(from, -1)));
  const end = momentText(endOfDay(to));
  return [
    'all',
    ['has', field],
    [
      'case',
      ['>', ['length', value], from.length],
      ['all', ['>=', value, begin], ['<', value, end]],
      ['all', ['>=', value, from], ['<=', value, to]],
    ],
  ];
}

/** A layer's own filter and the reader's. */
export function bothFilters(own: FilterSpecification | undefined, more: ExpressionSpecification | undefined): FilterSpecification | undefined {
  if (!more) return own;
  return own === undefined ? more : (['all', own, more] as FilterSpecification);
}

function momentText(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 19)}+00`;
}
