import { h, icon } from './dom';
import { t } from './i18n';

/** Tells what is going on: a banner while the server is away, a line that fades for small news, a voice for both. */
export class Status {
  readonly banner: HTMLElement;
  readonly toast = h('div', { class: 'toast', 'aria-hidden': 'true', hidden: true });
  readonly voice = h('div', { class: 'sr-only', role: 'status', 'aria-live': 'polite', id: 'announcements' });
  private readonly alert = h('span', { role: 'alert' });
  private readonly countdown = h('span', { class: 'countdown', 'aria-hidden': 'true' });
  private ticking = 0;
  private fading = 0;

  constructor(retry: () => void) {
    const button = h('button', { type: 'button', class: 'button', onclick: retry }, t.retry);
    const words = h('span', { class: 'banner-words' }, this.alert, this.countdown);
    this.banner = h('div', { class: 'banner', id: 'server-away', hidden: true }, icon('warning'), words, button);
  }

  announce(text: string): void {
    // The same words twice are only read out again if the text changes in between.
    this.voice.textContent = this.voice.textContent === text ? `${text}\u00a0` : text;
  }

  /** Says something for all to notice, for a few seconds. */
  notify(text: string): void {
    this.announce(text);
    this.toast.textContent = text;
    this.toast.hidden = false;
    clearTimeout(this.fading);
    this.fading = window.setTimeout(() => (this.toast.hidden = true), 4000);
  }

  /** `refusal`: what the server said, when it answered at all. */
  away(seconds: number, refusal: string): void {
    const words = refusal || t.serverAway;
    this.banner.hidden = false;
    if (this.alert.textContent !== words) this.alert.textContent = words;
    this.count(seconds);
  }

  trying(): void {
    clearInterval(this.ticking);
    this.countdown.textContent = t.retrying;
  }

  back(): void {
    clearInterval(this.ticking);
    if (this.banner.hidden) return;
    this.banner.hidden = true;
    this.alert.textContent = '';
    this.notify(t.serverBack);
  }

  private count(seconds: number): void {
    clearInterval(this.ticking);
    let left = seconds;
    this.countdown.textContent = t.retryIn(left);
    this.ticking = window.setInterval(() => {
      left = Math.max(1, left - 1);
      this.countdown.textContent = t.retryIn(left);
    }, 1000);
  }
}
