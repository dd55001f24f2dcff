// The portal in a real browser against a real server.
// CARREAU_URL: the server. CHROMIUM: the browser. SCREENSHOTS: a folder for pictures. CARREAU_PREFIX_URL: the same
// server behind a proxy that adds a path.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { ambiguousName, ask, launch, phone, Portal, serverUrl, someParcel } from './support.mjs';

let browser;
let parcel;

before(async () => {
  assert.ok(serverUrl(), 'CARREAU_URL is set');
  browser = await launch();
  parcel = await someParcel();
});

after(() => browser?.close());

test('the map opens on the territory and draws the communes', async () => {
  const portal = await Portal.open(browser);
  await portal.draws('commune');
  assert.match(await portal.page.title(), /Carreau/);
  assert.equal(await portal.page.getAttribute('html', 'lang'), 'fr');
  await portal.shot('territoire');
  await portal.leave();
});

test('every published layer is listed with its own words', async () => {
  const { collections } = await ask('collections');
  const drawn = collections.filter((collection) => collection['carreau:geometryType'] !== '');
  const portal = await Portal.open(browser);
  const names = await portal.page.locator('.layer-name').allTextContents();
  assert.deepEqual(names.map((name) => name.trim()).sort(), drawn.map((one) => one.title).sort());
  await portal.leave();
});

test('layers that hold nothing yet stand apart, folded, after all others', async () => {
  const { collections } = await ask('collections');
  const drawn = collections.filter((collection) => collection['carreau:geometryType'] !== '');
  const empty = drawn.filter((collection) => !collection.extent).map((collection) => collection.title);
  assert.ok(empty.length > 0 && empty.length < drawn.length);
  const portal = await Portal.open(browser);
  const group = portal.page.locator('details.theme').last();
  const names = () => group.locator('.layer-name').allTextContents();
  assert.deepEqual((await names()).map((name) => name.trim()).sort(), empty.sort());
  assert.equal(await group.locator('.layer-name').first().isVisible(), false);
  await group.locator('summary').click();
  assert.equal(await group.locator('.layer-name').first().isVisible(), true);
  await portal.leave();
});

test('invented data are said to be so as long as they are shown', async () => {
  const { collections } = await ask('collections');
  const drawn = collections.filter((collection) => collection['carreau:geometryType'] !== '');
  const invented = drawn.filter((collection) => collection['carreau:fictive'] && collection.extent).map((collection) => collection.id);
  const portal = await Portal.open(browser, { hash: '#layers=' + invented.join(',') });
  assert.equal(await portal.page.isVisible('.fictive'), invented.length > 0);
  for (const id of invented) await portal.page.click(`#show-${id}`);
  assert.equal(await portal.page.isVisible('.fictive'), false);
  await portal.leave();
});

test('a commune is found without its accents', async () => {
  const portal = await Portal.open(browser);
  await portal.search('bethune');
  const first = portal.page.locator('[role=option]').first();
  assert.match(await first.textContent(), /Béthune/);
  await first.click();
  assert.match(await portal.cardTitle(), /Béthune/);
  await portal.still();
  assert.ok((await portal.camera()).zoom > 10, 'the map came closer');
  await portal.leave();
});

test('a parcel is found by the reference people write', async () => {
  const portal = await Portal.open(browser);
  await portal.search(`${parcel.reference} ${parcel.commune.toLowerCase()}`);
  await portal.shot('recherche');
  await portal.page.press('#search', 'Enter');
  assert.equal(await portal.cardTitle(), `Parcelle ${parcel.reference}`);
  assert.ok((await portal.page.textContent('.card .facts')).includes(parcel.id));
  assert.ok((await portal.page.textContent('.card-place')).includes(parcel.commune));
  await portal.still();
  await portal.draws('parcelle');
  const outline = await portal.page.evaluate(() => window.carreau.map.querySourceFeatures('carreau-selection').length);
  assert.ok(outline > 0, 'the parcel is outlined');
  await portal.shot('parcelle');
  await portal.leave();
});

