import { communeColumn } from '../card-rows';
import type { Bbox, Collection, LayerSchema } from '../contract';
import { h, icon } from '../dom';
import { choiceField } from '../fields';
import { t } from '../i18n';
import { Modal } from '../modal';

export interface Commune {
  code: string;
  name: string;
}

export interface FileFormat {
  href: string;
  title: string;
}

/** The files the server offers the reader of a layer; none when he may not take it away. */
export function fileFormats(collection: Collection): FileFormat[] {
  const prefix = `${collection.title ?? ''} : `;
  return (collection.links ?? [])
    .filter((link) => link.rel === 'enclosure')
    .map(({ href, title }) => ({ href, title: title?.startsWith(prefix) ? title.slice(prefix.length) : (title ?? href) }));
}

/** The address of a file: the whole layer, what lies in a box, or one commune. */
export function downloadUrl(href: string, part: { bbox?: Bbox; commune?: { column: string; code: string } }): string {
  const url = new URL(href);
  if (part.bbox) url.searchParams.set('bbox', part.bbox.map((degrees) => degrees.toFixed(6)).join(','));
  if (part.commune) url.searchParams.set(part.commune.column, part.commune.code);
  return url.href;
}

export interface DownloadParts {
  collection: Collection;
  schema: LayerSchema;
  view: Bbox | null;
  commune: Commune | null;
}

/** Which format, of how much. */
export function openDownload({ collection, schema, view, commune }: DownloadParts): void {
  const formats = fileFormats(collection).map(({ href, title }) => ({ value: href, label: title }));
  const column = communeColumn(schema);
  const extents = [{ value: 'all', label: t.downloadAll }];
  if (view) extents.push({ value: 'view', label: t.downloadView });
  if (column && commune) extents.push({ value: 'commune', label: t.downloadCommune(commune.name) });
  const hint = column && !commune ? t.downloadCommuneHint : undefined;
  const format = choiceField('format', { label: t.downloadFormat }, formats, formats[0]?.value ?? '');
  const extent = choiceField('extent', { label: t.downloadExtent, hint }, extents, 'all');
  const modal = new Modal(t.downloadTitle(collection.title ?? collection.id));
  modal.element.id = 'download-dialog';
  // Closed once the browser has taken the address.
  const take = h('a', { class: 'button main', download: '', onclick: () => setTimeout(() => modal.close()) });
  take.append(icon('data'), t.download);
  const aim = () => {
    const wish = extent.value();
    take.href = downloadUrl(format.value(), {
      ...(wish === 'view' && view && { bbox: view }),
      ...(wish === 'commune' && column && commune && { commune: { column, code: commune.code } }),
    });
  };
  aim();
  const form = h('form', { class: 'form' }, format.element, extent.element, h('p', { class: 'hint-line' }, t.downloadNote), h('div', { class: 'form-end' }, take));
  form.addEventListener('change', aim);
  form.addEventListener('submit', (event) => event.preventDefault());
  modal.open(form);
}
