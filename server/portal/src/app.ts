import type { Map as MapLibreMap, StyleSpecification } from 'maplibre-gl';
import { Account } from './account/account';
import { parseAddress, type Address } from './address';
import { Card } from './card';
import { communeLayer } from './card-rows';
import { Catalogue } from './catalogue';
import { copyText } from './clipboard';
import { openDownload } from './edit/download';
import { FeatureEditor } from './edit/feature-editor';
import { extentOf, isDrawn, sameRef, type Bbox, type Collection } from './contract';
import { Frame } from './frame';
import { explanation } from './form';
import { joinBoxes } from './geometry';
import { Http, serverBase } from './http';
import { language, t } from './i18n';
import { LayersPanel, titleOfLayer } from './layers-panel';
import { MapView } from './map-view';
import { Rasters } from './rasters';
import { SearchBox } from './search-box';
import { resultBox, Selection } from './selection';
import { Server } from './server';
import { Status } from './status';
import { legendOf } from './styling';
import { swatch, swatchOf } from './swatch';
import { DatesSeen } from './dates-seen';
import { TimeSlider } from './time-slider';
import { View } from './view';

declare global {
  interface Window {
    /** For tests and for the curious: the map, and when it was first drawn whole. */
    carreau: { map: MapLibreMap | null; ready: Promise<void> };
  }
}

/** Builds the page's parts and lets them talk to each other. */
export class App {
  private collections: Collection[] = [];
  private style: StyleSpecification | null = null;
  private byKeyboard = false;
  private readerChanged = false;
  private readonly http = new Http(serverBase());
  private readonly server = new Server(this.http);
  private readonly view: View;
  private readonly status = new Status(() => void this.catalogue.refresh());
  private readonly catalogue: Catalogue;
  private readonly account: Account;
  private known: Promise<void> = Promise.resolve();
  private readonly layers: LayersPanel;
  private readonly rasters: Rasters;
  private readonly dates = new DatesSeen();
  private readonly time: TimeSlider;
  private readonly card: Card;
  private readonly search: SearchBox;
  private readonly frame: Frame;
  private readonly map: MapView | null;
  private readonly selection: Selection;

  constructor(root: HTMLElement, address: Address) {
    this.view = new View(address, address.lang);
    this.catalogue = this.makeCatalogue();
    this.account = this.makeAccount();
    this.layers = this.makeLayers();
    this.rasters = new Rasters(this.http, {
      changed: () => this.map?.showUnder(),
      extent: (box) => this.map?.fit(box, this.frame.insets(), 20),
    });
    this.layers.element.append(this.rasters.element);
    this.time = new TimeSlider(this.view, this.dates, () => this.map?.applyTime());
    this.card = this.makeCard();
    this.search = this.makeSearch();
    this.frame = this.makeFrame(root);
    this.map = this.makeMap();
    this.selection = new Selection({
      server: this.server,
      card: this.card,
      frame: this.frame,
      status: this.status,
      view: this.view,
      map: this.map,
      editor: this.makeEditor(),
      unreachable: () => this.catalogue.suspect(),
    });
    this.expose();
    this.listen();
  }

  start(): void {
    if (this.view.camera) this.map?.jump(this.view.camera);
    this.known = this.account.start();
    void this.catalogue.refresh();
  }

  private makeCatalogue(): Catalogue {
    return new Catalogue(this.server, {
      changed: (collections, style) => this.changed(collections, style),
      away: (seconds, refusal) => this.status.away(seconds, refusal),
      trying: () => this.status.trying(),
      back: () => {
        this.status.back();
        this.map?.reloadTiles();
        this.selection.serverBack();
        void this.account.refresh();
      },
    });
  }

  private makeAccount(): Account {
    return new Account(this.http, {
      otherPerson: () => {
        this.readerChanged = true;
        this.search.readerChanged();
        void this.catalogue.renew();
      },
      notify: (text) => this.status.notify(text),
    });
  }

