import type { Change, FeatureRef, LayerSchema, ServerFeature } from '../contract';
import { h } from '../dom';
import { explanation } from '../form';
import { formatTime, formatValue } from '../format';
import { ServerRefusal } from '../http';
import { t } from '../i18n';
import { Modal } from '../modal';
import type { Server } from '../server';
import { EditDialog } from './edit-dialog';
import { differing } from './edit-fields';

export interface EditorParts {
  server: Server;
  /** The login of who reads, once it is known. */
  login(): Promise<string | null>;
  notify(text: string): void;
  /** What is stored of the feature is not what was read any more. */
  changed(): void;
}

/** What the reader may do with a feature. */
export interface Offers {
  edit: boolean;
  /** His own change, when it is the last one. */
  undo: Change | null;
}

const nothing: Offers = { edit: false, undo: null };

/** Changes features for those who may. */
export class FeatureEditor {
  constructor(private readonly parts: EditorParts) {}

  async offers(ref: FeatureRef, schema: LayerSchema, signal: AbortSignal): Promise<Offers> {
    if (!schema.required) return nothing; // a layer nobody edits
    const { server } = this.parts;
    if (!(await server.mayEdit(ref, signal))) return nothing;
    const [changes, login] = await Promise.all([server.history(ref, signal), this.parts.login()]);
    const last = changes[0];
    return { edit: true, undo: last?.operation === 'update' && last.by === login ? last : null };
  }

  async edit(ref: FeatureRef, title: string): Promise<void> {
    const { server, notify, changed } = this.parts;
    try {
      const [stored, schema] = await Promise.all([server.versioned(ref), server.schema(ref.layer)]);
      new EditDialog({
        title,
        schema,
        stored,
        save: async (properties, version) => {
          await server.update(ref, properties, version);
          notify(t.editSaved);
        },
        done: changed,
      }).open();
    } catch (error) {
      notify(error instanceof ServerRefusal && error.status === 404 ? t.cardGone : t.editFailed);
    }
  }

  /** Says what will be back, and takes the change back when the reader agrees. */
  async undo(ref: FeatureRef, change: Change): Promise<void> {
    const { server, notify } = this.parts;
    let schema: LayerSchema;
    try {
      schema = await server.schema(ref.layer);
    } catch (error) {
      return notify(explanation(error));
    }
    const modal = new Modal(t.undoTitle);
    modal.element.id = 'undo-dialog';
    const act = async () => {
      modal.close();
      try {
        await server.undo(ref, change.change);
        notify(t.undone);
      } catch (error) {
        const late = error instanceof ServerRefusal && (error.status === 409 || error.status === 412);
        notify(late ? t.undoTooLate : explanation(error));
      }
      this.parts.changed();
    };
    const no = h('button', { type: 'button', class: 'button', onclick: () => modal.close() }, t.close);
    const yes = h('button', { type: 'button', class: 'button main', autofocus: true, onclick: () => void act() }, t.undoAct);
    modal.open(
      h('p', {}, t.undoWords(formatTime(change.at, t.locale))),
      h('dl', { class: 'facts' }, ...backOf(change, schema)),
      h('div', { class: 'form-end' }, no, yes),
    );
  }
}

function backOf({ before, after }: Change, schema: LayerSchema): HTMLElement[] {
  const was = before?.properties ?? {};
  const names = differing(was, after?.properties ?? {});
  const lines = Object.entries(schema.properties ?? {}).filter(([name]) => names.includes(name));
  const rows = lines.flatMap(([name, field]) => [
    h('dt', {}, field.title ?? name),
    h('dd', { 'data-field': name }, formatValue(was[name], field, t)?.text ?? t.editNoValue),
  ]);
  return moved(before, after) ? [...rows, h('dt', {}, t.geometry), h('dd', {}, '')] : rows;
}

function moved(before: ServerFeature | null, after: ServerFeature | null): boolean {
  return JSON.stringify(before?.geometry) !== JSON.stringify(after?.geometry);
}
