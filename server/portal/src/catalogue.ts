import type { StyleSpecification } from 'maplibre-gl';
import type { Collection } from './contract';
import { ServerRefusal } from './http';
import type { Server } from './server';

const pollEvery = 30_000;
/** Seconds before the next try, one after the other; the last one repeats. */
const retryAfter = [2, 4, 8, 15, 30];

export interface CatalogueEvents {
  changed(collections: Collection[], style: StyleSpecification): void;
  /** The server cannot be reached, or refuses and says why; the next try is in so many seconds. */
  away(seconds: number, refusal: string): void;
  trying(): void;
  back(): void;
}

/** Keeps the list of layers and the map style as the server has them, and knows whether the server answers. */
export class Catalogue {
  private timer = 0;
  private failures = 0;
  private busy = false;
  private lastAsked = 0;
  private outdated = false;
  private refusedOnce = false;

  constructor(
    private readonly server: Server,
    private readonly events: CatalogueEvents,
  ) {
    window.addEventListener('focus', () => this.refresh());
    window.addEventListener('online', () => this.refresh());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.refresh();
    });
  }

  get away(): boolean {
    return this.failures > 0;
  }

  /** Something else could not reach the server: looks whether it is away, unless that was just done. */
  suspect(): void {
    if (!this.away && Date.now() - this.lastAsked > 2000) void this.refresh();
  }

  /** Another reader: everything is asked for in full, and an answer still under way for the one before is dropped. */
  async renew(): Promise<void> {
    this.server.forgetVersions();
    this.outdated = this.busy;
    if (!this.busy) await this.refresh();
  }

  /** Asks now, whatever was planned. */
  async refresh(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    if (this.away) this.events.trying();
    this.lastAsked = Date.now();
    const answer = await this.ask().catch((error: unknown) => error as Error);
    this.busy = false;
    if (this.outdated) return this.renew();
    if (answer instanceof Error) return this.failed(answer);
    this.plan(pollEvery);
    if (answer) this.events.changed(answer.collections, answer.style);
    if (this.away) this.events.back();
    this.failures = 0;
    this.refusedOnce = false;
  }

  /** The layers and their style, or null when nothing changed. */
  private async ask(): Promise<{ collections: Collection[]; style: StyleSpecification } | null> {
    const collections = await this.server.collections();
    if (!collections) return null;
    const style = await this.server.style<StyleSpecification>();
    this.server.forgetSchemas();
    return { collections, style };
  }

  private failed(error: Error): void {
    // The list may have arrived without its style: next time both are wanted.
    this.server.forgetVersions();
    if (error instanceof ServerRefusal && error.status === 401 && !this.refusedOnce) {
      // The session has ended; whoever looks after it will ask again as nobody.
      this.refusedOnce = true;
      return this.plan(2000);
    }
    const seconds = retryAfter[Math.min(this.failures, retryAfter.length - 1)] as number;
    this.failures += 1;
    this.events.away(seconds, error instanceof ServerRefusal ? error.message : '');
    this.plan(seconds * 1000);
  }

  private plan(milliseconds: number): void {
    this.timer = window.setTimeout(() => {
      if (document.hidden && !this.away) this.plan(pollEvery);
      else void this.refresh();
    }, milliseconds);
  }
}
