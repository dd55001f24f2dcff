/** The server could not be reached, or answered that it cannot serve now: worth trying again. */
export class ServerAway extends Error {}

/** The server understood and refused; `message` is what it says to the reader. */
export class ServerRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** The member of the request that was wrong, when the server names one. */
    readonly parameter: string | null = null,
    /** Seconds to wait before asking again, when the server says so. */
    readonly retryAfter: number | null = null,
    /** All the server says about it: the errors field by field, both versions of a conflict. */
    readonly problem: Record<string, unknown> = {},
    /** The version of what is stored now, when that is why. */
    readonly version: string | null = null,
  ) {
    super(message);
  }
}

export type UnsafeMethod = 'POST' | 'PATCH' | 'DELETE';

interface Asking {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
}

const answerDeadline = 15_000;
const accepted = 'application/json, application/geo+json, application/schema+json';
const bodyTypes = { POST: 'application/json', PATCH: 'application/merge-patch+json', DELETE: 'application/json' };

/** Where the server's routes start: the folder the page was served from, whatever prefix a proxy puts before it. */
export function serverBase(): URL {
  return new URL('.', document.baseURI.replace(/#.*$/, ''));
}

/** Asks the server and turns what goes wrong into the two errors above. */
export class Http {
  /** Proves that a change comes from this page and not from another site; known once somebody is logged in. */
  csrf: string | null = null;
  /** Called when a question is refused for want of a login. */
  unauthorised: () => void = () => undefined;

  constructor(private readonly base: URL) {}

  url(path: string): string {
    return new URL(path, this.base).href;
  }

  async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.read<T>(await this.ask(path, signal ? { signal } : {}));
  }

  /** Changes something; null when the server has nothing to say about it. */
  async send<T>(method: UnsafeMethod, path: string, content?: unknown, more: Record<string, string> = {}): Promise<T | null> {
    const headers: Record<string, string> = { ...more };
    if (this.csrf) headers['X-CSRF-Token'] = this.csrf;
    if (content !== undefined) headers['Content-Type'] = bodyTypes[method];
    const asking: Asking = { method, headers };
    if (content !== undefined) asking.body = JSON.stringify(content);
    const response = await this.ask(path, asking);
    if (response.status === 204) return null;
    return this.read<T>(response);
  }

  async ask(path: string, { method = 'GET', headers = {}, body, signal }: Asking): Promise<Response> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), answerDeadline);
    const giveUp = () => deadline.abort();
    signal?.addEventListener('abort', giveUp);
    try {
      return await fetch(this.url(path), {
        method,
        headers: { Accept: accepted, ...headers },
        body: body ?? null,
        cache: headers['If-None-Match'] ? 'no-store' : 'default',
        signal: deadline.signal,
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ServerAway(path, { cause: error });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
    }
  }

  async read<T>(response: Response): Promise<T> {
    if (response.ok) {
      try {
        return (await response.json()) as T;
      } catch (error) {
        throw new ServerAway(response.url, { cause: error });
      }
    }
    const refusal = await refusalOf(response);
    if (refusal.status === 401) this.unauthorised();
    if (refusal.status >= 500) throw new ServerAway(response.url, { cause: refusal });
    throw refusal;
  }
}

async function refusalOf(response: Response): Promise<ServerRefusal> {
  const wait = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  const retryAfter = Number.isFinite(wait) ? wait : null;
  try {
    const problem = (await response.json()) as Record<string, unknown> & Record<'title' | 'detail' | 'parameter', string | undefined>;
    const { title, detail, parameter } = problem;
    const version = response.headers.get('ETag');
    return new ServerRefusal(response.status, detail ?? title ?? '', parameter ?? null, retryAfter, problem, version);
  } catch {
    return new ServerRefusal(response.status, '', null, retryAfter);
  }
}
