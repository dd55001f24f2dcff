/** What the list of collections says to somebody who wants the data. Pure: no page. */
import type { Collection, Link } from '../contract';

/** The answer to `collections`. */
export interface Collections {
  collections?: Collection[];
  links?: Link[];
}

export interface InspireDataSet {
  /** "cp-4.0" */
  code: string;
  title: string;
  record: string;
  /** Prepared ones, as the service lists them. */
  files: { format: Format; href: string; bytes: number }[];
}

const formats = ['gml', 'gpkg'] as const;
export type Format = (typeof formats)[number];

const withoutType = (type = '') => type.split(';')[0];

/** The INSPIRE data sets: each has a record, and files when they are prepared. */
export function inspireDataSets({ links = [] }: Collections): InspireDataSet[] {
  const enclosures = links.filter((link) => link.rel === 'enclosure');
  return links
    .filter((link) => link.rel === 'describedby' && withoutType(link.type) === 'application/xml')
    .map(({ href, title = '' }) => {
      const code = href.slice(href.lastIndexOf('/') + 1);
      const files = formats.flatMap((format) => {
        const file = enclosures.find((one) => one.href.endsWith(`/${code}.${format}`));
        return file?.length ? [{ format, href: file.href, bytes: file.length }] : [];
      });
      return { code, title: title.replace(/^[^:]* : /, ''), record: href, files };
    });
}

/** The licence as people name it, and its text when it is known. */
export function licenceOf(collection: Collection): { name: string; href?: string } {
  const href = collection.links?.find((link) => link.rel === 'license')?.href;
  const name = collection['carreau:licence'] ?? '';
  return href ? { name: name || href, href } : { name };
}

/** By title, as the reader's language sorts. */
export function sortedByTitle(collections: Collection[], locale: string): Collection[] {
  const title = (one: Collection) => one.title ?? one.id;
  return [...collections].sort((a, b) => title(a).localeCompare(title(b), locale));
}

/** "12" or "0.4": megabytes with one decimal below ten. */
export function megabytes(bytes: number, locale: string): string {
  const size = bytes / 1_000_000;
  return new Intl.NumberFormat(locale, { maximumFractionDigits: size < 10 ? 1 : 0, minimumFractionDigits: 0 }).format(Math.max(size, 0.1));
}
