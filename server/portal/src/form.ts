import { h } from './dom';
import type { Field } from './fields';
import { ServerAway, ServerRefusal } from './http';
import { t } from './i18n';

export interface FormWords {
  submit: string;
  cancel?: () => void;
}

/** Fields, a button, and the server's objections shown beside the field they speak of. */
export class Form {
  readonly element: HTMLFormElement;
  private readonly problem = h('p', { class: 'form-error', role: 'alert' });
  private readonly button: HTMLButtonElement;

  constructor(
    private readonly fields: Field[],
    words: FormWords,
    private readonly submit: () => Promise<void>,
    private readonly explain: (error: unknown) => string = explanation,
  ) {
    this.button = h('button', { type: 'submit', class: 'button main' }, words.submit);
    const end = h('div', { class: 'form-end' });
    if (words.cancel) end.append(h('button', { type: 'button', class: 'button', onclick: words.cancel }, t.cancel));
    end.append(this.button);
    this.element = h('form', { class: 'form' }, ...fields.map((field) => field.element), this.problem, end);
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.send();
    });
  }

  fail(error: unknown): void {
    const message = this.explain(error);
    const parameter = error instanceof ServerRefusal ? error.parameter : null;
    const field = fieldFor(parameter, this.fields);
    if (!field) {
      this.problem.textContent = message;
      return;
    }
    field.complain(message);
    field.focus();
  }

  private async send(): Promise<void> {
    if (this.button.disabled) return;
    this.button.disabled = true;
    this.problem.textContent = '';
    for (const field of this.fields) field.complain('');
    try {
      await this.submit();
    } catch (error) {
      this.fail(error);
    } finally {
      this.button.disabled = false;
    }
  }
}

/** Something the page itself can tell is wrong, said the way the server would. */
export function wrong(parameter: string, message: string): ServerRefusal {
  return new ServerRefusal(400, message, parameter);
}

/** The field a server's objection is about: "rights[0].communes" and "rights/0" speak of the field "rights". */
export function fieldFor<F extends { name: string }>(parameter: string | null, fields: F[]): F | undefined {
  const [member] = (parameter ?? '').replace(/^[/$.]+/, '').split(/[./[]/);
  return fields.find((field) => field.name === parameter) ?? fields.find((field) => field.name === member);
}

export function explanation(error: unknown): string {
  if (error instanceof ServerAway) return t.serverAwayTryAgain;
  if (error instanceof ServerRefusal) return error.message || t.refused(error.status);
  throw error;
}
