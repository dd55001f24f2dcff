/** The dates of what the map has loaded: which days there are, and how many features in some of them. Pure. */
import { dayOfValue, widened, type TimeRange } from './time-range';

export class DatesSeen {
  private extents = new Map<string, TimeRange>();
  private days = new Map<string, (string | null)[]>();

  /** What is loaded now, by layer: the dates of its features, each once. Layers that are not named are not shown. */
  take(loaded: Map<string, unknown[]>): void {
    this.days = new Map([...loaded].map(([layer, values]) => [layer, values.map(dayOfValue)]));
    for (const [layer, days] of this.days) {
      // Days once seen stay: the slider must not jump about while the map is moved.
      let extent = this.extents.get(layer) ?? null;
      for (const day of days) {
        if (day === null) continue;
        extent = extent ? { from: day < extent.from ? day : extent.from, to: day > extent.to ? day : extent.to } : { from: day, to: day };
      }
      if (extent) this.extents.set(layer, extent);
    }
  }

  /** Another person reads. */
  forget(): void {
    this.extents.clear();
    this.days.clear();
  }

  /** The extents of the layers shown. */
  ranges(): TimeRange[] {
    return [...this.days.keys()].flatMap((layer) => this.extents.get(layer) ?? []);
  }

  /** How many of the features loaded the range holds; without a range all of them, those without date too. */
  count(range: TimeRange | null): { within: number; all: number } {
    const all = [...this.days.values()].flat();
    const within = range ? all.filter((day) => day !== null && range.from <= day && day <= range.to) : all;
    return { within: within.length, all: all.length };
  }
}

/** From the first day to the last, in whole months or years; null when nothing shown has a date. */
export function extentOfDates(seen: DatesSeen): TimeRange | null {
  const ranges = seen.ranges();
  const [first] = ranges.map((range) => range.from).sort();
  const last = ranges.map((range) => range.to).sort().at(-1);
  return first === undefined || last === undefined ? null : widened(first, last);
}
