import { h } from '../dom';
import { explanation } from '../form';
import { formatDate } from '../format';
import type { Http } from '../http';
import { t } from '../i18n';
import { settled, type Job, type JobState, type LayerName, type Report } from './contract';
import { draftMap } from './draft-map';
import { ReadingForm } from './reading-form';
import { filesOf, reportView, returned } from './report-view';

const canBeReadAgain: readonly JobState[] = ['draft', 'refused', 'failed', 'cancelled'];

export interface CardEvents {
  notify(text: string): void;
  removed(job: Job): void;
}

/** What became of a deposit: its state, its report, and what its owner can do about it. */
export class JobCard {
  readonly element = h('li', { class: 'job' });
  private watch: EventSource | null = null;
  private map: HTMLElement | null = null;
  private form: ReadingForm | null = null;

  constructor(
    private readonly http: Http,
    private job: Job,
    private readonly layers: LayerName[],
    private readonly events: CardEvents,
  ) {
    this.element.id = `job-${job.id}`;
    this.show(job);
    if (settled.includes(job.state)) void this.load();
    else this.follow();
  }

  close(): void {
    this.watch?.close();
  }

  private async load(): Promise<void> {
    try {
      this.show(await this.http.get<Job>(`jobs/${this.job.id}`));
    } catch {
      // The list said what matters; the report comes with the next look.
    }
  }

  /** Server-sent events; the browser asks again by itself when the connection is lost. */
  private follow(): void {
    this.watch?.close();
    const watch = new EventSource(this.http.url(`jobs/${this.job.id}/events`));
    this.watch = watch;
    watch.onmessage = (event: MessageEvent<string>) => {
      const job = JSON.parse(event.data) as Job;
      if (settled.includes(job.state)) watch.close();
      this.show(job);
    };
  }

  private show(job: Job): void {
    if (job.state !== this.job.state) this.map = this.form = null;
    this.job = job;
    this.element.dataset['state'] = job.state;
    const proposed = job.state === 'draft' && job.proposed_at !== null;
    this.element.toggleAttribute('data-proposed', proposed);
    const state = proposed ? t.depot.proposed : t.depot.states[job.state];
    const head = h('div', { class: 'job-head' }, h('h3', {}, filesOf(job)), h('span', { class: `job-state ${job.state}` }, state));
    const parts: (HTMLElement | null)[] = [head, this.progress(), job.reason ? h('p', { class: 'job-reason' }, job.reason) : null];
    if (job.returned) parts.push(returned(job.returned));
    if (job.report) parts.push(reportView(job, job.report, this.lastTime(job.report)));
    parts.push(this.actions());
    if (canBeReadAgain.includes(job.state)) parts.push(this.again());
    this.element.replaceChildren(...parts.filter((part): part is HTMLElement => part !== null));
    this.draw();
  }

  private progress(): HTMLElement | null {
    if (this.job.state !== 'reading') return null;
    const { done, total } = this.job.progress;
    return h('progress', total ? { max: total, value: done ?? 0 } : {});
  }

  private actions(): HTMLElement {
    const { state } = this.job;
    const box = h('div', { class: 'job-actions' });
    if (state === 'draft') box.append(...this.publishing());
    if (state === 'published') {
      box.append(this.button(t.depot.undo, 'undo', 'undo'));
      const drawn = this.job.report?.drafts?.find((draft) => draft.bbox)?.bbox;
      const at = drawn ? `#map=17/${((drawn[1] + drawn[3]) / 2).toFixed(6)}/${((drawn[0] + drawn[2]) / 2).toFixed(6)}` : '';
      box.append(h('a', { href: `./${at}` }, t.depot.seeOnMap));
    }
    if (state === 'waiting' || state === 'reading') box.append(this.button(t.depot.cancelReading, 'cancel', 'cancel'));
    if (state === 'draft' || state === 'refused' || state === 'failed' || state === 'cancelled') box.append(this.removal());
    return box;
  }

  private publishing(): HTMLElement[] {
    const choice = h('select', { name: 'replaces', 'aria-label': t.depot.replaces });
    for (const [value, words] of Object.entries(t.depot.replacesOf)) choice.append(h('option', { value }, `${t.depot.replaces} ${words}`));
    choice.value = this.job.replaces;
    const button = (words: string, act: 'publish' | 'propose', main: boolean) => {
      const made = h('button', { type: 'button', class: main ? 'button main' : 'button', 'data-act': act }, words);
      made.addEventListener('click', () => void this.act(act, { replaces: choice.value }));
      return made;
    };
    const may = this.job.may_publish !== false;
    const parts: HTMLElement[] = may ? [button(t.depot.publish, 'publish', true)] : [];
    if (!this.job.proposed_at) parts.push(button(t.depot.propose, 'propose', !may));
    else parts.push(this.button(t.depot.withdraw, 'withdraw', 'withdraw'));
    if (may || !this.job.proposed_at) parts.push(choice);
    if (!may && !this.job.proposed_at) parts.push(h('p', { class: 'soft' }, t.depot.proposeWhy));
    return parts;
  }

  private again(): HTMLElement {
    this.form ??= new ReadingForm(this.http, this.job, this.layers, {
      notify: (text) => this.events.notify(text),
      read: (body) => void this.act('retry', body),
    });
    // Where nothing was recognised just now, choosing is what there is to do.
    if (this.watch && this.job.state === 'refused') this.form.element.open = true;
    return this.form.element;
  }

  /** Read as the organisation's last file like it: said, and left if it is not meant. */
  private lastTime(report: Report): HTMLElement | null {
    const last = report.last_time;
    if (!last) return null;
    const date = formatDate(last.date, t.locale);
    if (!last.followed) return h('p', { class: 'soft' }, t.depot.notAsLastTime(date, last.why_not));
    const leave = h('button', { type: 'button', class: 'button', 'data-act': 'leave' }, t.depot.leaveLastTime);
    leave.addEventListener('click', () => void this.act('retry', { layer: this.job.layer, options: { ...this.job.options, as_last_time: false } }));
    return h('p', { class: 'job-last-time' }, t.depot.asLastTime(date), this.job.state === 'draft' ? leave : null);
  }

  private removal(): HTMLElement {
    const button = h('button', { type: 'button', class: 'button', 'data-act': 'remove' }, t.depot.remove);
    button.addEventListener('click', () => void this.remove());
    return button;
  }

  private button(words: string, act: string, path: string): HTMLElement {
    const button = h('button', { type: 'button', class: 'button', 'data-act': act }, words);
    button.addEventListener('click', () => void this.act(path, {}));
    return button;
  }

  private async act(path: string, body: unknown): Promise<void> {
    for (const button of this.element.querySelectorAll('button')) button.disabled = true;
    try {
      const job = await this.http.send<Job>('POST', `jobs/${this.job.id}/${path}`, body);
      if (job) this.show(job);
      if (job && !settled.includes(job.state)) this.follow();
    } catch (error) {
      this.events.notify(explanation(error));
      void this.load();
      this.show(this.job);
      for (const button of this.element.querySelectorAll('button')) button.disabled = false;
    }
  }

  private async remove(): Promise<void> {
    try {
      await this.http.send('DELETE', `jobs/${this.job.id}`);
      this.events.removed(this.job);
    } catch (error) {
      this.events.notify(explanation(error));
    }
  }

  private draw(): void {
    const box = this.job.report?.drafts?.find((draft) => draft.bbox)?.bbox;
    if (this.job.state !== 'draft' || !box) return;
    this.map ??= draftMap(this.http, this.job.id, box);
    this.element.append(this.map);
  }
}
