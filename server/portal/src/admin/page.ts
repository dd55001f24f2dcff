import { Account } from '../account/account';
import { h } from '../dom';
import { Http, serverBase } from '../http';
import { t } from '../i18n';
import { Status } from '../status';
import { AdminApi } from './api';
import { auditSection } from './audit';
import { conventionsSection } from './conventions';
import { engagementsSection } from './engagements';
import { layersSection } from './layers';
import { organisationsSection } from './organisations';
import { peopleSection } from './people';
import { servicesSection } from './services';
import { Tabs } from './tabs';
import { tokensSection } from './tokens';

/** The administration: for administrators its tabs, for others the reason why there is nothing and the way in. */
export class AdminPage {
  private readonly http = new Http(serverBase());
  private readonly status = new Status(() => location.reload());
  private readonly account = new Account(this.http, {
    otherPerson: () => this.show(),
    notify: (text) => this.status.notify(text),
  });
  private readonly main = h('main', { class: 'admin-main', id: 'main' }, h('p', { class: 'soft', role: 'status' }, t.loading));

  constructor(root: HTMLElement) {
    root.replaceChildren(this.head(), this.account.notices.element, this.main, this.status.toast, this.status.voice);
  }

  async start(): Promise<void> {
    await this.account.start();
    this.show();
  }

  private show(): void {
    this.main.replaceChildren(...(this.account.session.state.administrator ? this.tabs() : this.refusal()));
  }

  private tabs(): HTMLElement[] {
    const api = new AdminApi(this.http);
    const tabs = new Tabs([
      organisationsSection(api),
      peopleSection(api),
      servicesSection(api),
      conventionsSection(api),
      engagementsSection(api),
      layersSection(api),
      tokensSection(api),
      auditSection(api),
    ]);
    return [tabs.element];
  }

  private refusal(): HTMLElement[] {
    const { person } = this.account.session.state;
    const words = h('div', { class: 'empty' }, h('p', {}, person ? t.admin.notAdministrator(person.name) : t.admin.mustLogIn));
    if (!person) words.append(h('button', { type: 'button', class: 'button main', onclick: () => this.account.openLogin() }, t.login));
    words.append(h('a', { href: './' }, t.admin.backToMap));
    return [words];
  }

  private head(): HTMLElement {
    const logo = h('img', { class: 'logo', src: './logo.svg', alt: '', width: 40, height: 40 });
    const name = h('div', { class: 'brand-words' }, h('h1', {}, t.administration), h('p', {}, t.product));
    const map = h('a', { href: './', class: 'button' }, t.admin.backToMap);
    return h('header', { class: 'admin-head brand' }, logo, name, map, this.account.menu.element);
  }
}