test('a parcel is found by its identifier', async () => {
  const portal = await Portal.open(browser);
  await portal.search(parcel.id);
  await portal.page.press('#search', 'Enter');
  assert.equal(await portal.cardTitle(), `Parcelle ${parcel.reference}`);
  await portal.leave();
});

test('an ambiguous name asks which one and chooses nothing by itself', async () => {
  const name = await ambiguousName();
  const portal = await Portal.open(browser);
  await portal.search(name);
  await portal.page.press('#search', 'Enter');
  assert.match(await portal.page.textContent('.search-note'), /\?/);
  assert.ok((await portal.page.locator('[role=option]').count()) > 1);
  assert.equal(await portal.page.isVisible('.card'), false);
  await portal.shot('ambigu');
  await portal.leave();
});

test('a search without result says what to try', async () => {
  const portal = await Portal.open(browser);
  await portal.search('zzqqxx');
  assert.match(await portal.page.textContent('.search-note'), /zzqqxx.*Essayez/s);
  assert.equal(await portal.page.locator('[role=option]').count(), 0);
  await portal.leave();
});

test('a click on a parcel opens its card and names the other layers there', async () => {
  const portal = await Portal.open(browser, { hash: `#map=${parcel.map}&layers=commune,parcelle` });
  await portal.still();
  const place = await portal.placeOf('parcelle', parcel.id);
  await portal.page.mouse.click(place.x, place.y);
  assert.equal(await portal.cardTitle(), `Parcelle ${parcel.reference}`);
  const commune = portal.page.locator('.hit', { hasText: parcel.commune });
  await commune.click();
  await portal.page.waitForFunction((name) => document.querySelector('.card h2').textContent === name, parcel.commune);
  assert.equal(await portal.cardTitle(), parcel.commune);
  assert.equal(await portal.page.locator('.hit', { hasText: `Parcelle ${parcel.reference}` }).count(), 1);
  await portal.page.keyboard.press('Escape');
  assert.equal(await portal.page.isVisible('.card'), false);
  await portal.leave();
});

test('where zones of equal use are drawn as one, a click asks which zone lies there', async () => {
  const [, lat, lng] = parcel.map.split('/');
  const portal = await Portal.open(browser, { hash: `#map=11.4/${lat}/${lng}&layers=plu_zone` });
  await portal.still();
  await portal.draws('plu_zone');
  const found = await portal.page.evaluate(() => {
    const { map } = window.carreau;
    const canvas = map.getCanvas();
    for (let step = 0; step < 2500; step++) {
      const x = canvas.clientWidth / 2 + step * 0.1 * Math.cos(step);
      const y = canvas.clientHeight / 2 + step * 0.1 * Math.sin(step);
      if (document.elementFromPoint(x, y) !== canvas) continue;
      const zone = map.queryRenderedFeatures([x, y]).find((feature) => feature.layer.metadata?.['carreau:layer'] === 'plu_zone');
      if (zone) return { x, y, id: zone.id ?? null, use: zone.properties.typezone };
    }
    return null;
  });
  assert.equal(found.id, null, 'the tile names no zone');
  await portal.page.mouse.click(found.x, found.y);
  await portal.cardTitle();
  await portal.page.waitForFunction(() => location.hash.includes('sel=plu_zone'));
  const hash = decodeURIComponent(await portal.page.evaluate(() => location.hash));
  const [, id] = /sel=plu_zone\/([^&]+)/.exec(hash) ?? [];
  assert.ok(id, hash);
  assert.equal((await ask(`collections/plu_zone/items/${encodeURIComponent(id)}`)).properties.typezone, found.use);
  await portal.shot('portal-zones-fondues');
  await portal.leave();
});

test('a layer is hidden, shown and faded', async () => {
  const portal = await Portal.open(browser, { hash: `#map=${parcel.map}&layers=parcelle` });
  await portal.still();
  await portal.draws('parcelle');
  await portal.page.click('#show-parcelle');
  await portal.still();
  await portal.draws('parcelle', false);
  await portal.page.click('#show-parcelle');
  await portal.still();
  await portal.draws('parcelle');
  await portal.page.click('#details-parcelle');
  await portal.page.fill('#opacity-parcelle', '50');
  await portal.page.waitForFunction(() => location.hash.includes('parcelle:0.5'));
  await portal.leave();
});

