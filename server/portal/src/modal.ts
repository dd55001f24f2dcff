import { h, icon } from './dom';
import { t } from './i18n';

let opened = 0;

/** A window over the page: the browser's own dialog, which keeps the focus inside and gives it back when closed. */
export class Modal {
  readonly element: HTMLDialogElement;
  readonly body = h('div', { class: 'modal-body' });

  constructor(title: string, size: 'narrow' | 'wide' = 'narrow') {
    const id = `modal-title-${(opened += 1)}`;
    const close = h('button', { type: 'button', class: 'plain', 'aria-label': t.close, title: t.close, onclick: () => this.close() });
    close.append(icon('close'));
    const head = h('div', { class: 'modal-head' }, h('h2', { id }, title), close);
    this.element = h('dialog', { class: `modal ${size}`, 'aria-labelledby': id }, head, this.body);
    this.element.addEventListener('close', () => this.element.remove());
    // Escape closes this window and nothing under it.
    this.element.addEventListener('keydown', (event) => event.stopPropagation());
  }

  open(...content: Node[]): this {
    this.body.replaceChildren(...content);
    document.body.append(this.element);
    this.element.showModal();
    this.element.querySelector<HTMLElement>('[autofocus], .modal-body input, .modal-body select, .modal-body textarea')?.focus();
    return this;
  }

  close(): void {
    this.element.close();
  }

  onClose(act: () => void): this {
    this.element.addEventListener('close', act);
    return this;
  }
}

/** Asks before something that cannot be taken back; true when the answer is yes. */
export function confirmed(title: string, words: string, act: string): Promise<boolean> {
  return new Promise((resolve) => {
    const modal = new Modal(title).onClose(() => resolve(false));
    const answer = (yes: boolean) => () => {
      resolve(yes);
      modal.close();
    };
    const no = h('button', { type: 'button', class: 'button', autofocus: true, onclick: answer(false) }, t.cancel);
    const yes = h('button', { type: 'button', class: 'button danger', onclick: answer(true) }, act);
    modal.open(h('p', {}, words), h('div', { class: 'form-end' }, no, yes));
  });
}
