import { Account } from '../account/account';
import { h } from '../dom';
import { explanation } from '../form';
import { Http, ServerAway, serverBase } from '../http';
import { t } from '../i18n';
import { Status } from '../status';
import type { Job, Jobs, LayerName } from './contract';
import { JobCard } from './job-card';
import { allWaiting, forgetWaiting, keepWaiting, type Waiting } from './queue';
import { send } from './tus';

const lastLogin = 'carreau-depot-login';
const firstPause = 1_000;
const longestPause = 30_000;
/** Of one job, as the server takes it. */
const mostTogether = 1000;

/** The page for the roadside: files wait here until the network lets them go, and their reports come back here. */
export class DepotPage {
  private readonly http = new Http(serverBase());
  private readonly status = new Status(() => location.reload());
  private readonly account = new Account(this.http, {
    otherPerson: () => void this.show(),
    notify: (text) => this.status.notify(text),
  });
  private readonly main = h('main', { class: 'depot-main', id: 'main' }, h('p', { class: 'soft', role: 'status' }, t.loading));
  private readonly queue = h('ul', { class: 'depot-queue' });
  private readonly jobs = h('ul', { class: 'depot-jobs' });
  private readonly offline = h('p', { class: 'depot-offline', role: 'status', hidden: true }, t.depot.offline);
  private readonly layer = h('select', { name: 'layer', id: 'depot-layer' });
  private readonly mission = h('input', { name: 'mission', id: 'depot-mission', maxlength: 200, autocomplete: 'off' });
  private readonly lines = new Map<string, HTMLElement>();
  private cards: JobCard[] = [];
  private layers: LayerName[] = [];
  private started = false;
  private sending = false;
  private wake: () => void = () => undefined;
  private leaving = new AbortController();
  /** Key of the file that is being sent. */
  private leavingKey = '';

  constructor(root: HTMLElement) {
    const logo = h('img', { class: 'logo', src: './logo.svg', alt: '', width: 40, height: 40 });
    const name = h('div', { class: 'brand-words' }, h('h1', {}, t.depot.title), h('p', {}, t.product));
    const map = h('a', { href: './', class: 'button' }, t.depot.backToMap);
    const bar = h('header', { class: 'admin-head brand' }, logo, name, map, this.account.menu.element);
    root.replaceChildren(bar, this.account.notices.element, this.main, this.status.toast, this.status.voice);
  }

  async start(): Promise<void> {
    window.addEventListener('online', () => this.networkChanged());
    window.addEventListener('offline', () => this.networkChanged());
    this.networkChanged();
    await this.account.start();
    this.started = true;
    await this.show();
  }

  /** Without network the last known person may still put files into the queue; sending asks the server who it is. */
  private get login(): string | null {
    return this.account.session.state.person?.login ?? (navigator.onLine ? null : localStorage.getItem(lastLogin));
  }

  private networkChanged(): void {
    this.offline.hidden = navigator.onLine;
    if (!navigator.onLine) return;
    this.wake();
    if (this.started && !this.account.session.state.person) void this.account.refresh().then(() => this.show());
  }

  private async show(): Promise<void> {
    for (const card of this.cards) card.close();
    this.cards = [];
    if (this.login === null) return this.showStranger();
    localStorage.setItem(lastLogin, this.login);
    this.main.replaceChildren(this.offline, this.chooser(), this.queue, this.jobs);
    await this.listWaiting();
    try {
      this.showJobs(await this.http.get<Jobs>('jobs'));
    } catch (error) {
      if (!(error instanceof ServerAway)) this.status.notify(explanation(error));
    }
    void this.sendAll();
  }

  private showStranger(): void {
    const login = h('button', { type: 'button', class: 'button main' }, t.login);
    login.addEventListener('click', () => this.account.openLogin());
    this.main.replaceChildren(this.offline, h('div', { class: 'empty' }, h('p', {}, t.depot.mustLogIn), login, h('a', { href: './' }, t.depot.backToMap)));
  }

  private chooser(): HTMLElement {
    const pick = (attributes: Record<string, string | boolean>, words: string) => {
      const input = h('input', { type: 'file', class: 'depot-input', ...attributes });
      input.addEventListener('change', () => {
        void this.add([...(input.files ?? [])]);
        input.value = '';
      });
      return h('label', { class: 'button main depot-pick' }, words, input);
    };
    const files = pick({ multiple: true, id: 'depot-files' }, t.depot.choose);
    const photo = pick({ accept: 'image/jpeg', capture: 'environment', id: 'depot-photo' }, t.depot.photograph);
    this.layer.replaceChildren(h('option', { value: '' }, t.depot.layerByContent));
    return h('section', { class: 'depot-choose' }, files, photo, h('label', { for: 'depot-mission' }, t.depot.mission), this.mission, h('label', { for: 'depot-layer' }, t.depot.layer), this.layer);
  }

  private showJobs({ items, layers }: Jobs): void {
    if (layers.length === 0) this.main.prepend(h('p', { class: 'job-reason' }, t.depot.notAllowed));
    this.layers = layers;
    const chosen = this.layer.value;
    this.layer.append(...layers.map(({ id, title }) => h('option', { value: id }, title)));
    this.layer.value = chosen;
    this.jobs.replaceChildren();
    for (const job of items) this.addCard(job, 'last');
    if (items.length === 0) this.jobs.append(h('li', { class: 'soft none' }, t.depot.none));
  }