test('a layer too detailed for the zoom says so and offers to come closer', async () => {
  const portal = await Portal.open(browser, { hash: '#map=9/50.52/2.6&layers=parcelle' });
  const offer = portal.page.locator('li.layer', { has: portal.page.locator('#show-parcelle') }).locator('.closer');
  assert.equal(await offer.isVisible(), true);
  await offer.click();
  await portal.still();
  assert.equal(await offer.isVisible(), false);
  await portal.leave();
});

test('a shared address shows the same map, layers and card', async () => {
  const portal = await Portal.open(browser, { hash: `#map=${parcel.map}&layers=parcelle:0.5&sel=parcelle/${parcel.id}` });
  assert.equal(await portal.cardTitle(), `Parcelle ${parcel.reference}`);
  const [zoom, lat, lng] = parcel.map.split('/').map(Number);
  const camera = await portal.camera();
  assert.ok(Math.abs(camera.zoom - zoom) < 0.01 && Math.abs(camera.lat - lat) < 1e-4 && Math.abs(camera.lng - lng) < 1e-4);
  assert.equal(await portal.page.isChecked('#show-parcelle'), true);
  assert.equal(await portal.page.inputValue('#opacity-parcelle'), '50');
  assert.equal(await portal.page.locator('.layer.shown').count(), 1);
  await portal.page.reload();
  await portal.ready();
  assert.equal(await portal.cardTitle(), `Parcelle ${parcel.reference}`);
  await portal.leave();
});

test('an address that makes no sense still opens the map', async () => {
  const portal = await Portal.open(browser, { hash: '#map=x/y&layers=,,nulle-part&sel=parcelle' });
  assert.equal(await portal.page.isVisible('.card'), false);
  assert.equal(await portal.page.isVisible('.banner'), false);
  await portal.leave();
});

test('everything is reached with the keyboard alone', async () => {
  const portal = await Portal.open(browser, { hash: `#map=${parcel.map}&layers=commune,parcelle` });
  const { page } = portal;
  const focused = (selector) => page.waitForFunction((text) => document.activeElement?.matches(text), selector);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await focused('#search');
  await portal.search(parcel.id);
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.getAttribute('#search', 'aria-activedescendant'), 'search-option-0');
  await page.keyboard.press('Enter');
  await portal.cardTitle();
  await focused('#card-title');
  await page.keyboard.press('Escape');
  await focused('#search');
  await portal.still();
  await portal.tabTo('#show-parcelle');
  await page.keyboard.press('Space');
  assert.equal(await page.isChecked('#show-parcelle'), false);
  await page.keyboard.press('Space');
  await portal.tabTo('.maplibregl-canvas');
  const before = await portal.camera();
  await page.keyboard.press('ArrowRight');
  await portal.still();
  assert.ok((await portal.camera()).lng > before.lng, 'the arrow moved the map');
  await page.keyboard.press('Enter');
  await portal.cardTitle();
  await focused('#card-title');
  await page.keyboard.press('Escape');
  await focused('.maplibregl-canvas');
  await portal.leave();
});

test('on a phone the layers are a sheet and the card leaves room for the map', async () => {
  const portal = await Portal.open(browser, { viewport: phone, hash: `#map=${parcel.map}&layers=parcelle` });
  const { page } = portal;
  await portal.still();
  assert.equal(await page.isVisible('#show-parcelle'), false);
  await page.tap('.fold');
  assert.equal(await page.isVisible('#show-parcelle'), true);
  await portal.shot('telephone-couches');
  await page.tap('.fold');
  const place = await portal.placeOf('parcelle', parcel.id);
  await page.touchscreen.tap(place.x, place.y);
  assert.equal(await portal.cardTitle(), `Parcelle ${parcel.reference}`);
  await portal.still();
  const sheet = await page.locator('.panel').boundingBox();
  assert.ok(sheet.y > phone.height * 0.4 && sheet.width === phone.width);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, 'nothing sticks out');
  await portal.placeOf('parcelle', parcel.id);
  await portal.shot('telephone-parcelle');
  await portal.leave();
});

