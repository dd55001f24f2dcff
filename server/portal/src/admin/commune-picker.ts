import { h, icon } from '../dom';
import { t } from '../i18n';
import { folded } from './table';
import type { Names } from './words';

const most = 8;

export interface CommunePicker {
  element: HTMLElement;
  /** INSEE codes in the order they were chosen. */
  value(): string[];
}

/** Communes chosen one by one: type a part of a name or a code, press the one that is meant. */
export function communePicker(value: readonly string[], names: Names): CommunePicker {
  const words = t.admin.conventions;
  const chosen = new Set(value);
  const input = h('input', { type: 'search', autocomplete: 'off', 'aria-label': words.communeSearch, placeholder: words.communeSearch });
  const found = h('ul', { class: 'found', 'aria-label': words.communesFound });
  const list = h('ul', { class: 'chips', 'aria-label': words.communesChosen });
  const said = h('p', { class: 'sr-only', role: 'status' });

  const choose = (code: string) => {
    chosen.add(code);
    input.value = '';
    showFound();
    showChosen();
    said.textContent = words.communeAdded(names.get(code) ?? code);
    input.focus();
  };
  const drop = (code: string) => {
    chosen.delete(code);
    showChosen();
    input.focus();
  };
  const showFound = () => {
    const matches = matching(input.value, names).filter((code) => !chosen.has(code)).slice(0, most);
    found.replaceChildren(...matches.map((code) => h('li', {}, foundButton(code, names, () => choose(code)))));
  };
  const showChosen = () => list.replaceChildren(...[...chosen].map((code) => h('li', {}, chip(code, names, () => drop(code)))));

  input.addEventListener('input', showFound);
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    // Enter takes the first one found; the form around is sent with its button.
    event.preventDefault();
    const [first] = matching(input.value, names).filter((code) => !chosen.has(code));
    if (first) choose(first);
  });
  showChosen();
  const element = h('div', { class: 'commune-picker field' }, list, input, found, said);
  return { element, value: () => [...chosen] };
}

/** Codes of communes whose name has a word that starts so, or whose code does. */
export function matching(text: string, names: Names): string[] {
  const wanted = folded(text).trim();
  if (wanted === '') return [];
  const fits = (code: string, name: string) => code.startsWith(wanted) || ` ${folded(name).replace(/[-']/g, ' ')}`.includes(` ${wanted}`);
  return [...names].filter(([code, name]) => fits(code, name)).map(([code]) => code);
}

function foundButton(code: string, names: Names, act: () => void): HTMLElement {
  return h('button', { type: 'button', class: 'button', onclick: act }, names.get(code) ?? code, h('span', { class: 'soft' }, code));
}

function chip(code: string, names: Names, act: () => void): HTMLElement {
  const name = names.get(code) ?? code;
  const button = h('button', { type: 'button', class: 'chip', 'aria-label': t.admin.conventions.communeRemove(name), onclick: act }, name);
  button.append(icon('close'));
  return button;
}
