/** The part of the page's address after `#`: what is needed to show somebody else the same map. */
import type { FeatureRef } from './contract';
import { formatTimeRange, parseTimeRange, type TimeRange } from './time-range';

export interface Camera {
  zoom: number;
  lat: number;
  lng: number;
}

export interface ShownLayer {
  id: string;
  /** 0 to 1. */
  opacity: number;
}

export interface Address {
  camera: Camera | null;
  /** null: the address does not say, the server's choice holds. */
  layers: ShownLayer[] | null;
  selection: FeatureRef | null;
  /** null: all days. */
  time: TimeRange | null;
  lang: string | null;
}

/** Reads an address. A part that makes no sense counts as absent: an old or damaged link still opens the map. */
export function parseAddress(hash: string): Address {
  const parts = new Map(
    hash
      .replace(/^#/, '')
      .split('&')
      .map((part): [string, string] => {
        const cut = part.indexOf('=');
        return cut < 0 ? [part, ''] : [part.slice(0, cut), part.slice(cut + 1)];
      }),
  );
  return {
    camera: parseCamera(parts.get('map')),
    layers: parseLayers(parts.get('layers')),
    selection: parseSelection(parts.get('sel')),
    time: parseTimeRange(parts.get('time')),
    lang: parts.get('lang') || null,
  };
}

export function formatAddress(address: Address): string {
  const parts: string[] = [];
  if (address.camera) parts.push(`map=${formatCamera(address.camera)}`);
  if (address.layers) parts.push(`layers=${address.layers.map(formatLayer).join(',')}`);
  if (address.selection) {
    parts.push(`sel=${encodeURIComponent(address.selection.layer)}/${encodeURIComponent(address.selection.id)}`);
  }
  if (address.time) parts.push(`time=${formatTimeRange(address.time)}`);
  if (address.lang) parts.push(`lang=${encodeURIComponent(address.lang)}`);
  return `#${parts.join('&')}`;
}

function parseCamera(text: string | undefined): Camera | null {
  const numbers = text?.split('/').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (numbers?.length !== 3) return null;
  const [zoom, lat, lng] = numbers as [number, number, number];
  const inside = zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 85.06 && Math.abs(lng) <= 180;
  return inside ? { zoom, lat, lng } : null;
}

/** Five decimals of a degree are about a metre: enough for a map, short enough for a message. */
function formatCamera({ zoom, lat, lng }: Camera): string {
  return [zoom.toFixed(2), lat.toFixed(5), lng.toFixed(5)].map((text) => String(Number(text))).join('/');
}

function parseLayers(text: string | undefined): ShownLayer[] | null {
  if (text === undefined) return null;
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const [id = '', opacity] = part.split(':');
      const value = opacity ? Number(opacity) : 1;
      return { id: decode(id), opacity: value >= 0 && value <= 1 ? value : 1 };
    });
}

function formatLayer({ id, opacity }: ShownLayer): string {
  const name = encodeURIComponent(id);
  return opacity === 1 ? name : `${name}:${Number(opacity.toFixed(2))}`;
}

function parseSelection(text: string | undefined): FeatureRef | null {
  const cut = text?.indexOf('/') ?? -1;
  if (!text || cut < 1 || cut === text.length - 1) return null;
  return { layer: decode(text.slice(0, cut)), id: decode(text.slice(cut + 1)) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
