import type { Http } from '../http';
import { t } from '../i18n';
import { explanation } from '../form';
import { AccountMenu } from './account-menu';
import { loginErrorWords, openLogin, returnPath, takeLoginError } from './login-dialog';
import { Notices } from './notices';
import { Session, type SessionState } from './session';
import { TokensPanel } from './tokens-panel';

export interface AccountChanges {
  /** Another person, or nobody any more: what is shown has to be asked for again. */
  otherPerson(): void;
  notify(text: string): void;
}

/** Everything of the page that knows who the reader is: the session, its control, its notices, its dialogs. */
export class Account {
  readonly menu: AccountMenu;
  readonly notices: Notices;
  readonly session: Session;

  constructor(
    private readonly http: Http,
    private readonly changes: AccountChanges,
  ) {
    this.notices = new Notices(() => this.openLogin());
    this.menu = new AccountMenu({
      login: () => this.openLogin(),
      tokens: () => new TokensPanel(this.session, this.http.url('')).open(),
      logout: () => void this.logout(),
    });
    this.session = new Session(http, {
      changed: (state, other) => this.changed(state, other),
      lost: () => this.notices.sessionLost(),
    });
  }

  /** Asks who the reader is before anything else is asked; without an answer the reader is nobody. */
  async start(): Promise<void> {
    const failure = takeLoginError();
    await this.refresh();
    if (failure !== null) this.openLogin(loginErrorWords(failure));
  }

  /** What the reader may see has changed on the server: the reasons may have too. */
  async refresh(): Promise<void> {
    await this.session.refresh().catch(() => this.menu.show(this.session.state));
  }

  openLogin(problem = ''): void {
    openLogin(this.session, returnPath(), problem);
  }

  private async logout(): Promise<void> {
    try {
      await this.session.logout();
      this.changes.notify(t.loggedOut);
    } catch (error) {
      this.changes.notify(explanation(error));
    }
  }

  /** Of no weight: without an answer the link stands without a number. */
  private async countWaiting(): Promise<void> {
    const told = await this.http.get<{ waiting: number }>('inbox?limit=1').catch(() => null);
    if (told) this.menu.showWaiting(told.waiting);
  }

  private changed(state: SessionState, other: boolean): void {
    this.menu.show(state);
    this.notices.show(state);
    if (state.reviewer) void this.countWaiting();
    if (other && state.person) this.changes.notify(t.loggedIn(state.person.name));
    if (other) this.changes.otherPerson();
  }
}
