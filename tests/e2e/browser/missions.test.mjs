// A mission from its deposit to the map: photos of two days under one name, seen with their mission, chosen by day, undone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openDepot, patience, photo, waitForCard } from './deposits.mjs';
import { launch, phone, Portal, serverUrl } from './support.mjs';

const name = 'Vol des deux jours';
const place = { lon: 2.652, lat: 50.527 };
let browser;

before(async () => {
  assert.ok(serverUrl(), 'CARREAU_URL is set');
  browser = await launch();
});

after(() => browser?.close());

/** The names of the photos that the map draws, once they are these. */
async function drawsPhotos(page, wanted) {
  await page.waitForFunction(
    (names) => {
      const drawn = window.carreau.map.queryRenderedFeatures().filter((one) => one.layer.metadata?.['carreau:layer'] === 'photo');
      const found = [...new Set(drawn.map((one) => one.properties.nom))].sort();
      return JSON.stringify(found) === JSON.stringify(names);
    },
    wanted,
    { timeout: patience },
  );
}

const words = (page, text) => page.locator('.time-words', { hasText: text }).waitFor({ timeout: patience });
const press = async (page, selector, key, times) => {
  await page.focus(selector);
  for (let i = 0; i < times; i++) await page.keyboard.press(key);
};

test('a mission is seen on the map and in its card, and its photos by their days', { timeout: 300_000 }, async () => {
  const portal = await openDepot(browser);
  const { page, context } = portal;
  const [early, late] = ['jour-1.jpg', 'jour-2.jpg'];
  const photos = [
    await photo(page, early, place.lon, place.lat, '2026:05:04 10:11:12'),
    await photo(page, late, place.lon + 0.002, place.lat, '2026:05:20 10:11:12'),
  ];
  await page.fill('#depot-mission', name);
  await page.setInputFiles('#depot-files', photos);
  const card = await waitForCard(page, early, 'draft');
  await card.locator('[data-act=publish]').click();
  const done = await waitForCard(page, early, 'published');

  const map = new Portal(context, await context.newPage(), serverUrl());
  await map.page.goto(`${serverUrl()}#map=16.5/${place.lat}/${place.lon + 0.001}&layers=photo,mission`);
  await map.ready();
  await drawsPhotos(map.page, [early, late]);
  await map.draws('mission');
  await words(map.page, /du 1er mai 2026 au 31 mai 2026 · 3 objets/);
  await map.shot('missions-curseur-telephone');
  await map.page.setViewportSize({ width: 1280, height: 800 });
  await map.still();

  // From a photo to its mission, to what that holds, and back.
  const mine = await map.page.evaluate(
    async (title) => (await (await fetch(`collections/photo/items?mission=${encodeURIComponent(title)}`)).json()).features,
    name,
  );
  assert.equal(mine.length, 2);
  const at = await map.placeOf('photo', String(mine[0].id));
  await map.page.mouse.click(at.x, at.y);
  await map.page.locator('.mission-of .hit', { hasText: name }).click({ timeout: patience });
  await map.page.locator('.card h2', { hasText: name }).waitFor({ timeout: patience });
  assert.match(await map.page.textContent('.card [data-field=fichiers]'), /^2\D/);
  assert.match(await map.page.textContent('.card [data-field=dernier_jour]'), /20 mai 2026/);
  assert.equal(await map.page.locator('.card [data-field=mission_id]').count(), 0);
  const held = map.page.locator('.mission-holds details', { hasText: 'Photos 2' });
  await held.locator('summary').click();
  await held.locator('.hit', { hasText: early }).waitFor({ timeout: patience });
  await map.shot('missions-fiche');
  await held.locator('.hit', { hasText: early }).click();
  await map.page.locator('.card h2', { hasText: early }).waitFor({ timeout: patience });
  await map.page.keyboard.press('Escape');

  // The last day goes back before the second photo: it vanishes, and comes back. No tile is asked for.
  const asked = [];
  map.page.on('request', (request) => asked.push(request.url()));
  const to = map.page.locator('#time-to');
  await press(map.page, '#time-to', 'ArrowLeft', 12);
  assert.equal(await to.getAttribute('aria-valuetext'), '19 mai 2026');
  await drawsPhotos(map.page, [early]);
  await words(map.page, /du 1er mai 2026 au 19 mai 2026 · 2 sur 3 objets/);
  await map.shot('missions-curseur');
  await map.page.waitForFunction(() => location.hash.includes('time=2026-05-01..2026-05-19'));
  await press(map.page, '#time-from', 'ArrowRight', 4);
  await drawsPhotos(map.page, []);
  await map.draws('mission', false);
  await press(map.page, '#time-to', 'ArrowRight', 1);
  await drawsPhotos(map.page, [late]);
  assert.deepEqual(asked.filter((url) => url.includes('/tiles/')), []);
  await map.page.waitForFunction(() => location.hash.includes('time=2026-05-05..2026-05-20'));
  const shared = map.page.url();
  await map.page.click('.time-reset');
  await drawsPhotos(map.page, [early, late]);
  assert.equal(await map.page.evaluate(() => document.activeElement?.id), 'time-from');
  await map.page.waitForFunction(() => !location.hash.includes('time='));

  // The address says the days; another language says them in its words; without dated layers there is no slider.
  const other = new Portal(context, await context.newPage(), serverUrl());
  await other.page.setViewportSize(phone);
  await other.page.goto(`${shared}&lang=en`);
  await other.ready();
  await drawsPhotos(other.page, [late]);
  await words(other.page, /to 20 May 2026 · 1 of 3 features|to May 20, 2026 · 1 of 3 features/);
  await other.page.goto(`${serverUrl()}?plain#map=16.5/${place.lat}/${place.lon}&layers=commune&lang=en`);
  await other.ready();
  await other.draws('commune');
  assert.equal(await other.page.isVisible('.time-slider'), false);

  await done.locator('[data-act=undo]').click();
  await waitForCard(page, early, 'draft');
  await map.page.reload();
  await map.ready();
  await map.draws('mission', false);
  await portal.leave();
});
