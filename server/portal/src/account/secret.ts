import { copyText } from '../clipboard';
import { h } from '../dom';
import { t } from '../i18n';
import type { TokenKind } from './session';

export interface NewSecret {
  kind: TokenKind;
  title: string;
  login: string;
  secret: string;
  /** The address to give to QGIS or to a script. */
  address: string;
}

/** Shows a secret, this once, and how to use it. */
export function secretNote({ kind, title, login, secret, address }: NewSecret): HTMLElement {
  const said = h('span', { role: 'status' });
  const copy = h('button', { type: 'button', class: 'button', id: 'copy-secret' }, t.copySecret);
  copy.addEventListener('click', async () => {
    said.textContent = (await copyText(secret, copy)) ? t.secretCopied : t.secretNotCopied;
  });
  const value = h('code', { class: 'secret', id: 'secret', tabindex: 0 }, secret);
  const lines = kind === 'application' ? t.qgisSteps(address, login) : t.scriptSteps(address);
  return h(
    'section',
    { class: 'secret-note' },
    h('h3', { tabindex: -1 }, t.secretTitle(title)),
    h('p', {}, h('strong', {}, t.secretOnce)),
    h('div', { class: 'secret-line' }, value, copy, said),
    h('h4', {}, kind === 'application' ? t.qgisTitle : t.scriptTitle),
    h('ol', { class: 'steps' }, ...lines.map((line) => h('li', {}, line))),
  );
}