test('no tile of the map is heavier than 500 kB, while one pans over the cadastre', async () => {
  const [, lat, lng] = parcel.map.split('/').map(Number);
  const zooms = [11, 13, 14, 15, 16]; // every tile of every zoom is weighed in tiles.sh
  const portal = await Portal.open(browser, { viewport: phone });
  const tiles = [];
  portal.page.on('response', (response) => {
    if (/\/tiles\/.*\.mvt/.test(response.url())) tiles.push(response);
  });
  for (const zoom of zooms) {
    await portal.page.evaluate(([zoom, center]) => window.carreau.map.jumpTo({ zoom, center }), [zoom, [lng, lat]]);
    await portal.still();
    await portal.page.evaluate(() => window.carreau.map.panBy([400, 600], { duration: 300 }));
    await portal.still();
  }
  const asked = new Set(tiles.map((tile) => Number(/\/(\d+)\/\d+\/\d+\.mvt/.exec(tile.url())[1])));
  for (const zoom of zooms) assert.ok(asked.has(zoom), `tiles of zoom ${zoom} were asked for`);
  const bodies = await Promise.all(tiles.map(async (tile) => ({ url: tile.url(), status: tile.status(), bytes: (await tile.body()).length })));
  assert.deepEqual(bodies.filter(({ status, bytes }) => (status !== 200 && status !== 204) || bytes > 500_000), []);
  await portal.leave();
});

test('the page speaks English when asked', async () => {
  const portal = await Portal.open(browser, { hash: `#sel=parcelle/${parcel.id}` });
  await portal.cardTitle();
  await Promise.all([portal.page.waitForEvent('load'), portal.page.click('.language')]);
  await portal.ready();
  assert.equal(await portal.cardTitle(), `Parcel ${parcel.reference}`);
  assert.equal(await portal.page.getAttribute('html', 'lang'), 'en');
  assert.match(portal.page.url(), /lang=en/);
  await portal.shot('english');
  await portal.leave();
  const asked = await Portal.open(browser, { query: '?lang=en' });
  assert.equal(await asked.page.getAttribute('html', 'lang'), 'en');
  await asked.leave();
});

test('a server that goes away is told, and its return noticed without a click', async () => {
  const portal = await Portal.open(browser, { hash: '#map=9.5/50.52/2.6&layers=commune,parcelle' });
  const { page } = portal;
  const everything = () => true;
  await page.route(everything, (route) => route.abort());
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await page.waitForSelector('#server-away:not([hidden])');
  assert.match(await page.textContent('#server-away'), /Le serveur ne répond pas/);
  const [zoom, lat, lng] = parcel.map.split('/').map(Number);
  await page.evaluate(([zoom, center]) => window.carreau.map.jumpTo({ zoom, center }), [zoom, [lng, lat]]);
  await page.waitForTimeout(500);
  await portal.shot('serveur-absent');
  await page.unroute(everything);
  await page.waitForSelector('#server-away', { state: 'hidden', timeout: 40_000 });
  await portal.still();
  await portal.draws('parcelle'); // tiles missed meanwhile are drawn now
  await portal.leave({ expectErrors: true });
});

