import type { Field } from '../fields';
import { Form } from '../form';
import { t } from '../i18n';
import { Modal } from '../modal';

export type Values = Record<string, unknown>;

export interface Editing {
  title: string;
  fields: Field[];
  /** Sends what is new (everything, for something that did not exist). */
  save(content: Values): Promise<void>;
  /** What to do once it is saved. */
  done(): void;
  size?: 'narrow' | 'wide';
}

/** A dialog that makes something new. */
export function openCreator({ title, fields, save, done, size }: Editing): void {
  openForm(title, size, fields, async () => {
    await save(given(valuesOf(fields)));
    done();
  });
}

/** A dialog that changes something: only what was touched is sent, so that nobody undoes the work of another. */
export function openEditor({ title, fields, save, done, size }: Editing): void {
  const before = valuesOf(fields);
  openForm(title, size, fields, async () => {
    const content = changed(before, valuesOf(fields));
    if (Object.keys(content).length === 0) return;
    await save(content);
    done();
  });
}

/** Members whose value is another than before. */
export function changed(before: Values, after: Values): Values {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])));
}

/** Members that have a value. */
export function given(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

function openForm(title: string, size: Editing['size'], fields: Field[], submit: () => Promise<void>): void {
  const modal = new Modal(title, size);
  const form = new Form(fields, { submit: t.admin.save, cancel: () => modal.close() }, async () => {
    await submit();
    modal.close();
  });
  modal.open(form.element);
}

/** What the fields say; an empty text is no value. */
function valuesOf(fields: Field[]): Values {
  return Object.fromEntries(
    fields.map((field) => {
      const value = field.value();
      return [field.name, value === '' ? null : value];
    }),
  );
}
