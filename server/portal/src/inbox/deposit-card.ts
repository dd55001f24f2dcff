import { explanation } from '../form';
import { h } from '../dom';
import { settled, type Job } from '../depot/contract';
import { draftMap } from '../depot/draft-map';
import { filesOf, reportView } from '../depot/report-view';
import { formatTime } from '../format';
import { ServerRefusal, type Http } from '../http';
import { t } from '../i18n';

export interface DepositEvents {
  notify(text: string): void;
  /** The deposit left this list. */
  left(card: DepositCard): void;
}

/** A deposit that was handed over: who, what, its flags; opened, its report and its place, and what can be done about it. */
export class DepositCard {
  readonly element = h('li', { class: 'job deposit' });
  private readonly body = h('div', { class: 'deposit-body' });
  private readonly details: HTMLDetailsElement;
  private readonly complaint = h('p', { class: 'form-error', role: 'alert' });

  constructor(
    private readonly http: Http,
    readonly job: Job,
    private readonly events: DepositEvents,
  ) {
    this.element.id = `deposit-${job.id}`;
    this.element.dataset['state'] = job.state;
    const summary = h('summary', { 'aria-label': t.inbox.examineOf(filesOf(job)) }, t.inbox.examine);
    this.details = h('details', { class: 'deposit-details' }, summary, this.body);
    this.details.addEventListener('toggle', () => {
      if (this.details.open && !this.body.hasChildNodes()) void this.load();
    });
    this.element.append(this.head(), this.what(), ...this.flags(), this.details);
  }

  /** What of it is shown: the same mark, the same card. */
  get mark(): string {
    return markOf(this.job);
  }

  focus(): void {
    this.details.querySelector('summary')?.focus();
  }

  private head(): HTMLElement {
    const { author, proposed_at } = this.job;
    const when = proposed_at ? t.inbox.when(formatTime(proposed_at, t.locale)) : '';
    const words = h('div', {}, h('h3', {}, filesOf(this.job)), h('p', { class: 'deposit-author' }, t.inbox.from(author.name, author.organisation)));
    return h('div', { class: 'job-head' }, words, h('span', { class: 'job-state' }, when));
  }

  private what(): HTMLElement {
    const tables = this.job.summary.drafts.map(({ title, table, rows }) => `${title ?? table}\u00a0: ${t.depot.objects(rows)}`);
    return h('p', { class: 'deposit-what' }, [this.job.formats.join(', '), ...tables].filter(Boolean).join(' → '));
  }

  private flags(): HTMLElement[] {
    const { drafts, refused } = this.job.summary;
    const outside = drafts.reduce((sum, draft) => sum + (draft.outside_territory ?? 0), 0);
    const worse = drafts.reduce((sum, draft) => sum + (draft.worse_than_asked?.rows ?? 0), 0);
    const flag = (name: string, words: string) => h('li', { 'data-flag': name }, words);
    const all = [
      outside ? flag('outside', t.inbox.outside(outside)) : null,
      worse ? flag('worse', t.inbox.worse(worse)) : null,
      refused ? flag('refused', t.inbox.refusedRows(refused)) : null,
    ].filter((one): one is HTMLLIElement => one !== null);
    const shown: HTMLElement[] = this.job.reason ? [h('p', { class: 'job-reason' }, this.job.reason)] : [];
    if (all.length > 0) shown.push(h('ul', { class: 'deposit-flags' }, ...all));
    return shown;
  }

  private async load(): Promise<void> {
    this.body.replaceChildren(h('p', { class: 'soft', role: 'status' }, t.loading));
    try {
      const job = await this.http.get<Job>(`jobs/${this.job.id}`);
      const parts: (HTMLElement | null)[] = [this.map(job), job.report ? reportView(job, job.report) : null, ...this.actions(job), this.complaint, history(job)];
      this.body.replaceChildren(...parts.filter((part): part is HTMLElement => part !== null));
    } catch (error) {
      if (error instanceof ServerRefusal && error.status === 404) return this.leave(t.inbox.gone);
      const again = h('button', { type: 'button', class: 'button', onclick: () => void this.load() }, t.retry);
      this.body.replaceChildren(h('p', { class: 'form-error', role: 'alert' }, explanation(error)), again);
    }
  }

