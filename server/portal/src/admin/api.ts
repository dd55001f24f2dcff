import type { FeatureCollection } from 'geojson';
import type { Collection } from '../contract';
import type { Choice } from '../fields';
import type { Http } from '../http';
import type { AdminToken, Kinds, Sight } from './contract';


type Content = Record<string, unknown>;

/** The routes of the administration, and the names that go with their numbers and codes. */
export class AdminApi {
  private layerNames: Promise<Map<string, string>> | null = null;
  private territory: Promise<FeatureCollection> | null = null;

  constructor(private readonly http: Http) {}

  /** The address to give to QGIS and to programs. */
  get address(): string {
    return this.http.url('');
  }

  async list<K extends keyof Kinds>(kind: K, query = ''): Promise<Kinds[K][]> {
    return (await this.http.get<{ items: Kinds[K][] }>(`admin/${kind}${query}`)).items;
  }

  async create(kind: keyof Kinds, content: Content): Promise<void> {
    await this.http.send('POST', `admin/${kind}`, content);
  }

  async change(kind: keyof Kinds, id: number | string, content: Content): Promise<void> {
    await this.http.send('PATCH', `admin/${kind}/${encodeURIComponent(id)}`, content);
  }

  createToken(content: Content): Promise<(AdminToken & { secret: string }) | null> {
    return this.http.send('POST', 'admin/tokens', content);
  }

  async revokeToken(id: number): Promise<void> {
    await this.http.send('DELETE', `admin/tokens/${id}`);
  }

  sees(person: number, day: string): Promise<Sight> {
    return this.http.get(`admin/people/${person}/sees?at=${encodeURIComponent(day)}`);
  }

  /** Titles of layers by their names. */
  layers(): Promise<Map<string, string>> {
    this.layerNames ??= kept(this.readLayers(), () => (this.layerNames = null));
    return this.layerNames;
  }

  /** Communes by INSEE code, in alphabetical order. */
  async communes(): Promise<Map<string, string>> {
    const features = (await this.communeShapes()).features;
    const named = features.map(({ properties }) => [String(properties?.['code_insee']), String(properties?.['nom'])] as const);
    return new Map(named.sort(([, a], [, b]) => a.localeCompare(b, 'fr')));
  }

  communeShapes(): Promise<FeatureCollection> {
    this.territory ??= kept(this.http.get('collections/commune/items?limit=1000&f=json'), () => (this.territory = null));
    return this.territory;
  }

  private async readLayers(): Promise<Map<string, string>> {
    const { collections } = await this.http.get<{ collections: Collection[] }>('collections?f=json');
    return new Map(collections.map(({ id, title }) => [id, title ?? id]));
  }
}

/** Choices from names by key, in the order of the names. */
export function choices(names: Map<string, string>): Choice[] {
  const all = [...names].map(([value, label]) => ({ value, label }));
  return all.sort((a, b) => a.label.localeCompare(b.label, 'fr'));
}

function kept<T>(asked: Promise<T>, forget: () => void): Promise<T> {
  asked.catch(forget);
  return asked;
}
