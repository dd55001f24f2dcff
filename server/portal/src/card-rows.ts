/** What a feature's card says, out of the feature, the layer's schema and its description. Pure: no page. */
import type { Collection, FeatureRef, FieldSchema, LayerSchema } from './contract';
import { formatLandArea, formatValue, type Shown, type Words } from './format';
import { formatParcel, parseParcelId } from './parcel';

export interface CardRow {
  /** The column behind the row; empty for a row the portal makes. */
  name: string;
  title: string;
  help?: string;
  value: Shown;
}

/** The layer of parcels, whose card puts the reference first. */
export const parcelLayer = 'parcelle';
/** The layer of communes, which gives an INSEE code its name. */
export const communeLayer = 'commune';
const communeFields = new Set(['commune', 'code_insee', 'insee', 'code_commune']);

/** Columns of a parcel that its reference, shown in one row, already says. */
const repeatedByReference = new Set(['prefixe', 'numero']);

export interface CardWords extends Words {
  sectionAndNumber: string;
}

export interface TitleWords {
  parcel(reference: string): string;
}

/** "Parcelle AB 12", or what the layer's label field says, or the identifier. */
export function titleOf(
  layer: string,
  id: string,
  properties: Record<string, unknown>,
  collection: Collection | undefined,
  words: TitleWords,
): string {
  const parcel = layer === parcelLayer ? parseParcelId(id) : null;
  if (parcel) return words.parcel(formatParcel(parcel));
  const label = properties[collection?.['carreau:labelField'] ?? ''];
  return label === undefined || label === null || label === '' ? id : String(label);
}

/** The INSEE code of the commune a feature lies in, when it says. */
export function communeOf(layer: string, id: string, properties: Record<string, unknown>): string | null {
  if (layer === communeLayer) return null;
  for (const name of communeFields) {
    const code = properties[name];
    if (typeof code === 'string' && /^\d[\dAB]\d{3}$/.test(code)) return code;
  }
  return layer === parcelLayer ? (parseParcelId(id)?.insee ?? null) : null;
}

/** Rows in the schema's order; columns without value, geometries and what the schema hides are left out. */
export function rowsOf(
  { layer, id }: FeatureRef,
  properties: Record<string, unknown>,
  schema: LayerSchema,
  communeName: string | null,
  words: CardWords,
): CardRow[] {
  const parcel = layer === parcelLayer ? parseParcelId(id) : null;
  const fields = Object.entries(schema.properties ?? {}).filter(
    ([name, field]) => !isGeometry(field) && !(parcel && repeatedByReference.has(name)),
  );
  const order = ([, field]: [string, FieldSchema]) => field['x-ogc-propertySeq'] ?? Number.MAX_SAFE_INTEGER;
  return [...fields]
    .sort((a, b) => order(a) - order(b))
    .flatMap(([name, declared]): CardRow[] => {
      const field = withUnit(declared);
      if (parcel && name === 'section') {
        return [{ name, title: words.sectionAndNumber, value: { text: formatParcel(parcel) } }];
      }
      const value = formatField(name, properties[name], field, communeName, words);
      if (!value) return [];
      const row: CardRow = { name, title: titleOfField(name, field), value };
      if (field.description && field.description !== row.title) row.help = field.description;
      return [row];
    });
}

function formatField(
  name: string,
  value: unknown,
  field: FieldSchema,
  communeName: string | null,
  words: Words,
): Shown | null {
  const shown = formatValue(value, field, words);
  if (!shown) return null;
  if (communeName && communeFields.has(name)) return { text: `${communeName} (${shown.text})` };
  if (name === 'contenance' && typeof value === 'number') return { text: `${shown.text} (${formatLandArea(value)})` };
  return shown;
}

export function isGeometry(field: FieldSchema): boolean {
  return Boolean(field.format?.startsWith('geometry') || field['x-ogc-role']?.endsWith('geometry'));
}

/** The column of a layer that holds INSEE codes of communes. */
export function communeColumn(schema: LayerSchema): string | undefined {
  return Object.keys(schema.properties ?? {}).find((name) => communeFields.has(name));
}

export function titleOfField(name: string, field: FieldSchema): string {
  return field.title ?? humanName(name);
}

/** A field whose title ends in a unit, "Contenance (m²)", says it beside the value instead. */
function withUnit(field: FieldSchema): FieldSchema {
  const parts = /^(.*\S) \((m²|m³|m|cm|km|km²|ha|%|°C|dB|€)\)$/.exec(field.title ?? '');
  const [, title, unit] = parts ?? [];
  if (title === undefined || unit === undefined || field['x-ogc-unit']) return field;
  return { ...field, title, 'x-ogc-unit': unit };
}

function humanName(name: string): string {
  const words = name.replace(/_/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
