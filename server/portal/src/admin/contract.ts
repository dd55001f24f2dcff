/** What the administration reads and writes; dates are instants or days, as in `dates.ts`. */
import type { MultiPolygon, Polygon } from 'geojson';
import type { EndedConvention, Token } from '../account/session';

export const kinds = ['EPCI', 'commune', 'partenaire', "bureau d'études", 'public'] as const;
export const rights = ['read', 'exact', 'edit', 'upload', 'export', 'owner0', 'owner1', 'owner2', 'administer'] as const;
export type Right = (typeof rights)[number];

export interface Period {
  valid_from: string | null;
  valid_to: string | null;
}

export interface Organisation extends Period {
  id: number;
  name: string;
  kind: string;
  siren: string | null;
  code_insee: string | null;
}

export interface AdminPerson extends Period {
  id: number;
  login: string;
  name: string;
  email: string | null;
  organisation: number;
  services: string[] | null;
  active: boolean;
  oidc_subject: string | null;
}

export interface Service {
  code: string;
  title: string;
  layers: string[];
}

/** What records say of a layer. */
export interface LayerDescription {
  name: string;
  title: string;
  description: string;
  licence: string;
  attribution: string;
  contact: string;
  lineage: string;
  access_limits: string;
  keywords: string[];
}

/** Every commune, those that adhere to the service at the time of the request, or these INSEE codes. */
export type Communes = 'all' | 'members' | string[];

export interface RightsLine {
  service: string | null;
  layer: string | null;
  communes: Communes;
  rights: string[];
}

export interface Convention extends Period {
  id: number;
  organisation: number;
  title: string;
  reference: string | null;
  contact: string | null;
  rights: RightsLine[];
}

export type Perimeter = Polygon | MultiPolygon;

export interface Engagement extends Period {
  id: number;
  organisation: number;
  study: string;
  reference: string | null;
  layers: string[];
  rights: string[];
  perimeter: Perimeter;
}

export interface AdminToken extends Token {
  person: number;
  login: string;
}

export interface AuditEntry {
  at: string;
  login: string | null;
  action: string;
  layer: string | null;
  commune: string | null;
  purpose: string | null;
  result: string | null;
  request_id: string | null;
  count: number | null;
}

export interface SeenLayer {
  name: string;
  title: string;
  rights: string[];
  communes: 'all' | string[];
  perimeter: boolean;
  resolution: 'exact' | 'footprint' | 'public';
  because: string[];
}

export interface Sight {
  at: string;
  layers: SeenLayer[];
  ended: EndedConvention[];
}

export interface Kinds {
  organisations: Organisation;
  people: AdminPerson;
  services: Service;
  conventions: Convention;
  engagements: Engagement;
  layers: LayerDescription;
  tokens: AdminToken;
  audit: AuditEntry;
}
