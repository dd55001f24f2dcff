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
  reason: string;
  options: Record<string, unknown>;
  progress: { done?: number; total?: number; rows?: number };
  report: Report | null;
  created_at: string;
  published_at: string | null;
  files: { id: string; name: string; size: number }[];
}

export interface Jobs {
  items: Job[];
  layers: LayerName[];
}

export const settled: readonly JobState[] = ['draft', 'refused', 'failed', 'cancelled', 'published'];
