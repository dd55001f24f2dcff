/** What the server says, as far as the portal reads it. */
import type { Feature } from 'geojson';

export type Bbox = [number, number, number, number];

export interface Collection {
  id: string;
  title?: string;
  description?: string;
  extent?: { spatial?: { bbox?: number[][] } };
  'carreau:theme'?: string;
  'carreau:visible'?: boolean;
  'carreau:fictive'?: boolean;
  'carreau:vintage'?: string;
  'carreau:updated'?: string;
  'carreau:geometryType'?: string;
  'carreau:idField'?: string;
  'carreau:labelField'?: string;
  /** Names a feature's picture; absent: its features have none. */
  'carreau:pictureField'?: string;
  /** The date by which the map may choose; tiles carry it. */
  'carreau:timeField'?: string;
  /** By which its features belong to missions; absent: they do not. */
  'carreau:missionField'?: string;
  'carreau:attribution'?: string;
  'carreau:licence'?: string;
  links?: Link[];
}

export interface Link {
  href: string;
  rel: string;
  type?: string;
  title?: string;
  /** Bytes. */
  length?: number;
  /** Of the features it leads to. */
  count?: number;
}

export interface FieldSchema {
  title?: string;
  description?: string;
  type?: string | string[];
  format?: string;
  oneOf?: { const?: unknown; title?: string }[];
  readOnly?: boolean;
  'x-carreau-notNull'?: boolean;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  'x-ogc-propertySeq'?: number;
  'x-ogc-role'?: string;
  'x-ogc-unit'?: string;
}

export interface LayerSchema {
  title?: string;
  properties?: Record<string, FieldSchema>;
  /** There when the layer can be edited. */
  required?: string[];
}

export interface SearchResult {
  kind: string;
  layer: string;
  id: string;
  title: string;
  subtitle?: string;
  bbox?: number[];
}

export interface SearchAnswer {
  query: string;
  results: SearchResult[];
  ambiguous?: boolean;
  message?: string;
}

export type ServerFeature = Feature & { id?: string | number; links?: Link[] };

/** A feature as it was read, and the version that says so to the server. */
export interface VersionedFeature {
  feature: ServerFeature;
  version: string | null;
}

/** One line of a feature's record; `before` of its making and `after` of its end are null. */
export interface Change {
  change: number;
  at: string;
  by: string;
  operation: 'create' | 'update' | 'delete';
  before: ServerFeature | null;
  after: ServerFeature | null;
}

/** A feature, named the way addresses and requests name it. */
export interface FeatureRef {
  layer: string;
  id: string;
}

export function sameRef(a: FeatureRef | null, b: FeatureRef | null): boolean {
  return a?.layer === b?.layer && a?.id === b?.id;
}

/** Whether a layer can be drawn: a table without geometry is published too, but has no place on the map. */
export function isDrawn(collection: Collection): boolean {
  return collection['carreau:geometryType'] !== '';
}

/** The west, south, east, north of a layer, or null when it has none (an empty layer). */
export function extentOf(collection: Collection): Bbox | null {
  return toBbox(collection.extent?.spatial?.bbox?.[0]);
}

/** Four usable numbers out of four or six; null for anything else. */
export function toBbox(numbers: number[] | undefined): Bbox | null {
  if (!numbers?.every(Number.isFinite)) return null;
  const [w, s, e, n] = numbers.length === 6 ? [0, 1, 3, 4].map((i) => numbers[i]) : numbers;
  if (w === undefined || s === undefined || e === undefined || n === undefined) return null;
  return [w, s, e, n];
}