  private makeEditor(): FeatureEditor {
    return new FeatureEditor({
      server: this.server,
      login: async () => {
        await this.known;
        return this.account.session.state.person?.login ?? null;
      },
      notify: (text) => this.status.notify(text),
      changed: () => {
        this.map?.reloadTiles();
        this.selection.renew(true);
      },
    });
  }

  private makeLayers(): LayersPanel {
    return new LayersPanel(this.view, {
      toggled: (layer) => {
        this.map?.applyVisibility(layer);
        this.credit();
        this.lookAtDates();
      },
      faded: (layer) => this.map?.applyOpacity(layer),
      zoomTo: (zoom) => this.map?.zoomTo(zoom),
      extent: (collection) => {
        const box = extentOf(collection);
        if (box) this.map?.fit(box, this.frame.insets());
      },
      download: (collection) => void this.download(collection),
    });
  }

  private makeCard(): Card {
    return new Card({
      closed: () => this.selection.close(),
      opened: (ref) => {
        const { place, hits } = this.selection.around;
        void this.selection.open(ref, { ...(place && { at: place }), hits, focus: true });
      },
      zoom: () => this.selection.zoom(),
      copyLink: () => void this.copyLink(),
      edit: () => this.selection.edit(),
      download: (collection) => void this.download(collection),
      undo: (change) => this.selection.undo(change),
      retry: () => this.selection.retry(),
      swatchOf: (hit) => {
        const first = this.style && legendOf(this.style, hit.layer)[0];
        return swatchOf(hit.drawn) || (first ? swatch(first) : '');
      },
      rawUrl: (ref) => this.server.featureUrl(ref),
      members: (href) => this.server.members(href),
    });
  }

  private makeSearch(): SearchBox {
    return new SearchBox(this.server, {
      chosen: ({ layer, id, bbox }) => void this.selection.open({ layer, id }, { zoom: resultBox(bbox), focus: true }),
      announce: (text) => this.status.announce(text),
      unreachable: () => this.catalogue.suspect(),
    });
  }

  private makeFrame(root: HTMLElement): Frame {
    const parts = {
      search: this.search.element,
      layers: this.layers.element,
      card: this.card.element,
      account: this.account.menu.element,
      notices: this.account.notices.element,
      time: this.time.element,
      floating: [this.status.banner, this.status.toast, this.status.voice],
    };
    return new Frame(root, parts, {
      otherLanguage: () => this.reloadIn(language === 'fr' ? 'en' : 'fr'),
      copyLink: () => void this.copyLink(),
      toMap: () => this.map?.map.getCanvas().focus(),
      toSearch: () => this.search.focus(),
    });
  }

  /** The map, or null where the browser cannot draw one: search and cards work without. */
  private makeMap(): MapView | null {
    try {
      return new MapView(this.frame.map, this.view, {
        clicked: (at, hits) => {
          void this.selection.pointed(at, hits, this.byKeyboard);
          void this.sayValues(at);
        },
        moved: (camera) => {
          this.view.camera = camera;
          this.view.remember();
        },
        unreachable: () => this.catalogue.suspect(),
        unauthorised: () => void this.account.session.check(),
        home: () => this.showTerritory(true),
      }, (drawn) => this.rasters.dress(drawn));
    } catch (error) {
      console.warn('Carreau:', error);
      this.frame.mapMissing();
      return null;
    }
  }

  /** What the rasters shown measure where the reader pointed. */
  private async sayValues(at: { lng: number; lat: number }): Promise<void> {
    try {
      this.map?.say(at, await this.rasters.valuesAt(at));
    } catch {
      this.map?.say(at, []);
    }
  }