test('a server absent from the start is waited for', async () => {
  const context = await browser.newContext({ locale: 'fr-FR' });
  const page = await context.newPage();
  const portal = new Portal(context, page, serverUrl());
  await page.route('**/collections', (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto(serverUrl());
  await page.waitForSelector('#server-away:not([hidden])');
  await page.unroute('**/collections');
  await portal.ready();
  await portal.draws('commune');
  await portal.leave({ expectErrors: true });
});

test('a layer published meanwhile appears without reloading, one withdrawn disappears', async () => {
  const { collections } = await ask('collections');
  const last = collections.find(
    ({ id, ...about }) => id !== 'commune' && about['carreau:visible'] !== false && about['carreau:geometryType'] !== '',
  );
  const portal = await Portal.open(browser);
  const { page } = portal;
  const look = () => page.evaluate(() => window.dispatchEvent(new Event('focus')));
  const without = async (route) => {
    const { 'if-none-match': version, ...headers } = route.request().headers();
    const response = await route.fetch({ headers });
    const body = await response.json();
    body.collections = body.collections.filter((collection) => collection.id !== last.id);
    await route.fulfill({ status: 200, json: body, headers: { ETag: '"sans"' } });
  };
  await page.route('**/collections', without);
  await look();
  await page.waitForSelector(`#show-${last.id}`, { state: 'detached' });
  await page.unroute('**/collections');
  await look();
  await page.waitForSelector(`#show-${last.id}`);
  assert.equal(await page.isChecked(`#show-${last.id}`), true);
  await portal.leave();
});

test('no layer at all is said plainly', async () => {
  const context = await browser.newContext({ locale: 'fr-FR' });
  const portal = new Portal(context, await context.newPage(), serverUrl());
  await portal.page.route('**/collections', (route) => route.fulfill({ json: { collections: [] } }));
  await portal.page.goto(serverUrl());
  await portal.page.waitForSelector('.layers .empty');
  assert.match(await portal.page.textContent('.layers .empty'), /Aucune couche/);
  await portal.leave();
});

test('a card that does not exist says so', async () => {
  const portal = await Portal.open(browser, { hash: '#sel=parcelle/62119000ZZ9999' });
  await portal.page.waitForSelector('.card .empty');
  assert.match(await portal.page.textContent('.card .empty'), /n'existe pas/);
  await portal.leave({ expectErrors: true });
});

test('the link to the card is copied', async () => {
  const portal = await Portal.open(browser, { hash: `#sel=parcelle/${parcel.id}` });
  await portal.cardTitle();
  await portal.page.evaluate(() => {
    document.addEventListener('copy', () => (window.copied = document.activeElement.value ?? ''));
    Object.defineProperty(navigator, 'clipboard', { value: undefined });
  });
  await portal.page.locator('.card .actions button').nth(1).click();
  await portal.page.waitForSelector('.toast:not([hidden])');
  assert.match(await portal.page.textContent('.toast'), /Lien copié/);
  const copied = await portal.page.evaluate(() => window.copied);
  assert.ok(copied.includes(`sel=parcelle/${parcel.id}`) && copied.includes('map='), copied);
  await portal.leave();
});

test('where the browser cannot draw, search and cards still work', async () => {
  const context = await browser.newContext({ locale: 'fr-FR' });
  const portal = new Portal(context, await context.newPage(), serverUrl());
  await portal.page.addInitScript(() => {
    HTMLCanvasElement.prototype.getContext = () => null;
  });
  await portal.page.goto(serverUrl());
  await portal.page.waitForSelector('.map-missing');
  await portal.search(parcel.id);
  await portal.page.press('#search', 'Enter');
  assert.equal(await portal.cardTitle(), `Parcelle ${parcel.reference}`);
  await portal.leave();
});

test('axe finds nothing against WCAG 2 AA', async () => {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  for (const hash of ['', `#map=${parcel.map}&sel=parcelle/${parcel.id}`]) {
    const portal = await Portal.open(browser, { hash });
    if (hash) await portal.cardTitle();
    else await portal.search('bethune');
    await portal.page.evaluate(axe);
    const faults = await portal.page.evaluate(async () => {
      const { violations } = await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'] });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
    });
    assert.deepEqual(faults, []);
    await portal.leave();
  }
});

test('behind a path prefix everything stays under it', { skip: !serverUrl('CARREAU_PREFIX_URL') }, async () => {
  const base = serverUrl('CARREAU_PREFIX_URL');
  const portal = await Portal.open(browser, { base, hash: `#map=${parcel.map}&sel=parcelle/${parcel.id}` });
  assert.equal(await portal.cardTitle(), `Parcelle ${parcel.reference}`);
  await portal.still();
  await portal.draws('parcelle');
  await portal.search('bethune');
  await portal.leave();
});
