/**
 * Days as the territory counts them. The server keeps instants and half-open periods; people write and read whole
 * days, the last one included.
 */
const territory = 'Europe/Paris';
const plainDay = /^\d{4}-\d{2}-\d{2}$/;

/** The day an instant falls on, as 2026-11-21; a text that is already a day, or no date at all, comes back as it is. */
export function dayOf(instant: string): string {
  const time = new Date(instant);
  if (plainDay.test(instant) || Number.isNaN(time.getTime())) return instant;
  return dayIn(time);
}

/** The last day of a period that ends at this instant: midnight belongs to the day before. */
export function lastDayOf(end: string): string {
  const time = new Date(end);
  if (plainDay.test(end) || Number.isNaN(time.getTime())) return end;
  return dayIn(new Date(time.getTime() - 1));
}

/** The instant at which a day is over, for members of the API that take instants only. */
export function endOfDay(day: string): string {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  // Clocks change between one and three in the morning: the offset at midnight UTC, an hour or two later, may be
  // the new one, so it is taken a few hours before.
  const before = new Date(next.getTime() - 6 * 3_600_000);
  return new Date(next.getTime() - offsetAt(before)).toISOString();
}

export function today(now = new Date()): string {
  return dayIn(now);
}

/** A day so many days later. */
export function daysAfter(day: string, count: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}

export function isPast(instant: string | null | undefined, now = Date.now()): boolean {
  if (!instant) return false;
  const end = plainDay.test(instant) ? endOfDay(instant) : instant;
  return new Date(end).getTime() <= now;
}

function dayIn(time: Date): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: territory, year: 'numeric', month: '2-digit', day: '2-digit' });
  return parts.format(time);
}

/** Milliseconds the territory's clocks are ahead of UTC. */
function offsetAt(time: Date): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: territory,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(time);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute')) - time.getTime();
}
