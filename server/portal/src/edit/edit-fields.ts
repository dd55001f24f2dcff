/** The fields of a feature that can be edited, as its layer declares them. Pure: no page. */
import type { FieldSchema, LayerSchema } from '../contract';
import { isGeometry, titleOfField } from '../card-rows';

export type Kind = 'choice' | 'yes-no' | 'integer' | 'number' | 'day' | 'time' | 'text' | 'lines';

export interface EditField {
  name: string;
  title: string;
  hint?: string;
  kind: Kind;
  required: boolean;
  /** Of a choice: the codes, and the value at hand when it is none of them. */
  choices: { value: string; label: string }[];
  schema: FieldSchema;
}

/** In the schema's order, without what the server alone decides. */
export function editFields(schema: LayerSchema, properties: Record<string, unknown>): EditField[] {
  const order = ([, field]: [string, FieldSchema]) => field['x-ogc-propertySeq'] ?? Number.MAX_SAFE_INTEGER;
  return Object.entries(schema.properties ?? {})
    .filter(([, field]) => !field.readOnly && field['x-ogc-role'] !== 'id' && !isGeometry(field))
    .sort((a, b) => order(a) - order(b))
    .map(([name, field]) => {
      const required = field['x-carreau-notNull'] ?? schema.required?.includes(name) ?? false;
      const title = titleOfField(name, field);
      const kind = kindOf(field, properties[name]);
      const made: EditField = { name, title, kind, required, choices: choicesOf(field, properties[name]), schema: field };
      if (field.description && field.description !== title) made.hint = field.description;
      return made;
    });
}

/** The text a control starts with. */
export function textOf(field: EditField, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (field.kind === 'time') return localTime(String(value));
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}

/** What a control's text means to the server; null for nothing, undefined when it cannot be read. */
export function valueOf(field: EditField, text: string): unknown {
  if (text === '') return null;
  if (field.kind === 'yes-no') return text === 'true';
  if (field.kind === 'time') return new Date(text).toISOString();
  if (field.kind === 'choice') {
    const code = field.schema.oneOf?.find((one) => String(one.const) === text);
    return code ? code.const : isNumeric(field.schema) ? Number(text) : text;
  }
  if (field.kind !== 'integer' && field.kind !== 'number') return text;
  const number = Number(text.replace(',', '.'));
  const readable = field.kind === 'integer' ? Number.isSafeInteger(number) : Number.isFinite(number);
  return readable ? number : undefined;
}

/** The fields whose controls no longer hold what they held at the start, with what they mean now. A control may hold less
 *  than the value it was given: what nobody touched is not sent, whatever it shows. */
export function changedValues(
  fields: EditField[],
  held: Record<string, string>,
  holding: Record<string, string>,
): Record<string, unknown> {
  const touched = fields.filter(({ name }) => holding[name] !== held[name]);
  return Object.fromEntries(touched.map((field) => [field.name, valueOf(field, holding[field.name] ?? '')]));
}

/** The names of the properties whose values differ. */
export function differing(a: Record<string, unknown>, b: Record<string, unknown>): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].filter((name) => JSON.stringify(a[name] ?? null) !== JSON.stringify(b[name] ?? null));
}

function isNumeric({ type }: FieldSchema): boolean {
  return type === 'integer' || type === 'number';
}

function kindOf(field: FieldSchema, value: unknown): Kind {
  if (field.oneOf) return 'choice';
  if (field.type === 'boolean') return 'yes-no';
  if (field.type === 'integer' || field.type === 'number') return field.type;
  if (field.format === 'date') return 'day';
  if (field.format === 'date-time') return 'time';
  return typeof value === 'string' && /[\r\n]/.test(value) ? 'lines' : 'text';
}

function choicesOf(field: FieldSchema, value: unknown): EditField['choices'] {
  const choices = (field.oneOf ?? []).map((one) => ({ value: String(one.const), label: one.title || String(one.const) }));
  const text = value === null || value === undefined ? '' : String(value as string | number);
  if (field.oneOf && text !== '' && !choices.some((one) => one.value === text)) choices.push({ value: text, label: text });
  return choices;
}

/** As the browser's control of a local time writes it. */
function localTime(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return '';
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day}T${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
