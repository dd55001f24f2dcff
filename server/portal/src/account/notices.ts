import { lastDayOf } from '../dates';
import { h, icon } from '../dom';
import { formatDate } from '../format';
import { t } from '../i18n';
import type { EndedConvention, EndingConvention, SessionState } from './session';

const address = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Says which conventions ended or are about to, and that a session was lost. Each notice can be closed. */
export class Notices {
  readonly element = h('div', { class: 'notices', id: 'notices', role: 'region', 'aria-label': t.notices });
  private readonly closed = new Set<string>();
  private lost: HTMLElement | null = null;

  constructor(private readonly login: () => void) {
    this.element.hidden = true;
  }

  show({ ended, ending, person }: SessionState): void {
    const key = (text: string) => `${person?.login ?? ''} ${text}`;
    const notices = [
      ...ended.map((one) => this.notice(key(`${one.title} ${one.ended_at}`), 'ended', endedWords(one))),
      ...ending.map((one) => this.notice(key(`${one.title} ${one.ends_at}`), 'ending', [h('p', {}, endingWords(one))])),
    ].filter((one) => one !== null);
    if (person) this.lost = null;
    this.fill([...(this.lost ? [this.lost] : []), ...notices]);
  }

  /** The server ended the session. */
  sessionLost(): void {
    const again = h('button', { type: 'button', class: 'button', onclick: this.login }, t.login);
    this.lost = this.notice('', 'lost', [h('p', { role: 'alert' }, t.sessionLost), again]);
    if (this.lost) this.fill([this.lost]);
  }

  private notice(key: string, kind: string, words: HTMLElement[]): HTMLElement | null {
    if (this.closed.has(key)) return null;
    const close = h('button', { type: 'button', class: 'plain', 'aria-label': t.noticeClose, title: t.noticeClose });
    close.append(icon('close'));
    const element = h('div', { class: `notice ${kind}` }, h('div', { class: 'notice-words' }, ...words), close);
    close.addEventListener('click', () => {
      if (key) this.closed.add(key);
      if (element === this.lost) this.lost = null;
      element.remove();
      this.element.hidden = this.element.childElementCount === 0;
    });
    return element;
  }

  private fill(notices: HTMLElement[]): void {
    this.element.replaceChildren(...notices);
    this.element.hidden = notices.length === 0;
  }
}

function endedWords({ title, ended_at, contact, layers }: EndedConvention): HTMLElement[] {
  const words = [h('p', {}, h('strong', {}, t.conventionEnded(title, formatDate(lastDayOf(ended_at), t.locale))))];
  if (layers.length > 0) words.push(h('p', {}, t.layersClosed(layers)));
  words.push(h('p', {}, `${t.whomToAsk} `, contactWords(contact)));
  return words;
}

function endingWords({ title, ends_at }: EndingConvention): string {
  return t.conventionEnding(title, formatDate(lastDayOf(ends_at), t.locale));
}

function contactWords(contact: string | null): Node | string {
  if (!contact) return t.whomToAskUnknown;
  return address.test(contact) ? h('a', { href: `mailto:${contact}` }, contact) : contact;
}
