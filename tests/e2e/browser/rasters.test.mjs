// A thermography that somebody deposited: shown under the layers, its value where one clicks, its legend and colours; nobody
// else sees it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, desktop, launch, Portal, serverUrl } from './support.mjs';

const login = 'secretaire.bethune';
const name = 'thermographie:essai_thermique';
const patience = 90_000;
let browser;
let session;
let job;

/** An uncompressed GeoTIFF in Lambert-93, one band of 32-bit floats: 15 degrees in the west to 35 in the east. */
function thermography(left, top, size) {
  const pixels = Buffer.alloc(size * size * 4);
  for (let i = 0; i < size * size; i++) pixels.writeFloatLE(15 + (20 * (i % size)) / size, i * 4);
  const doubles = (values) => Buffer.concat(values.map((value) => {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    return bytes;
  }));
  const shorts = (values) => Buffer.from(new Uint16Array(values).buffer);
  const scale = doubles([0.5, 0.5, 0]);
  const place = doubles([0, 0, 0, left, top, 0]);
  const keys = shorts([1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 2154]);
  const first = 8 + pixels.length;
  const [at, at2, at3] = [first, first + scale.length, first + scale.length + place.length];
  const entries = [
    [256, 4, 1, size], [257, 4, 1, size], [258, 3, 1, 32], [259, 3, 1, 1], [262, 3, 1, 1], [273, 4, 1, 8], [277, 3, 1, 1],
    [278, 4, 1, size], [279, 4, 1, pixels.length], [339, 3, 1, 3], [33550, 12, 3, at], [33922, 12, 6, at2], [34735, 3, 16, at3],
  ];
  const directory = Buffer.alloc(2 + entries.length * 12 + 4);
  directory.writeUInt16LE(entries.length);
  entries.forEach(([tag, type, count, value], i) => {
    directory.writeUInt16LE(tag, 2 + i * 12);
    directory.writeUInt16LE(type, 4 + i * 12);
    directory.writeUInt32LE(count, 6 + i * 12);
    directory.writeUInt32LE(value, 10 + i * 12);
  });
  const head = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0]);
  head.writeUInt32LE(at3 + keys.length, 4);
  return Buffer.concat([head, pixels, scale, place, keys, directory]);
}

async function askAs(path, options = {}) {
  const answer = await fetch(new URL(path, serverUrl()), { ...options, headers: { ...session, ...options.headers } });
  assert.ok(answer.ok, `${path} answers ${answer.status} ${answer.ok ? '' : await answer.text()}`);
  return answer;
}
const post = async (path, body) =>
  (await askAs(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })).json();

before(async () => {
  browser = await launch();
  const answer = await fetch(new URL('session', serverUrl()), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ login, password: `carreau-demo-${login}` }),
  });
  assert.equal(answer.status, 201);
  session = { Cookie: answer.headers.get('Set-Cookie').split(';')[0], 'X-CSRF-Token': (await answer.json()).csrf };
  const file = thermography(675000, 7051000, 700);
  const sent = await askAs('uploads', {
    method: 'POST',
    headers: {
      'Tus-Resumable': '1.0.0',
      'Upload-Length': String(file.length),
      'Upload-Metadata': `filename ${Buffer.from('essai thermique.tif').toString('base64')}`,
      'Content-Type': 'application/offset+octet-stream',
    },
    body: file,
  });
  const made = await post('jobs', { uploads: [sent.headers.get('Location').split('/').pop()] });
  job = `jobs/${made.id}`;
  const end = Date.now() + patience;
  let state = made;
  while (['waiting', 'reading'].includes(state.state) && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    state = await (await askAs(job)).json();
  }
  assert.equal(state.state, 'draft', JSON.stringify(state));
  assert.equal((await post(`${job}/publish`, {})).state, 'published');
});

after(async () => {
  if (job) await post(`${job}/undo`, {});
  await browser?.close();
});

test('a raster lies under the layers and tells its values', { timeout: 300_000 }, async () => {
  const context = await browser.newContext({ viewport: desktop, locale: 'fr-FR' });
  const [cookie, value] = session.Cookie.split(/=(.*)/s);
  await context.addCookies([{ name: cookie, value, url: serverUrl() }]);
  const portal = new Portal(context, await context.newPage(), serverUrl());
  const { page } = portal;
  page.setDefaultTimeout(patience);
  await page.goto(serverUrl());
  await portal.ready();
  const drawn = page.waitForResponse((answer) => answer.url().includes('.png?palette=thermique') && answer.status() === 200);
  await page.check(`[data-raster="${name}"]`);
  await page.click('.rasters .layer:has([data-raster]) .plain');
  await drawn;
  await portal.still();
  const order = await page.evaluate(() => window.carreau.map.getStyle().layers.map((layer) => layer.type));
  const place = order.indexOf('raster');
  assert.ok(place > 0, 'it is drawn');
  assert.ok(order.slice(0, place).every((type) => type === 'background'), 'under everything but the ground');
  await page.waitForFunction(() => document.querySelectorAll('.raster-ends span').length === 2);
  const ends = await page.locator('.raster-ends span').allTextContents();
  assert.ok(ends.every((text) => /^\d/.test(text)), ends.join(' '));

  const middle = await page.evaluate(() => {
    const { map } = window.carreau;
    const { x, y } = map.project(map.getCenter());
    const box = map.getCanvas().getBoundingClientRect();
    return { x: box.x + x, y: box.y + y };
  });
  await page.mouse.click(middle.x, middle.y);
  await page.waitForSelector('.maplibregl-popup');
  const said = await page.textContent('.maplibregl-popup');
  const degrees = Number(/: ([\d,]+)/.exec(said.replace('\u00a0', ' ').replace('\u00a0:', ':'))?.[1].replace(',', '.'));
  assert.ok(degrees >= 15 && degrees <= 35, said);
  await portal.shot('rasters');

  // The card lies over the list.
  await page.keyboard.press('Escape');
  await page.waitForSelector('.rasters select', { state: 'visible' });
  const grey = page.waitForResponse((answer) => answer.url().includes('palette=gris') && answer.url().includes('.png'));
  await page.selectOption('.rasters select', 'gris');
  await grey;
  await portal.still();
  await page.uncheck(`[data-raster="${name}"]`);
  await page.waitForFunction(() => window.carreau.map.getStyle().layers.every((layer) => layer.type !== 'raster'));
  await portal.leave();
});

test('nobody else sees it', async () => {
  const { rasters } = await ask('rasters');
  assert.ok(rasters.every((raster) => raster.id !== name));
  assert.equal((await fetch(new URL(`rasters/${name}`, serverUrl()))).status, 404);
});
