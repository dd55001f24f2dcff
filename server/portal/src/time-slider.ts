import { extentOfDates, type DatesSeen } from './dates-seen';
import { h, icon } from './dom';
import { formatDate } from './format';
import { t } from './i18n';
import { dayNumber, dayText, type TimeRange } from './time-range';
import type { View } from './view';

/** Chooses the days whose features the map shows: two handles over the days of what is on the map. */
export class TimeSlider {
  readonly element: HTMLElement;
  private readonly from = this.handle('time-from', t.time.from);
  private readonly to = this.handle('time-to', t.time.to);
  private readonly band = h('div', { class: 'time-band' });
  private readonly words = h('output', { class: 'time-words', for: 'time-from time-to' });
  private readonly reset: HTMLButtonElement;
  private days: TimeRange | null = null;

  constructor(
    private readonly view: View,
    private readonly seen: DatesSeen,
    private readonly changed: () => void,
  ) {
    this.reset = h('button', { type: 'button', class: 'plain time-reset', 'aria-label': t.time.reset, title: t.time.reset, onclick: () => this.whole() });
    this.reset.append(icon('undo'));
    const track = h('div', { class: 'time-track' }, this.band, this.from, this.to);
    const labels = [h('label', { class: 'sr-only', for: this.from.id }, t.time.from), h('label', { class: 'sr-only', for: this.to.id }, t.time.to)];
    this.element = h(
      'section',
      { class: 'time-slider', 'aria-labelledby': 'time-title', hidden: true },
      h('div', { class: 'time-head' }, h('h2', { id: 'time-title' }, t.time.title), this.words, this.reset),
      ...labels,
      track,
    );
  }

  /** Follows what is on the map and what the reader chose. */
  draw(): void {
    const known = extentOfDates(this.seen);
    const chosen = this.view.time;
    this.days = known && chosen ? joined(known, chosen) : known;
    this.element.hidden = this.days === null;
    if (!this.days) return;
    const { from, to } = chosen ?? this.days;
    for (const [input, value] of [[this.from, from], [this.to, to]] as const) {
      input.min = String(dayNumber(this.days.from));
      input.max = String(dayNumber(this.days.to));
      input.value = String(dayNumber(value));
      input.setAttribute('aria-valuetext', formatDate(value, t.locale));
    }
    const [first, last] = [dayNumber(this.days.from), dayNumber(this.days.to)];
    const place = (value: string) => `${((dayNumber(value) - first) / Math.max(1, last - first)) * 100}%`;
    this.band.style.left = place(from);
    this.band.style.right = `calc(100% - ${place(to)})`;
    // Handles that meet at the end must both stay within reach.
    this.from.classList.toggle('above', from === this.days.to);
    this.reset.hidden = chosen === null;
    const { within, all } = this.seen.count(chosen);
    this.words.textContent = `${t.time.between(formatDate(from, t.locale), formatDate(to, t.locale))} · ${t.time.count(within, all)}`;
  }

  private handle(id: string, label: string): HTMLInputElement {
    const input = h('input', { type: 'range', id, step: 1, 'aria-label': label });
    input.addEventListener('input', () => this.moved(input));
    return input;
  }

  private moved(handle: HTMLInputElement): void {
    if (!this.days) return;
    const [from, to] = [Number(this.from.value), Number(this.to.value)];
    // A handle stops at the other one.
    if (from > to) handle.value = handle === this.from ? this.to.value : this.from.value;
    const range = { from: dayText(Number(this.from.value)), to: dayText(Number(this.to.value)) };
    this.choose(range.from <= this.days.from && range.to >= this.days.to ? null : range);
  }

  private whole(): void {
    this.choose(null);
    this.from.focus();
  }

  private choose(range: TimeRange | null): void {
    this.view.choose(range);
    this.changed();
    this.draw();
  }
}

function joined(a: TimeRange, b: TimeRange): TimeRange {
  return { from: a.from < b.from ? a.from : b.from, to: a.to > b.to ? a.to : b.to };
}
