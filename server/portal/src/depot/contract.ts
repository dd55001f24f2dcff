/** What the server says of deposits. */
export interface Problem {
  kind: 'note' | 'repaired' | 'refused';
  file: string;
  feature?: number;
  field: string;
  reason: string;
}

export interface Draft {
  table: string;
  /** Of the layer that the table is. */
  title?: string;
  rows: number;
  duplicates: number;
  bbox?: [number, number, number, number];
  outside_territory?: number;
  precision?: Record<string, number>;
  worse_than_asked?: { class: string; rows: number };
}

export interface Report {
  written: number;
  refused: number;
  tables: Record<string, { refused: number } | undefined>;
  problem_count: number;
  problems: Problem[];
  crs: string[];
  encodings: string[];
  drafts?: Draft[];
  /** The organisation's last file like this one: whether this one was read as it was, or why not. */
  last_time?: { date: string; followed: boolean; why_not: string };
}

/** A layer inside a deposited file. */
export interface SourceLayer {
  name: string;
  fields: { name: string }[];
  rows: string[][];
  /** Of a table of text, as it was read: ';', 'tab' ... and 'comma' or 'point'. */
  separator?: string;
  decimal?: string;
  proposals: { crs: string; name: string }[];
}

/** A column of the layer that is aimed at, and the field of the file that fills it. */
export interface Column {
  name: string;
  title: string;
  required: boolean;
  source: string | null;
}

export interface Columns {
  layers: SourceLayer[];
  source_layer: string | null;
  layer: string | null;
  columns: Column[];
}

export interface LayerName {
  id: string;
  title: string;
}

export type JobState =
  | 'waiting'
  | 'reading'
  | 'draft'
  | 'refused'
  | 'failed'
  | 'cancelled'
  | 'to_publish'
  | 'publishing'
  | 'published'
  | 'to_undo'
  | 'undoing';

export interface Job {
  id: number;
  state: JobState;
  layer: string | null;
  replaces: string;
  reason: string;
  /** Handed over then, to who answers for the layer; null: its author's alone. */
  proposed_at: string | null;
  /** Sent back by whom, and why; null: never, or proposed anew since. */
  returned: { at: string; by: string; organisation: string; message: string } | null;
  author: { name: string; organisation: string; own: boolean };
  formats: string[];
  summary: { drafts: Draft[]; refused: number | null; problem_count: number | null };
  /** Of a job that was asked for by itself: whether the reader may publish it, and what was done with it. */
  may_publish?: boolean;
  record?: Act[];
  options: Record<string, unknown>;
  progress: { done?: number; total?: number; rows?: number };
  report: Report | null;
  created_at: string;
  published_at: string | null;
  files: { id: string; name: string; size: number }[];
}

/** What somebody did with a job; `by` null: the server. */
export interface Act {
  at: string;
  act: string;
  by: string | null;
  organisation: string | null;
  words: string;
}

export interface InboxPage {
  items: Job[];
  /** How many wait, all pages together; at most 100. */
  waiting: number;
  links: { rel: string; href: string }[];
}

export interface Jobs {
  items: Job[];
  layers: LayerName[];
}

export const settled: readonly JobState[] = ['draft', 'refused', 'failed', 'cancelled', 'published'];