  private addCard(job: Job, place: 'first' | 'last'): void {
    this.jobs.querySelector('.none')?.remove();
    const card = new JobCard(this.http, job, this.layers, {
      notify: (text) => this.status.notify(text),
      removed: () => {
        card.close();
        card.element.remove();
      },
    });
    this.cards.push(card);
    if (place === 'first') this.jobs.prepend(card.element);
    else this.jobs.append(card.element);
  }

  private async add(files: File[]): Promise<void> {
    const login = this.login;
    if (login === null) return;
    const [layer, mission] = [this.layer.value, this.mission.value.trim()];
    const started = newKey();
    for (const [index, file] of files.entries()) {
      const key = newKey();
      // Photos chosen together are one flight; other files are read one by one.
      const batch = file.type === 'image/jpeg' ? `${started}-${Math.floor(index / mostTogether)}` : key;
      const waiting = { key, login, name: file.name, size: file.size, layer, mission, batch, sent: null, file, upload: null };
      try {
        await keepWaiting(waiting);
        this.line(waiting);
      } catch (error) {
        this.status.notify(explanation(error));
      }
    }
    void this.sendAll();
    this.wake();
  }

  private async listWaiting(): Promise<void> {
    this.queue.replaceChildren();
    this.lines.clear();
    for (const waiting of await this.mine()) if (!waiting.sent) this.line(waiting);
  }

  private async mine(): Promise<Waiting[]> {
    return (await allWaiting()).filter((waiting) => waiting.login === this.login);
  }

  private line(waiting: Waiting): void {
    const forget = h('button', { type: 'button', class: 'button' }, t.depot.forget);
    forget.addEventListener('click', () => void this.forget(waiting.key));
    const words = h('span', { class: 'depot-words', role: 'status' }, t.depot.waitingToSend);
    const line = h('li', { 'data-key': waiting.key }, h('span', { class: 'depot-name' }, waiting.name), h('progress', { max: Math.max(1, waiting.size), value: 0 }), words, forget);
    this.lines.set(waiting.key, line);
    this.queue.append(line);
  }

  private progressed(waiting: Waiting, sent: number): void {
    const line = this.lines.get(waiting.key);
    const bar = line?.querySelector('progress');
    if (bar) bar.value = sent;
    const words = line?.querySelector('.depot-words');
    if (words) words.textContent = t.depot.sending(Math.floor((100 * sent) / Math.max(1, waiting.size)));
  }

  private async forget(key: string): Promise<void> {
    await forgetWaiting(key);
    this.lines.get(key)?.remove();
    this.lines.delete(key);
    if (key !== this.leavingKey) return;
    this.leaving.abort();
    this.leaving = new AbortController();
  }

  /** One file after the other, until none is left; a network that is away is waited for. */
  private async sendAll(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    let pause = firstPause;
    try {
      for (let next = await this.nextStep(); next; next = await this.nextStep()) {
        const [first] = next;
        try {
          if (first.sent) await this.makeJob(next);
          else await this.sendOne(first);
          pause = firstPause;
        } catch (error) {
          if (!first.sent && (this.leaving.signal.aborted || !this.lines.has(first.key))) continue;
          if (!(error instanceof ServerAway)) {
            this.status.notify(`${first.name} : ${explanation(error)}`);
            for (const { key } of next) await this.forget(key);
            continue;
          }
          const words = this.lines.get(first.key)?.querySelector('.depot-words');
          if (words) words.textContent = t.depot.waitingToSend;
          await this.rest(pause);
          pause = Math.min(2 * pause, longestPause);
        }
      }
    } finally {
      this.sending = false;
    }
  }

  private rest(time: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, time);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** What is to be done next: a batch that is sent becomes a job, else one more file is sent. */
  private async nextStep(): Promise<[Waiting, ...Waiting[]] | null> {
    const batches = new Map<string, [Waiting, ...Waiting[]]>();
    for (const waiting of await this.mine()) {
      const batch = batches.get(waiting.batch);
      if (batch) batch.push(waiting);
      else batches.set(waiting.batch, [waiting]);
    }
    for (const batch of batches.values()) {
      const left = batch.find((waiting) => !waiting.sent);
      return left ? [left] : batch;
    }
    return null;
  }

  private async sendOne(waiting: Waiting): Promise<void> {
    this.leavingKey = waiting.key;
    const address = await send(waiting.file, waiting.name, waiting.upload, {
      uploads: this.http.url('uploads'),
      csrf: this.http.csrf,
      signal: this.leaving.signal,
      progressed: (sent) => this.progressed(waiting, sent),
      placed: async (place) => {
        waiting.upload = place;
        await keepWaiting(waiting);
      },
    });
    // The server has it: the device need not keep its bytes.
    await keepWaiting({ ...waiting, sent: address.split('/').pop() ?? null, file: new Blob() });
    this.lines.get(waiting.key)?.remove();
    this.lines.delete(waiting.key);
  }

  private async makeJob(batch: [Waiting, ...Waiting[]]): Promise<void> {
    const [{ layer, mission }] = batch;
    const options = mission ? { mission } : {};
    const uploads = batch.map((waiting) => waiting.sent);
    const job = await this.http.send<Job>('POST', 'jobs', { uploads, layer: layer || null, options });
    for (const { key } of batch) await this.forget(key);
    if (job) this.addCard(job, 'first');
  }
}

function newKey(): string {
  return `${Date.now()}-${Math.random().toString(36).slice(2)}`;
}
