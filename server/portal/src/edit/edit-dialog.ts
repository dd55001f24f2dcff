import type { LayerSchema, VersionedFeature } from '../contract';
import { h } from '../dom';
import { choiceField, linesField, textField, type Field } from '../fields';
import { Form, explanation, wrong } from '../form';
import { formatValue } from '../format';
import { ServerRefusal } from '../http';
import { t } from '../i18n';
import { Modal } from '../modal';
import { changedValues, differing, editFields, textOf, type EditField } from './edit-fields';

export interface EditTask {
  title: string;
  schema: LayerSchema;
  stored: VersionedFeature;
  save(properties: Record<string, unknown>, version: string | null): Promise<void>;
  /** What is stored is not what was read any more, and the dialog is over. */
  done(): void;
}

type Properties = Record<string, unknown>;

/** The form of one feature, and the choice between two versions when somebody was quicker. */
export class EditDialog {
  private readonly modal: Modal;
  private readonly fields: EditField[];
  private readonly controls: Field<string>[];
  private readonly before: Properties;
  private readonly held: Record<string, string>;

  constructor(private readonly task: EditTask) {
    this.before = task.stored.feature.properties ?? {};
    this.fields = editFields(task.schema, this.before);
    this.controls = this.fields.map((field) => control(field, this.before[field.name]));
    this.held = this.texts();
    this.modal = new Modal(t.editTitle(task.title));
    this.modal.element.id = 'edit-dialog';
  }

  open(): void {
    const words = { submit: t.editSave, cancel: () => this.modal.close() };
    const form = new Form(this.controls, words, () => this.send(this.changed(), this.task.stored.version), (error) => this.explain(error));
    this.modal.open(form.element);
  }

  private texts(): Record<string, string> {
    return Object.fromEntries(this.controls.map((one) => [one.name, one.value()]));
  }

  private changed(): Properties {
    const changed = changedValues(this.fields, this.held, this.texts());
    const unread = Object.keys(changed).find((name) => changed[name] === undefined);
    if (unread !== undefined) throw wrong(unread, t.numberExpected);
    return changed;
  }

  private async send(changed: Properties, version: string | null): Promise<void> {
    if (Object.keys(changed).length === 0) throw wrong('', t.editNothing);
    try {
      await this.task.save(changed, version);
    } catch (error) {
      if (error instanceof ServerRefusal && error.status === 412) return this.choose(changed, error);
      throw error;
    }
    this.finish();
  }

  /** The server's objections that name a field stand beside it; the form shows what is left. */
  private explain(error: unknown): string {
    if (error instanceof ServerRefusal && error.status === 404) return t.editGone;
    if (error instanceof ServerRefusal && Array.isArray(error.problem['errors'])) {
      for (const { property, expected } of error.problem['errors'] as { property?: string; expected?: string }[]) {
        this.controls.find((one) => one.name === property)?.complain(expected ?? '');
      }
    }
    return explanation(error);
  }

  /** Both versions side by side, where they differ from what the reader began with. */
  private choose(changed: Properties, refusal: ServerRefusal): void {
    const stored = (refusal.problem['current'] as { properties?: Properties } | undefined)?.properties ?? {};
    const names = new Set([...Object.keys(changed), ...differing(this.before, stored)]);
    const rows = Object.keys(this.task.schema.properties ?? {}).filter((name) => names.has(name));
    const table = h(
      'table',
      { class: 'versions' },
      h('thead', {}, h('tr', {}, ...[t.conflictField, t.conflictStored, t.conflictYours].map((word) => h('th', { scope: 'col' }, word)))),
      h(
        'tbody',
        {},
        ...rows.map((name) =>
          h(
            'tr',
            { 'data-field': name },
            h('th', { scope: 'row' }, this.titleOf(name)),
            h('td', {}, this.shown(name, stored[name])),
            h('td', {}, name in changed ? this.shown(name, changed[name]) : h('span', { class: 'soft' }, t.conflictUnchanged)),
          ),
        ),
      ),
    );
    const problem = h('p', { class: 'form-error', role: 'alert' });
    const overwrite = async () => {
      mine.disabled = true;
      try {
        await this.send(changed, refusal.version);
      } catch (error) {
        problem.textContent = this.explain(error);
      } finally {
        mine.disabled = false;
      }
    };
    const keep = h('button', { type: 'button', class: 'button', onclick: () => this.finish() }, t.conflictKeep);
    const mine = h('button', { type: 'button', class: 'button main', onclick: () => void overwrite() }, t.conflictOverwrite);
    this.modal.body.replaceChildren(
      h('h3', { role: 'alert' }, t.conflictTitle),
      h('p', {}, t.conflictWords),
      h('div', { class: 'versions-scroll' }, table),
      problem,
      h('div', { class: 'form-end' }, keep, mine),
    );
    keep.focus();
  }

  private titleOf(name: string): string {
    return this.fields.find((field) => field.name === name)?.title ?? this.task.schema.properties?.[name]?.title ?? name;
  }

  private shown(name: string, value: unknown): string {
    return formatValue(value, this.task.schema.properties?.[name] ?? {}, t)?.text ?? t.editNoValue;
  }

  private finish(): void {
    this.modal.close();
    this.task.done();
  }
}

function control(field: EditField, value: unknown): Field<string> {
  const words = { label: field.required ? `${field.title} *` : field.title, hint: field.hint };
  const text = textOf(field, value);
  const { kind, name, required, schema } = field;
  const none = required && text !== '' ? [] : [{ value: '', label: '' }];
  if (kind === 'choice') return choiceField(name, words, [...none, ...field.choices], text, { required });
  if (kind === 'yes-no') {
    const choices = [...none, { value: 'true', label: t.yes }, { value: 'false', label: t.no }];
    return choiceField(name, words, choices, text, { required });
  }
  if (kind === 'day') return textField(name, words, text, { type: 'date', required });
  if (kind === 'time') return textField(name, words, text, { type: 'datetime-local', step: 1, required });
  if (kind === 'lines') return linesField(name, words, text, { required, maxlength: schema.maxLength });
  if (kind === 'text') return textField(name, words, text, { required, maxlength: schema.maxLength });
  const bounds = { min: schema.minimum, max: schema.maximum, step: kind === 'integer' ? 1 : 'any' };
  return textField(name, words, text, { type: 'number', inputmode: kind === 'integer' ? 'numeric' : 'decimal', required, ...bounds });
}
