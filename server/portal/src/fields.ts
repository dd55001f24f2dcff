import { h } from './dom';

/** One answer of a form: its place on the page, its value, and room for what is wrong with it. */
export interface Field<T = unknown> {
  /** The member of the API it stands for. */
  readonly name: string;
  readonly element: HTMLElement;
  value(): T;
  complain(message: string): void;
  focus(): void;
}

export interface FieldWords {
  label: string;
  hint?: string | undefined;
}

export interface Choice {
  value: string;
  label: string;
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
type Attributes = Parameters<typeof h>[1];

let made = 0;

export function textField(name: string, words: FieldWords, value: string | null = '', attributes: Attributes = {}): Field<string> {
  const input = h('input', { type: 'text', autocomplete: 'off', ...attributes });
  input.value = value ?? '';
  return labelled(name, words, input, () => input.value.trim());
}

/** Text of several lines, as it was typed. */
export function linesField(name: string, words: FieldWords, value: string, attributes: Attributes = {}): Field<string> {
  const area = h('textarea', { rows: 4, ...attributes });
  area.value = value;
  return labelled(name, words, area, () => area.value);
}

/** Nothing trimmed: a password is what was typed. */
export function passwordField(name: string, words: FieldWords, attributes: Attributes = {}): Field<string> {
  const input = h('input', { type: 'password', autocomplete: 'new-password', ...attributes });
  return labelled(name, words, input, () => input.value);
}

/** A day, or null when left empty. */
export function dayField(name: string, words: FieldWords, value: string | null, attributes: Attributes = {}): Field<string | null> {
  const input = h('input', { type: 'date', ...attributes });
  input.value = value ?? '';
  return labelled(name, words, input, () => input.value || null);
}

export function choiceField(name: string, words: FieldWords, choices: Choice[], value: string, attributes: Attributes = {}): Field<string> {
  const select = h('select', attributes, ...choices.map((one) => h('option', { value: one.value }, one.label)));
  select.value = value;
  return labelled(name, words, select, () => select.value);
}

export function yesNoField(name: string, words: FieldWords, value: boolean): Field<boolean> {
  const input = h('input', { type: 'checkbox' });
  input.checked = value;
  const field = labelled(name, words, input, () => input.checked);
  field.element.classList.add('tick');
  return field;
}

/** Several of a list, as boxes to tick. */
export function severalField(name: string, words: FieldWords, choices: Choice[], values: readonly string[]): Field<string[]> {
  const boxes = choices.map(({ value, label }) => {
    const box = h('input', { type: 'checkbox', value });
    box.checked = values.includes(value);
    return { box, element: h('label', { class: 'tick' }, box, h('span', {}, label)) };
  });
  const list = h('div', { class: 'ticks' }, ...boxes.map(({ element }) => element));
  const read = () => boxes.filter(({ box }) => box.checked).map(({ box }) => box.value);
  return grouped(name, words, list, read, () => boxes[0]?.box.focus());
}

/** Anything that is more than one control, under one heading. */
export function grouped<T>(name: string, { label, hint }: FieldWords, content: HTMLElement, value: () => T, focus: () => void): Field<T> {
  const error = errorLine();
  const element = h('fieldset', { class: 'field', 'data-name': name }, h('legend', {}, label));
  if (hint) element.append(h('p', { class: 'hint-line' }, hint));
  element.append(content, error);
  return { name, element, value, focus, complain: (message) => say(error, message) };
}

function labelled<T>(name: string, { label, hint }: FieldWords, control: Control, value: () => T): Field<T> {
  const id = `field-${(made += 1)}`;
  const error = errorLine(`${id}-error`);
  const help = h('p', { class: 'hint-line', id: `${id}-hint` }, hint ?? '');
  control.id = id;
  control.name = name;
  control.setAttribute('aria-describedby', hint ? `${help.id} ${error.id}` : error.id);
  const element = h('div', { class: 'field', 'data-name': name }, h('label', { for: id }, label), control, hint ? help : null, error);
  const complain = (message: string) => {
    say(error, message);
    control.setAttribute('aria-invalid', String(message !== ''));
  };
  return { name, element, value, complain, focus: () => control.focus() };
}

function errorLine(id = ''): HTMLElement {
  return h('p', { class: 'field-error', hidden: true, ...(id && { id }) });
}

function say(line: HTMLElement, message: string): void {
  line.textContent = message;
  line.hidden = message === '';
}
