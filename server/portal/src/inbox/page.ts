import { Account } from '../account/account';
import type { InboxPage as InboxAnswer, Job } from '../depot/contract';
import { h, icon } from '../dom';
import { explanation } from '../form';
import { Http, serverBase } from '../http';
import { t } from '../i18n';
import { Status } from '../status';
import { DepositCard, markOf } from './deposit-card';

type InboxState = 'proposed' | 'publishing' | 'published';
const states: readonly InboxState[] = ['proposed', 'publishing', 'published'];

/** What others handed over, newest first, kept fresh while the page is open. */
export class InboxPage {
  private readonly http = new Http(serverBase());
  private readonly status = new Status(() => location.reload());
  private readonly account = new Account(this.http, {
    otherPerson: () => this.show(),
    notify: (text) => this.status.notify(text),
  });
  private readonly main = h('main', { class: 'depot-main inbox', id: 'main' }, h('p', { class: 'soft', role: 'status' }, t.loading));
  private readonly choice = h('select', { name: 'state', id: 'inbox-state' });
  private readonly list = h('ul', { class: 'depot-jobs', id: 'inbox', tabindex: -1, 'aria-label': t.inbox.title });
  private readonly foot = h('div', { class: 'inbox-foot' });
  private cards: DepositCard[] = [];
  private watch: EventSource | null = null;
  /** Of the last list asked for: answers of earlier ones are not shown. */
  private asked = 0;

  constructor(root: HTMLElement) {
    const logo = h('img', { class: 'logo', src: './logo.svg', alt: '', width: 40, height: 40 });
    const name = h('div', { class: 'brand-words' }, h('h1', {}, t.inbox.title), h('p', {}, t.product));
    const map = h('a', { href: './', class: 'button' }, t.depot.backToMap);
    const bar = h('header', { class: 'admin-head brand' }, logo, name, map, this.account.menu.element);
    root.replaceChildren(bar, this.account.notices.element, this.main, this.status.toast, this.status.voice);
    for (const state of states) this.choice.append(h('option', { value: state }, t.inbox.states[state]));
    this.choice.addEventListener('change', () => {
      this.clear();
      void this.load();
    });
  }

  async start(): Promise<void> {
    await this.account.start();
    this.show();
  }

  private get state(): InboxState {
    return states.find((state) => state === this.choice.value) ?? 'proposed';
  }

  private show(): void {
    this.watch?.close();
    this.watch = null;
    this.clear();
    if (!this.account.session.state.person) return this.showStranger();
    const filter = h('div', { class: 'inbox-filter' }, h('label', { for: this.choice.id }, t.inbox.show), this.choice);
    this.main.replaceChildren(filter, this.list, this.foot);
    void this.load();
    // The browser asks again by itself when the connection is lost.
    this.watch = new EventSource(this.http.url('inbox/events'));
    this.watch.onmessage = () => void this.load();
  }

  private showStranger(): void {
    const login = h('button', { type: 'button', class: 'button main' }, t.login);
    login.addEventListener('click', () => this.account.openLogin());
    this.main.replaceChildren(h('div', { class: 'empty' }, h('p', {}, t.inbox.mustLogIn), login, h('a', { href: './' }, t.depot.backToMap)));
  }

  private clear(): void {
    this.cards = [];
    this.list.replaceChildren(h('li', { class: 'soft none', role: 'status' }, t.loading));
    this.foot.replaceChildren();
  }

  /** The first page anew; cards of what did not change stay as they are, open or not. */
  private async load(): Promise<void> {
    const turn = ++this.asked;
    try {
      const page = await this.http.get<InboxAnswer>(`inbox?state=${this.state}`);
      if (turn !== this.asked) return;
      const known = new Map(this.cards.map((card) => [card.mark, card]));
      this.cards = page.items.map((job) => known.get(markOf(job)) ?? this.card(job));
      this.arrange();
      this.tellWaiting(page.waiting);
      this.offerMore(page);
    } catch (error) {
      if (turn !== this.asked) return;
      const again = h('button', { type: 'button', class: 'button', onclick: () => void this.load() }, t.retry);
      this.foot.replaceChildren(h('div', { class: 'empty', role: 'alert' }, icon('warning'), h('p', {}, `${t.inbox.failed} ${explanation(error)}`), again));
      if (this.cards.length === 0) this.list.replaceChildren();
    }
  }

  private card(job: Job): DepositCard {
    return new DepositCard(this.http, job, {
      notify: (text) => this.status.notify(text),
      left: (card) => this.left(card),
    });
  }

  /** Only what differs is moved: an element that is moved loses the focus. */
  private arrange(): void {
    const wanted: HTMLElement[] = this.cards.map((card) => card.element);
    if (wanted.length === 0) wanted.push(h('li', { class: 'soft none' }, t.inbox.none[this.state]));
    for (const child of [...this.list.children]) if (!wanted.some((element) => element === child)) child.remove();
    for (const [place, element] of wanted.entries()) {
      if (this.list.children[place] !== element) this.list.insertBefore(element, this.list.children[place] ?? null);
    }
  }

  private left(card: DepositCard): void {
    const place = this.cards.indexOf(card);
    this.cards = this.cards.filter((other) => other !== card);
    this.arrange();
    const next = this.cards[Math.min(place, this.cards.length - 1)];
    if (next) next.focus();
    else this.list.focus();
    void this.load();
  }

  private tellWaiting(waiting: number): void {
    document.title = `${t.product} – ${waiting > 0 ? t.inbox.titleWith(t.inbox.many(waiting)) : t.inbox.title}`;
    this.account.menu.showWaiting(waiting);
  }

  private offerMore(page: InboxAnswer): void {
    const next = page.links.find(({ rel }) => rel === 'next');
    if (!next) return this.foot.replaceChildren();
    const more = h('button', { type: 'button', class: 'button', 'data-act': 'more', onclick: () => void this.loadMore(next.href, more) }, t.inbox.more);
    this.foot.replaceChildren(more);
  }

  private async loadMore(address: string, button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    const turn = this.asked;
    try {
      const page = await this.http.get<InboxAnswer>(`inbox${new URL(address, serverBase()).search}`);
      if (turn !== this.asked) return;
      const first = this.cards.length;
      this.cards.push(...page.items.map((job) => this.card(job)));
      this.arrange();
      this.cards[first]?.focus();
      this.offerMore(page);
    } catch (error) {
      this.status.notify(explanation(error));
      button.disabled = false;
    }
  }
}