  private map(job: Job): HTMLElement | null {
    const box = job.report?.drafts?.find((draft) => draft.bbox)?.bbox;
    return job.state === 'draft' && box ? draftMap(this.http, job.id, box) : null;
  }

  private actions(job: Job): HTMLElement[] {
    if (job.state === 'published') return [h('div', { class: 'job-actions' }, this.button(t.depot.undo, 'undo', 'button', () => void this.act('undo', {}, t.inbox.undone)))];
    if (job.state !== 'draft') return [];
    const choice = h('select', { name: 'replaces', 'aria-label': t.depot.replaces });
    for (const [value, words] of Object.entries(t.depot.replacesOf)) choice.append(h('option', { value }, `${t.depot.replaces} ${words}`));
    choice.value = job.replaces;
    const proposal = job.proposed_at;
    const publish = this.button(t.depot.publish, 'publish', 'button main', () => void this.act('publish', { replaces: choice.value, proposal }, t.inbox.published));
    const form = this.refusal(proposal);
    const refuse = this.button(t.inbox.refuse, 'refuse', 'button', () => {
      form.hidden = false;
      form.querySelector('textarea')?.focus();
    });
    const may = job.may_publish !== false;
    const row = h('div', { class: 'job-actions' }, ...(may ? [publish, choice] : []), refuse);
    return may ? [row, form] : [h('p', { class: 'soft' }, t.inbox.mayNot), row, form];
  }

  private refusal(proposal: string | null): HTMLFormElement {
    const message = h('textarea', { name: 'message', rows: 3, maxlength: 1000, required: true });
    const form: HTMLFormElement = h('form', { class: 'deposit-refusal', hidden: true }, h('label', {}, h('span', {}, t.inbox.message), message));
    const cancel = this.button(t.inbox.cancel, 'keep', 'button', () => {
      form.hidden = true;
      this.body.querySelector<HTMLElement>('[data-act=refuse]')?.focus();
    });
    form.append(h('div', { class: 'job-actions' }, h('button', { type: 'submit', class: 'button main' }, t.inbox.send), cancel));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.act('refuse', { message: message.value.trim(), proposal }, t.inbox.returned);
    });
    return form;
  }

  private button(words: string, act: string, kind: string, onclick: () => void): HTMLButtonElement {
    return h('button', { type: 'button', class: kind, 'data-act': act, onclick }, words);
  }

  private async act(path: string, body: unknown, done: string): Promise<void> {
    const fields = [...this.body.querySelectorAll<HTMLButtonElement>('button')];
    for (const field of fields) field.disabled = true;
    this.complaint.textContent = '';
    try {
      const job = await this.http.send<Job>('POST', `jobs/${this.job.id}/${path}`, body);
      // A publication that did not come about says why, and the deposit waits on.
      if (path === 'publish' && job && settled.includes(job.state) && job.state !== 'published') this.complaint.textContent = job.reason;
      else return this.leave(done);
    } catch (error) {
      if (error instanceof ServerRefusal && error.status === 404) return this.leave(t.inbox.gone);
      this.complaint.textContent = explanation(error);
    }
    for (const field of fields) field.disabled = false;
  }

  private leave(words: string): void {
    this.events.notify(words);
    this.events.left(this);
  }
}

export function markOf(job: Job): string {
  return `${job.id} ${job.state} ${job.proposed_at ?? ''} ${job.reason}`;
}

function history(job: Job): HTMLElement {
  const lines = (job.record ?? []).map(({ at, act, by, words }) => {
    const told = `${formatTime(at, t.locale)}\u00a0: ${t.inbox.acts[act] ?? act}, ${by ?? t.inbox.server}`;
    return h('li', {}, words ? `${told} (${words})` : told);
  });
  return h('details', { class: 'deposit-history' }, h('summary', {}, t.inbox.history), h('ol', {}, ...lines));
}
