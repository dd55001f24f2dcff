import type { Change, Collection, FeatureRef, LayerSchema, SearchAnswer, ServerFeature, VersionedFeature } from './contract';
import { ServerAway, ServerRefusal, type Http } from './http';

/** As many features of a mission as a card lists of one layer. */
export const membersShown = 50;

/** The routes the map calls. Answers that have a version are asked for again only if they changed. */
export class Server {
  private readonly versions = new Map<string, string>();
  private readonly schemas = new Map<string, Promise<LayerSchema>>();

  constructor(private readonly http: Http) {}

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

  /** The first features that lie at a place. */
  async featuresAt(layer: string, { lng, lat }: { lng: number; lat: number }, signal: AbortSignal): Promise<ServerFeature[]> {
    const place = `${lng},${lat}`;
    const answer = await this.get<{ features?: ServerFeature[] }>(`collections/${encodeURIComponent(layer)}/items?bbox=${place},${place}&limit=10`, signal);
    return answer.features ?? [];
  }

  /** As it is now, with the version an edit names. */
  async versioned(ref: FeatureRef): Promise<VersionedFeature> {
    const response = await this.http.ask(this.featurePath(ref), {});
    const feature = await waiting(this.http.read<ServerFeature>(response));
    return { feature, version: response.headers.get('ETag') };
  }

  async mayEdit(ref: FeatureRef, signal: AbortSignal): Promise<boolean> {
    const response = await this.http.ask(this.featurePath(ref), { method: 'OPTIONS', signal });
    return (response.headers.get('Allow') ?? '').includes('PATCH');
  }

  /** Changes what is named, when the feature is still of that version. */
  async update(ref: FeatureRef, properties: Record<string, unknown>, version: string | null): Promise<void> {
    const condition: Record<string, string> = version ? { 'If-Match': version } : {};
    await this.http.send('PATCH', this.featurePath(ref), { type: 'Feature', properties }, condition);
  }

  /** Newest first. */
  async history(ref: FeatureRef, signal?: AbortSignal): Promise<Change[]> {
    return (await this.get<{ changes: Change[] }>(`${this.featurePath(ref)}/history`, signal)).changes;
  }

  async undo(ref: FeatureRef, change: number): Promise<void> {
    await this.http.send('POST', `${this.featurePath(ref)}/history/${change}/undo`);
  }

  featureUrl(ref: FeatureRef): string {
    return this.http.url(this.featurePath(ref));
  }

  /** The first features that a link of a feature leads to, and of which layer they are. */
  async members(href: string): Promise<{ layer: string; features: ServerFeature[] }> {
    const parts = /\/collections\/([^/?]+)\/items\?(.*)$/.exec(href);
    const [layer = '', query = ''] = [parts?.[1], parts?.[2]];
    const answer = await this.get<{ features?: ServerFeature[] }>(`collections/${layer}/items?${query}&limit=${membersShown}`);
    return { layer: decodeURIComponent(layer), features: answer.features ?? [] };
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

  private get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return waiting(this.http.get<T>(path, signal));
  }

  private async changed<T>(path: string): Promise<T | null> {
    const version = this.versions.get(path);
    const response = await this.http.ask(path, version ? { headers: { 'If-None-Match': version } } : {});
    if (response.status === 304) return null;
    const body = await waiting(this.http.read<T>(response));
    const received = response.headers.get('ETag');
    if (received) this.versions.set(path, received);
    return body;
  }
}

/** "Too many questions" is for the map the same as a server that is away: it tries again by itself. */
async function waiting<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ServerRefusal && error.status === 429) throw new ServerAway(error.message, { cause: error });
    throw error;
  }
}
