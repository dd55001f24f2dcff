import { h } from '../dom';
import { formatTime } from '../format';
import { t } from '../i18n';
import type { Draft, Job, Problem, Report } from './contract';

const shownProblems = 30;
const shownNames = 3;

/** The names of the files, the first ones. */
export function filesOf(job: Job): string {
  const names = job.files.slice(0, shownNames).map((file) => file.name);
  return t.depot.filesNamed(names.join(', '), Math.max(0, job.files.length - shownNames));
}

/** What was read of the files: counts, system, remarks; `more` comes before the remarks. */
export function reportView(job: Job, report: Report, more: HTMLElement | null = null): HTMLElement {
  const facts = (report.drafts ?? []).map((draft) => h('p', { class: 'job-facts' }, factsOf(draft, report)));
  const crs = report.crs.length ? h('p', { class: 'soft' }, report.crs.join(' ; ')) : null;
  const box = h('div', { class: 'job-report' }, ...facts, crs, more);
  if (report.problem_count > 0) box.append(problems(job, report));
  return box;
}

/** Who sent a deposit back to its author, and why. */
export function returned({ at, by, organisation, message }: NonNullable<Job['returned']>): HTMLElement {
  return h('div', { class: 'job-returned', role: 'note' }, h('p', {}, t.depot.returned(by, organisation, formatTime(at, t.locale))), h('blockquote', {}, message));
}

function factsOf(draft: Draft, report: Report): string {
  const words = [`${draft.title ? `${draft.title}\u00a0: ` : ''}${t.depot.objects(draft.rows)}`];
  const refused = report.tables[draft.table]?.refused ?? 0;
  if (refused) words.push(t.depot.refusedRows(refused));
  if (draft.duplicates) words.push(t.depot.duplicates(draft.duplicates));
  if (draft.outside_territory) words.push(t.depot.outside(draft.outside_territory));
  if (draft.precision) {
    const classes = Object.entries(draft.precision).map(([name, count]) => `${t.depot.classes[name] ?? name}\u00a0: ${count}`);
    words.push(`${t.depot.precision} (${classes.join(', ')})`);
  }
  const worse = draft.worse_than_asked;
  if (worse) words.push(t.depot.worse(worse.rows, t.depot.classes[worse.class] ?? worse.class));
  return words.join(' ; ');
}

function problems(job: Job, report: Report): HTMLElement {
  const line = (problem: Problem) =>
    h(
      'li',
      { class: problem.kind },
      `${t.depot.problemKinds[problem.kind] ?? problem.kind}${job.files.length > 1 ? ` ${problem.file}` : ''}${problem.feature ? ` ${t.depot.row(problem.feature)}` : ''}${problem.field ? ` (${problem.field})` : ''} : ${problem.reason}`,
    );
  const list = h('ul', { class: 'job-problems' }, ...report.problems.slice(0, shownProblems).map(line));
  if (report.problem_count > shownProblems) list.append(h('li', {}, t.depot.more(report.problem_count - shownProblems)));
  return h('details', report.refused ? { open: true } : {}, h('summary', {}, t.depot.problems(report.problem_count)), list);
}
