// What every test of the portal needs: a browser, a page that is watched, and questions to the server.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const screenshots = process.env.SCREENSHOTS;
export const desktop = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };

/** The address of the portal, which is also the root of the server's routes. Always ends with a slash. */
export function serverUrl(name = 'CARREAU_URL') {
  const url = process.env[name];
  return url && (url.endsWith('/') ? url : `${url}/`);
}

export function launch() {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
    ],
  });
}

/** A page of the portal that remembers every complaint and every request. */
export class Portal {
  errors = [];
  foreign = [];

  static async open(browser, { base = serverUrl(), hash = '', viewport = desktop, locale = 'fr-FR', query = '' } = {}) {
    const context = await browser.newContext({ viewport, locale, hasTouch: viewport === phone });
    const portal = new Portal(context, await context.newPage(), base);
    await portal.page.goto(`${base}${query}${hash}`);
    await portal.ready();
    return portal;
  }

  constructor(context, page, base) {
    this.context = context;
    this.page = page;
    this.base = base;
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(base) && !/^(data|blob):/.test(url)) this.foreign.push(url);
    });
  }

  async ready() {
    await this.page.waitForFunction(() => window.carreau !== undefined);
    await this.page.evaluate(() => window.carreau.ready);
  }

  /** Waits until the map stands still with everything drawn. */
  async still() {
    await this.page.evaluate(
      () =>
        new Promise((resolve) => {
          const { map } = window.carreau;
          const look = () => (map.isMoving() || !map.areTilesLoaded() ? map.once('idle', look) : resolve());
          setTimeout(look, 150);
        }),
    );
  }

  /** Waits until the map draws features of a layer, or none; a busy machine takes its time. */
  async draws(layer, some = true) {
    await this.page.waitForFunction(
      ([id, wanted]) => {
        const features = window.carreau.map.queryRenderedFeatures();
        return features.some((feature) => feature.layer.metadata?.['carreau:layer'] === id) === wanted;
      },
      [layer, some],
    );
  }

  camera() {
    return this.page.evaluate(() => {
      const { map } = window.carreau;
      return { zoom: map.getZoom(), ...map.getCenter() };
    });
  }

  /** A place on the screen where this feature, and nothing that covers it, can be clicked. */
  async placeOf(layer, id) {
    const found = await this.page.waitForFunction(
      ([layer, id]) => {
        const { map } = window.carreau;
        const canvas = map.getCanvas();
        const { clientWidth: width, clientHeight: height } = canvas;
        for (let step = 0; step < 2500; step++) {
          // A spiral from the middle finds the nearest free place first.
          const x = width / 2 + step * 0.14 * Math.cos(step);
          const y = height / 2 + step * 0.14 * Math.sin(step);
          if (document.elementFromPoint(x, y) !== canvas) continue;
          const here = map.queryRenderedFeatures([x, y]);
          const wanted = (feature) => String(feature.properties.id ?? feature.id) === id;
          if (here.some((feature) => feature.layer.metadata?.['carreau:layer'] === layer && wanted(feature))) return { x, y };
        }
        return null;
      },
      [layer, id],
    );
    return found.jsonValue();
  }

  async search(text) {
    const answered = this.page.waitForResponse((response) => response.url().includes('/search?'));
    await this.page.fill('#search', text);
    await answered;
    await this.page.waitForSelector('.search-popup:not([hidden])');
  }

  async cardTitle() {
    await this.page.waitForSelector('.card .facts');
    return this.page.textContent('.card h2');
  }

  /** Tabs until the focus is on what the selector names; fails when it cannot be reached. */
  async tabTo(selector, limit = 60) {
    for (let i = 0; i < limit; i++) {
      await this.page.keyboard.press('Tab');
      if (await this.page.evaluate((text) => document.activeElement?.matches(text), selector)) return;
    }
    assert.fail(`the Tab key reaches ${selector}`);
  }

  async shot(name) {
    if (!screenshots) return;
    await mkdir(screenshots, { recursive: true });
    await this.page.screenshot({ path: join(screenshots, `${name}.png`) });
  }

  /** Ends the visit; nothing may have gone wrong unseen, and nothing may have left the server. */
  async leave({ expectErrors = false } = {}) {
    await this.context.close();
    assert.deepEqual(this.foreign, [], 'no request outside the server');
    if (!expectErrors) assert.deepEqual(this.errors, [], 'no error in the console');
  }
}

export async function ask(path, base = serverUrl()) {
  const response = await fetch(new URL(path, base), { headers: { Accept: 'application/json, application/geo+json' } });
  assert.ok(response.ok, `${path} answers ${response.status}`);
  return response.json();
}

/** Something people type that may mean several communes of this server. */
export async function ambiguousName() {
  for (const name of ['Vendin', 'Noyelles', 'Auch', 'Ver', 'La']) {
    const { ambiguous, results } = await ask(`search?q=${name}`);
    if (ambiguous && results.length > 1) return name;
  }
  return assert.fail('the server finds some name ambiguous');
}

/** A parcel the server has: its identifier, how people write it, and a camera that shows it. */
export async function someParcel() {
  const { features } = await ask('collections/parcelle/items?limit=1');
  const [feature] = features;
  const id = String(feature.id);
  const [, insee, section, number] = /^(.{5}).{3}(..)(\d{4})$/.exec(id);
  const { collections } = await ask('collections');
  const label = collections.find((collection) => collection.id === 'commune')?.['carreau:labelField'] ?? 'nom';
  const commune = (await ask(`collections/commune/items/${insee}`)).properties[label];
  const reference = `${section.replace(/^0/, '')} ${Number(number)}`;
  const points = feature.geometry.coordinates.flat(Infinity);
  const xs = points.filter((_, i) => i % 2 === 0);
  const ys = points.filter((_, i) => i % 2 === 1);
  const middle = (numbers) => ((Math.min(...numbers) + Math.max(...numbers)) / 2).toFixed(6);
  return { id, reference, commune, properties: feature.properties, map: `17.5/${middle(ys)}/${middle(xs)}` };
}
