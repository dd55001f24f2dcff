import type { Collection, FeatureRef, LayerSchema, SearchAnswer, ServerFeature } from './contract';

/** The server could not be reached, or answered that it cannot serve now: worth trying again. */
export class ServerAway extends Error {}

/** The server understood and refused; `message` is what it says to the reader. */
export class ServerRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const answerDeadline = 15_000;

/** Where the server's routes start: the folder the page was served from, whatever prefix a proxy puts before it. */
export function serverBase(): URL {
  return new URL('.', document.baseURI.replace(/#.*$/, ''));
}

/** The routes the portal calls. Answers that have a version are asked for again only if they changed. */
export class Server {
  private readonly versions = new Map<string, string>();
  private readonly schemas = new Map<string, Promise<LayerSchema>>();

  constructor(private readonly base: URL) {}

  /** The layers in drawing order, or null when they are the same as last time. */
  async collections(): Promise<Collection[] | null> {
    const answer = await this.changed<{ collections?: Collection[] }>('collections');
    return answer && (answer.collections ?? []);
  }

  style<T>(): Promise<T> {
    return this.get<T>('styles/portail');
  }

  feature(ref: FeatureRef, signal?: AbortSignal): Promise<ServerFeature> {
    return this.get<ServerFeature>(this.featurePath(ref), signal);
  }

  featureUrl(ref: FeatureRef): string {
    return this.url(this.featurePath(ref));
  }

  schema(layer: string): Promise<LayerSchema> {
    const known = this.schemas.get(layer);
    if (known) return known;
    const asked = this.get<LayerSchema>(`collections/${encodeURIComponent(layer)}/schema`);
    this.schemas.set(layer, asked);
    asked.catch(() => this.schemas.delete(layer));
    return asked;
  }

  search(query: string, limit: number, signal: AbortSignal): Promise<SearchAnswer> {
    return this.get<SearchAnswer>(`search?q=${encodeURIComponent(query)}&limit=${limit}`, signal);
  }

  /** Forgets what was learnt about layers, so that the next question is asked anew. */
  forgetSchemas(): void {
    this.schemas.clear();
  }

  /** Makes the next `collections()` answer in full. */
  forgetVersions(): void {
    this.versions.clear();
  }

  private featurePath({ layer, id }: FeatureRef): string {
    return `collections/${encodeURIComponent(layer)}/items/${encodeURIComponent(id)}`;
  }

  private url(path: string): string {
    return new URL(path, this.base).href;
  }

  private async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    const response = await this.ask(path, {}, signal);
    return this.read<T>(response);
  }

  private async changed<T>(path: string): Promise<T | null> {
    const version = this.versions.get(path);
    const response = await this.ask(path, version ? { 'If-None-Match': version } : {});
    if (response.status === 304) return null;
    const body = await this.read<T>(response);
    const received = response.headers.get('ETag');
    if (received) this.versions.set(path, received);
    return body;
  }

  private async ask(path: string, headers: Record<string, string>, signal?: AbortSignal): Promise<Response> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), answerDeadline);
    const giveUp = () => deadline.abort();
    signal?.addEventListener('abort', giveUp);
    try {
      return await fetch(this.url(path), {
        headers: { Accept: 'application/json, application/geo+json, application/schema+json', ...headers },
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

  private async read<T>(response: Response): Promise<T> {
    if (response.ok) {
      try {
        return (await response.json()) as T;
      } catch (error) {
        throw new ServerAway(response.url, { cause: error });
      }
    }
    if (response.status >= 500 || response.status === 429) throw new ServerAway(response.url);
    throw new ServerRefusal(response.status, await problemText(response));
  }
}

async function problemText(response: Response): Promise<string> {
  try {
    const problem = (await response.json()) as { title?: string; detail?: string };
    return problem.detail ?? problem.title ?? '';
  } catch {
    return '';
  }
}
