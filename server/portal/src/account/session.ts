import { ServerRefusal, type Http } from '../http';

export interface Person {
  id: number;
  login: string;
  name: string;
  organisation: { id: number; name: string; kind: string };
  services: string[] | null;
}

export interface EndedConvention {
  title: string;
  ended_at: string;
  contact: string | null;
  layers: string[];
}

export interface EndingConvention {
  title: string;
  ends_at: string;
}

export interface SessionState {
  authenticated: boolean;
  person: Person | null;
  csrf: string | null;
  administrator: boolean;
  /** Deposits of others may be his to publish. */
  reviewer: boolean;
  login_methods: { password: boolean; oidc: { title: string; url: string } | null };
  ended: EndedConvention[];
  ending: EndingConvention[];
}

export type TokenKind = 'application' | 'token';

export interface Token {
  id: number;
  kind: TokenKind;
  title: string;
  prefix?: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
}

export interface TokenWish {
  title: string;
  kind: TokenKind;
  expires_at: string | null;
}

export interface SessionEvents {
  /** `other`: not the same person as before, so that everything shown may have to change. */
  changed(state: SessionState, other: boolean): void;
  /** The session was ended by the server: too old, or withdrawn. */
  lost(): void;
}

const nobody: SessionState = {
  authenticated: false,
  person: null,
  csrf: null,
  administrator: false,
  reviewer: false,
  login_methods: { password: true, oidc: null },
  ended: [],
  ending: [],
};

/** Who the reader is to the server. */
export class Session {
  state: SessionState = nobody;
  private looking: Promise<void> | null = null;
  private known = false;
  private loggingIn = false;
  private shed = false;

  constructor(
    private readonly http: Http,
    private readonly events: SessionEvents,
  ) {
    http.unauthorised = () => void this.check();
  }

  /** Asks who the reader is. Throws when the server cannot say. */
  async refresh(): Promise<void> {
    const state = await this.http.get<SessionState>('session');
    // The first answer changes nobody: whatever was asked before it was asked as the same person.
    const other = this.known && state.person?.id !== this.state.person?.id;
    this.meet(state, other);
  }

  /** A question was refused: looks whether the session still holds, once at a time whatever the number of refusals. */
  check(): Promise<void> {
    if (this.loggingIn) return Promise.resolve();
    const act = () => (this.state.authenticated ? this.look() : this.shedOld());
    this.looking ??= act().finally(() => (this.looking = null));
    return this.looking;
  }

  async login(login: string, password: string): Promise<void> {
    this.loggingIn = true;
    try {
      const state = await this.http.send<SessionState>('POST', 'session', { login, password });
      if (state) this.adopt(state, true);
    } finally {
      this.loggingIn = false;
    }
  }

  async logout(): Promise<void> {
    try {
      await this.http.send('DELETE', 'session');
    } catch (error) {
      // A session that is gone already, or a mark of an older one, is logged out too.
      if (!(error instanceof ServerRefusal) || (error.status !== 401 && error.status !== 404)) throw error;
    }
    this.adopt({ ...nobody, login_methods: this.state.login_methods }, true);
  }

  async tokens(): Promise<Token[]> {
    return (await this.http.get<{ items: Token[] }>('session/tokens')).items;
  }

  createToken(wish: TokenWish): Promise<(Token & { secret: string }) | null> {
    return this.http.send('POST', 'session/tokens', wish);
  }

  async revokeToken(id: number): Promise<void> {
    await this.http.send('DELETE', `session/tokens/${id}`);
  }

  private async look(): Promise<void> {
    try {
      await this.refresh();
    } catch (error) {
      // A server that does not answer decides nothing; one that refuses the session does.
      if (error instanceof ServerRefusal && error.status === 401) {
        this.meet({ ...nobody, login_methods: this.state.login_methods }, true);
      }
    }
  }

  /** Nobody is logged in and yet refused: the browser may still show the mark of a session of days ago. */
  private async shedOld(): Promise<void> {
    if (this.shed) return;
    this.shed = true;
    await this.http.send('DELETE', 'session').catch(() => undefined);
    this.adopt(this.state, true);
  }

  /** Takes what the server says by itself; somebody who is nobody now has lost the session. */
  private meet(state: SessionState, other: boolean): void {
    if (!this.state.authenticated || state.authenticated) return this.adopt(state, other);
    void this.lose(state);
  }

  /** Lets go of the mark of the dead session first, or every question that carries it would be refused. */
  private async lose(state: SessionState): Promise<void> {
    this.state = state;
    await this.http.send('DELETE', 'session').catch(() => undefined);
    this.adopt(state, true);
    this.events.lost();
  }

  private adopt(state: SessionState, other: boolean): void {
    this.known = true;
    this.state = state;
    this.http.csrf = state.csrf;
    this.events.changed(state, other);
  }
}
