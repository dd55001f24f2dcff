/** How the administration says things: periods, communes, rights. */
import { dayOf, daysAfter, isPast, lastDayOf, today } from '../dates';
import { h } from '../dom';
import { formatDate } from '../format';
import { t } from '../i18n';
import type { Communes, Period, RightsLine } from './contract';

export type Names = Map<string, string>;

export type Phase = 'future' | 'current' | 'ending' | 'past';

const soon = 60;
const namesShown = 4;

export function phaseOf({ valid_from, valid_to }: Period, now = Date.now()): Phase {
  if (isPast(valid_to, now)) return 'past';
  if (valid_from && new Date(valid_from).getTime() > now) return 'future';
  const limit = daysAfter(today(new Date(now)), soon);
  return valid_to && lastDayOf(valid_to) <= limit ? 'ending' : 'current';
}

export function phaseTag(period: Period): HTMLElement {
  const phase = phaseOf(period);
  return h('span', { class: `phase ${phase}` }, t.admin.phases[phase]);
}

export function day(text: string | null): string {
  return text ? formatDate(dayOf(text), t.locale) : '';
}

export function lastDay(text: string | null): string {
  return text ? formatDate(lastDayOf(text), t.locale) : '';
}

export function periodWords({ valid_from, valid_to }: Period): string {
  if (!valid_to) return valid_from ? t.admin.since(day(valid_from)) : t.admin.always;
  return valid_from ? t.admin.fromTo(day(valid_from), lastDay(valid_to)) : t.admin.until(lastDay(valid_to));
}

export function time(text: string | null): string {
  const at = new Date(text ?? '');
  if (!text || Number.isNaN(at.getTime())) return text ?? '';
  return new Intl.DateTimeFormat(t.locale, { dateStyle: 'short', timeStyle: 'medium', timeZone: 'Europe/Paris' }).format(at);
}

export function rightsWords(rights: readonly string[]): string {
  return rights.map((right) => t.admin.rights[right] ?? right).join(', ');
}

/** Names of communes; a long list can be unfolded. */
export function communesCell(communes: Communes, names: Names): Node | string {
  if (communes === 'all' || communes === 'members') return t.admin.communeSets[communes];
  const list = communes.map((code) => names.get(code) ?? code);
  if (list.length <= namesShown) return list.join(', ');
  return h('details', {}, h('summary', {}, t.admin.communeCount(list.length)), h('p', {}, list.join(', ')));
}

export function rightsLineWords(line: RightsLine, services: Names, layers: Names): string {
  const what = line.service ? (services.get(line.service) ?? line.service) : (layers.get(line.layer ?? '') ?? line.layer ?? '');
  const { communes } = line;
  const where = Array.isArray(communes) ? t.admin.communeCount(communes.length) : t.admin.communeSets[communes];
  return `${what} (${where})${t.admin.colon}${rightsWords(line.rights)}`;
}
