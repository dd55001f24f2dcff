/** Values of fields as a reader expects them, in the language of the page. */
import type { FieldSchema } from './contract';

export interface Shown {
  text: string;
  href?: string;
}

export interface Words {
  locale: string;
  yes: string;
  no: string;
}

/** UCUM codes the server uses, as written for people. A unit that is not here is shown as it comes. */
const unitSigns: Record<string, string> = {
  m2: 'm²',
  m3: 'm³',
  har: 'ha',
  deg: '°',
  Cel: '°C',
  'dB[SPL]': 'dB',
};

/** The text of a value, or null when there is nothing to show. */
export function formatValue(value: unknown, field: FieldSchema, words: Words): Shown | null {
  if (value === null || value === undefined || value === '') return null;
  const named = field.oneOf?.find((choice) => choice.const === value)?.title;
  if (named !== undefined) return { text: named === String(value) ? named : `${named} (${String(value)})` };
  if (typeof value === 'boolean') return { text: value ? words.yes : words.no };
  if (typeof value === 'number') return { text: formatNumber(value, field['x-ogc-unit'], words.locale) };
  if (Array.isArray(value)) return formatList(value, field, words);
  if (typeof value === 'object') return { text: JSON.stringify(value) };
  return formatText(String(value), field, words);
}

function formatList(values: unknown[], field: FieldSchema, words: Words): Shown | null {
  const texts = values.map((one) => formatValue(one, field, words)?.text).filter((text) => text !== undefined);
  return texts.length > 0 ? { text: texts.join(', ') } : null;
}

function formatText(text: string, field: FieldSchema, words: Words): Shown {
  if (/^https?:\/\/\S+$/i.test(text)) return { text: shortUrl(text), href: text };
  if (field.format === 'date') return { text: formatDate(text, words.locale) };
  if (field.format === 'date-time') return { text: formatTime(text, words.locale) };
  return { text };
}

/**
 * Without a unit a number up to four digits is left alone: it is more often a year or a code than a quantity.
 */
export function formatNumber(value: number, unit: string | undefined, locale: string): string {
  const plain = !unit && Number.isInteger(value) && Math.abs(value) < 10_000;
  const digits = plain ? String(value) : new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(value);
  return unit ? `${digits}\u00a0${unitSigns[unit] ?? unit}` : digits;
}

/** "1er janvier 2026", from 2026-01-01; a text that is no date is given back as it is. */
export function formatDate(text: string, locale: string): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})/.exec(text);
  if (!parts) return text;
  const date = new Date(Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])));
  const written = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(date);
  return locale.startsWith('fr') ? written.replace(/^1 /, '1er ') : written;
}

export function formatTime(text: string, locale: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return text;
  const options = { dateStyle: 'long', timeStyle: 'short', timeZone: 'Europe/Paris' } as const;
  return new Intl.DateTimeFormat(locale, options).format(time);
}

/** Square metres the way deeds write them: "1 ha 23 a 45 ca" (hectares, ares, centiares). */
export function formatLandArea(squareMetres: number): string {
  const whole = Math.round(squareMetres);
  const parts: [number, string][] = [
    [Math.floor(whole / 10_000), 'ha'],
    [Math.floor(whole / 100) % 100, 'a'],
    [whole % 100, 'ca'],
  ];
  const written = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}\u00a0${unit}`);
  return written.length > 0 ? written.join(' ') : '0\u00a0ca';
}

function shortUrl(text: string): string {
  const bare = text.replace(/^https?:\/\/(www\.)?/i, '').replace(/\/$/, '');
  return bare.length > 48 ? `${bare.slice(0, 45)}…` : bare;
}
