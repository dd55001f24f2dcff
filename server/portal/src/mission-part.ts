import { titleOf } from './card-rows';
import type { Collection, FeatureRef, Link, ServerFeature } from './contract';
import { h } from './dom';
import { explanation } from './form';
import { t } from './i18n';
import { membersShown } from './server';

export interface MissionEvents {
  opened(ref: FeatureRef): void;
  members(href: string): Promise<{ layer: string; features: ServerFeature[] }>;
}

/** What the server links a feature with: the mission it belongs to, or what a mission holds, layer by layer. */
export function missionPart(links: Link[], collections: ReadonlyMap<string, Collection>, events: MissionEvents): HTMLElement[] {
  const related = links.filter((link) => link.rel === 'related');
  const held = related.filter((link) => link.count !== undefined);
  const missions = related.filter((link) => link.count === undefined).flatMap((link) => missionButton(link, events));
  const parts: HTMLElement[] = [];
  if (missions.length > 0) parts.push(h('section', { class: 'mission-of' }, h('h3', {}, t.mission.of), ...missions));
  if (held.length > 0) {
    const lists = held.map((link) => heldList(link, collections, events));
    parts.push(h('section', { class: 'mission-holds', 'aria-labelledby': 'mission-holds' }, h('h3', { id: 'mission-holds' }, t.mission.holds), ...lists));
  }
  return parts;
}

function missionButton(link: Link, events: MissionEvents): HTMLElement[] {
  const [, layer, id] = /\/collections\/([^/]+)\/items\/([^/?]+)$/.exec(link.href) ?? [];
  if (layer === undefined || id === undefined) return [];
  const ref = { layer: decodeURIComponent(layer), id: decodeURIComponent(id) };
  const words = h('span', { class: 'option-title' }, link.title ?? ref.id);
  return [h('button', { type: 'button', class: 'hit', onclick: () => events.opened(ref) }, words)];
}

/** One layer of what a mission holds; its features are asked for when the reader opens it. */
function heldList(link: Link, collections: ReadonlyMap<string, Collection>, events: MissionEvents): HTMLElement {
  const list = h('div', { class: 'mission-members' });
  const details = h('details', {}, h('summary', {}, link.title ?? '', h('span', { class: 'count' }, ` ${String(link.count)}`)), list);
  details.addEventListener('toggle', () => {
    if (details.open && list.childElementCount === 0) void fill(list, link, collections, events);
  });
  return details;
}

async function fill(list: HTMLElement, link: Link, collections: ReadonlyMap<string, Collection>, events: MissionEvents): Promise<void> {
  list.replaceChildren(h('p', { class: 'soft', role: 'status' }, t.loading));
  try {
    const { layer, features } = await events.members(link.href);
    const items = features.map((feature) => {
      const id = String(feature.id);
      const title = titleOf(layer, id, feature.properties ?? {}, collections.get(layer), t);
      return h('li', {}, h('button', { type: 'button', class: 'hit', onclick: () => events.opened({ layer, id }) }, title));
    });
    const rest = (link.count ?? 0) > membersShown;
    list.replaceChildren(h('ul', {}, ...items), ...(rest ? [h('a', { href: link.href, target: '_blank' }, t.mission.all)] : []));
  } catch (error) {
    list.replaceChildren(h('p', { class: 'soft', role: 'status' }, explanation(error)));
  }
}
