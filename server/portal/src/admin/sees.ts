import { lastDayOf, today } from '../dates';
import { h } from '../dom';
import { dayField } from '../fields';
import { Form } from '../form';
import { formatDate } from '../format';
import { t } from '../i18n';
import { Modal } from '../modal';
import type { AdminApi } from './api';
import type { AdminPerson, SeenLayer, Sight } from './contract';
import { Table } from './table';
import { communesCell, rightsWords, type Names } from './words';

/** "Ce que voit cette personne" on some day: layers, communes, rights, how exactly, and because of what. */
export function openSight(api: AdminApi, person: AdminPerson): void {
  const words = t.admin.sees;
  const modal = new Modal(words.title(person.name), 'wide');
  modal.element.classList.add('broad');
  const result = h('div', { class: 'sight', 'aria-live': 'polite' });
  const date = dayField('at', { label: words.day }, today(), { required: true });
  const look = async () => {
    const day = date.value() ?? today();
    const [sight, communes] = await Promise.all([api.sees(person.id, day), api.communes()]);
    result.replaceChildren(...sightWords(sight, day, communes));
  };
  const form = new Form([date], { submit: words.look }, look);
  form.element.classList.add('one-line');
  modal.open(form.element, result);
  void look().catch((error: unknown) => form.fail(error));
}

function sightWords({ layers, ended }: Sight, day: string, communes: Names): HTMLElement[] {
  const words = t.admin.sees;
  const said = layers.length > 0 ? words.count(layers.length, formatDate(day, t.locale)) : words.nothing(formatDate(day, t.locale));
  const parts: HTMLElement[] = [h('p', {}, said)];
  if (layers.length > 0) parts.push(layersTable(layers, communes));
  if (ended.length > 0) {
    const lines = ended.map((one) => h('li', {}, t.conventionEnded(one.title, formatDate(lastDayOf(one.ended_at), t.locale)), ' ', t.layersClosed(one.layers)));
    parts.push(h('h3', {}, words.ended), h('ul', { class: 'lines' }, ...lines));
  }
  return parts;
}

function layersTable(layers: SeenLayer[], communes: Names): HTMLElement {
  const words = t.admin.sees;
  const table = new Table<SeenLayer>(words.layers, [
    { title: words.layer, cell: (one) => one.title || one.name },
    { title: words.communes, cell: (one) => (one.perimeter ? placeWithPerimeter(one, communes) : communesCell(one.communes, communes)) },
    { title: words.rights, cell: (one) => rightsWords(one.rights) },
    { title: words.resolution, cell: (one) => words.resolutions[one.resolution] ?? one.resolution },
    { title: words.because, cell: (one) => one.because.join(', ') },
  ]);
  table.show(layers);
  return table.element;
}

/** A study's perimeter adds to whatever communes conventions open. */
function placeWithPerimeter({ communes }: SeenLayer, names: Names): Node | string {
  if (communes === 'all') return t.admin.communeSets.all;
  if (communes.length === 0) return t.admin.sees.perimeter;
  return h('div', {}, communesCell(communes, names), h('p', {}, t.admin.sees.andPerimeter));
}
