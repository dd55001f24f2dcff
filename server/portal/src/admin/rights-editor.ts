import { h } from '../dom';
import { choiceField, grouped, severalField, type Choice, type Field } from '../fields';
import { t } from '../i18n';
import { choices } from './api';
import { communePicker } from './commune-picker';
import { rights, type Communes, type RightsLine } from './contract';
import type { Names } from './words';

interface Known {
  services: Names;
  layers: Names;
  communes: Names;
}

interface Line {
  element: HTMLElement;
  value(): RightsLine;
  focus(): void;
}

/** Who may do what and where: lines of one service or layer each. */
export function rightsField(value: RightsLine[], known: Known): Field<RightsLine[]> {
  const words = t.admin.conventions;
  let lines: Line[] = [];
  const list = h('div', { class: 'rights-lines' });
  const add = h('button', { type: 'button', class: 'button', id: 'add-right' }, words.addRight);
  const append = (line: RightsLine): Line => {
    const made = rightsLine(line, known, () => {
      lines = lines.filter((one) => one !== made);
      made.element.remove();
      add.focus();
    });
    lines.push(made);
    list.append(made.element);
    return made;
  };
  add.addEventListener('click', () => append({ service: null, layer: null, communes: 'all', rights: ['read'] }).focus());
  value.forEach(append);
  const content = h('div', { class: 'form' }, list, add);
  return grouped('rights', { label: words.rights }, content, () => lines.map((line) => line.value()), () => add.focus());
}

export function rightChoices(): Choice[] {
  return rights.map((right) => ({ value: right, label: t.admin.rights[right] ?? right }));
}

function rightsLine(line: RightsLine, known: Known, remove: () => void): Line {
  const words = t.admin.conventions;
  const subject = subjectField(line, known);
  const place = placeField(line.communes, known.communes);
  const given = severalField('given', { label: words.given }, rightChoices(), line.rights);
  const drop = h('button', { type: 'button', class: 'button danger', onclick: remove }, words.removeRight);
  const element = h('div', { class: 'rights-line form', role: 'group', 'aria-label': words.right });
  element.append(subject.element, place.element, given.element, h('div', { class: 'form-end' }, drop));
  const value = () => ({ ...subjectOf(subject.value()), communes: place.value(), rights: given.value() });
  return { element, value, focus: () => subject.focus() };
}

/** Services and layers in one list, told apart by what stands before the colon. */
function subjectField({ service, layer }: RightsLine, { services, layers }: Known): Field<string> {
  const words = t.admin.conventions;
  const field = choiceField('subject', { label: words.subject }, [], '', { required: true });
  const select = field.element.querySelector('select') as HTMLSelectElement;
  const group = (label: string, kind: string, names: Names) =>
    h('optgroup', { label }, ...choices(names).map((one) => h('option', { value: `${kind}:${one.value}` }, one.label)));
  const chosen = service !== null ? `service:${service}` : layer !== null ? `layer:${layer}` : '';
  select.append(h('option', { value: '' }, words.choose));
  select.append(group(words.subjectServices, 'service', services), group(words.subjectLayers, 'layer', layers));
  select.value = chosen;
  // A layer this session does not see stays what it was.
  if (chosen && select.value !== chosen) select.append(h('option', { value: chosen, selected: true }, service ?? layer));
  return field;
}

export function subjectOf(text: string): { service: string | null; layer: string | null } {
  const cut = text.indexOf(':');
  const name = text.slice(cut + 1);
  return text.startsWith('service:') ? { service: name, layer: null } : { service: null, layer: name || null };
}

function placeField(value: Communes, names: Names): { element: HTMLElement; value(): Communes } {
  const words = t.admin.conventions;
  const sets = [
    { value: 'all', label: t.admin.communeSets.all },
    { value: 'members', label: t.admin.communeSets.members },
    { value: 'list', label: words.communesChosen },
  ];
  const set = choiceField('communes', { label: words.communes }, sets, Array.isArray(value) ? 'list' : value);
  const picker = communePicker(Array.isArray(value) ? value : [], names);
  const follow = () => (picker.element.hidden = set.value() !== 'list');
  set.element.addEventListener('change', follow);
  follow();
  const read = (): Communes => {
    const chosen = set.value();
    return chosen === 'all' || chosen === 'members' ? chosen : picker.value();
  };
  return { element: h('div', { class: 'form' }, set.element, picker.element), value: read };
}