  private changed(published: Collection[], style: StyleSpecification): void {
    const collections = published.filter(isDrawn);
    const first = this.style === null;
    const before = new Set(this.collections.map((collection) => collection.id));
    this.collections = collections;
    this.style = style;
    this.view.meet(collections);
    this.selection.know(published);
    this.layers.show(collections, style);
    this.map?.show(collections, style);
    void this.rasters.refresh();
    this.layers.zoomed(this.map?.map.getZoom() ?? 0);
    this.credit();
    if (first) return this.firstShow();
    if (this.readerChanged) this.showToOther();
    else this.tellAdded(collections.filter((collection) => !before.has(collection.id)));
    // Whatever changed may have changed what is drawn; the browser asks the server with the version it has.
    this.map?.reloadTiles();
    this.view.remember();
  }

  /** The layers are now those of another person, who did not ask to hear about each. */
  private showToOther(): void {
    this.readerChanged = false;
    this.dates.forget();
    this.lookAtDates();
    this.selection.renew();
  }

  private tellAdded(added: Collection[]): void {
    for (const collection of added) this.status.notify(t.layerAdded(titleOfLayer(collection)));
    if (this.account.session.state.authenticated) void this.account.refresh();
  }

  private firstShow(): void {
    this.readerChanged = false;
    const { selection, camera } = this.view;
    if (!camera) this.showTerritory(false);
    if (selection) void this.selection.open(selection, camera ? {} : { zoom: 'feature' });
  }

  private showTerritory(animate: boolean): void {
    const territory = this.collections.find((collection) => collection.id === communeLayer);
    const boxes = this.collections.map(extentOf).filter((box): box is Bbox => box !== null);
    const box = (territory && extentOf(territory)) ?? joinBoxes(boxes);
    if (box) this.map?.fit(box, this.frame.insets(), 18, animate);
  }

  private credit(): void {
    this.frame.credit(this.collections.filter((collection) => this.view.shown.has(collection.id)));
  }

  private lookAtDates(): void {
    if (!this.map) return;
    this.dates.take(this.map.dates());
    this.time.draw();
  }

  private listen(): void {
    this.map?.map.on('zoom', () => this.layers.zoomed(this.map?.map.getZoom() ?? 0));
    this.map?.map.on('idle', () => {
      this.selection.settled();
      this.lookAtDates();
    });
    window.addEventListener('hashchange', () => this.addressChanged());
    document.addEventListener('keydown', (event) => {
      this.byKeyboard = true;
      if (event.key === 'Escape' && this.card.open) this.selection.close();
    });
    document.addEventListener('pointerdown', () => (this.byKeyboard = false));
  }

  /** The reader followed a link or typed another address into the same page. */
  private addressChanged(): void {
    const address = parseAddress(location.hash);
    if (address.lang && address.lang !== language) return location.reload();
    const selected = this.view.selection;
    this.view.adopt(address, this.collections);
    if (this.style) {
      this.layers.show(this.collections, this.style);
      this.map?.show(this.collections, this.style);
    }
    this.credit();
    this.map?.applyTime();
    this.time.draw();
    if (address.camera) this.map?.jump(address.camera);
    if (!address.selection) this.selection.close();
    else if (!sameRef(selected, address.selection)) {
      void this.selection.open(address.selection, address.camera ? {} : { zoom: 'feature' });
    }
  }

  private reloadIn(other: string): void {
    const page = new URL(location.href);
    page.searchParams.delete('lang');
    page.hash = this.view.hash(other);
    history.replaceState(null, '', page.href);
    location.reload();
  }

  private async copyLink(): Promise<void> {
    this.view.write();
    this.status.notify((await copyText(location.href)) ? t.copied : t.copyFailed);
  }

  private async download(collection: Collection): Promise<void> {
    try {
      const schema = await this.server.schema(collection.id);
      openDownload({ collection, schema, view: this.map?.extent() ?? null, commune: this.selection.lastCommune });
    } catch (error) {
      this.status.notify(explanation(error));
    }
  }

  private expose(): void {
    const map = this.map?.map ?? null;
    const ready = new Promise<void>((resolve) => {
      if (!map) return resolve();
      const whole = () => {
        if (this.style && map.areTilesLoaded()) resolve();
        else map.once('idle', whole);
      };
      map.once('idle', whole);
    });
    window.carreau = { map, ready };
  }
}
