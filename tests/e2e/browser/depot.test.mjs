// The journey of a technician with a phone: a survey is sent over a network that breaks at 60 %, goes on at the byte after
// the page was loaded again, is read, published, seen on the map and by GDAL, and undone. Then a real tus client.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import * as tus from 'tus-js-client';
import { cardOf, login, openDepot, patience, photo, waitForCard } from './deposits.mjs';
import { launch, Portal, serverUrl } from './support.mjs';

const run = promisify(execFile);
const points = 4000;
let browser;
let session;

before(async () => {
  assert.ok(serverUrl(), 'CARREAU_URL is set');
  browser = await launch();
  const answer = await fetch(new URL('session', serverUrl()), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ login, password: `carreau-demo-${login}` }),
  });
  assert.equal(answer.status, 201);
  session = { Cookie: answer.headers.get('Set-Cookie').split(';')[0], 'X-CSRF-Token': (await answer.json()).csrf };
});

after(() => browser?.close());

async function askAs(path, options = {}) {
  const answer = await fetch(new URL(path, serverUrl()), { ...options, headers: { ...session, ...options.headers } });
  assert.ok(answer.ok, `${path} answers ${answer.status}`);
  return answer;
}
const read = async (path) => (await askAs(path)).json();
const offsetOf = async (upload) => {
  const answer = await askAs(`uploads/${upload}`, { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } });
  return Number(answer.headers.get('Upload-Offset'));
};
const published = async () => (await read('collections/leve_point/items?limit=1&lot=tournee')).numberMatched;

/** A survey in CC50 around Béthune, comma decimals, large enough to be cut. */
function survey() {
  const filler = 'rue relevée au GNSS '.repeat(60);
  const number = (value) => value.toFixed(3).replace('.', ',');
  const lines = ['Numéro;X;Y;Z;Code;HRMS;Observation'];
  for (let i = 0; i < points; i++) {
    const [x, y] = [1_674_500 + (i % 80) * 5, 9_259_200 + Math.floor(i / 80) * 5];
    lines.push([i + 1, number(x), number(y), number(25 + (i % 7) / 10), 'BANC', number(0.012), filler].join(';'));
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

test('from the field to the map, over a network that breaks', { timeout: 300_000 }, async () => {
  const file = survey();
  const portal = await openDepot(browser);
  const { page, context } = portal;
  // From its second visit on, the page is there without network.
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.reload();
  await page.waitForSelector('#depot-files', { state: 'attached' });

  const network = await context.newCDPSession(page);
  const speed = (offline) =>
    network.send('Network.emulateNetworkConditions', { offline, latency: 20, downloadThroughput: -1, uploadThroughput: 1_000_000 });
  await network.send('Network.enable');
  await speed(false);
  await page.setInputFiles('#depot-files', { name: 'tournee.csv', mimeType: 'text/csv', buffer: file });
  await page.waitForFunction(
    () => Number(/(\d+)/.exec(document.querySelector('.depot-words')?.textContent ?? '')?.[1] ?? 0) >= 60,
    undefined,
    { timeout: patience, polling: 20 },
  );
  await speed(true);
  await page.waitForSelector('.depot-offline:not([hidden])');
  const [waiting] = (await read('uploads')).items.filter((one) => one.name === 'tournee.csv' && !one.complete);
  assert.ok(waiting, 'the server holds an unfinished upload');
  await portal.shot('depot-coupe');

  await page.reload();
  await page.waitForSelector('.depot-queue li', { timeout: patience });
  assert.match(await page.textContent('.depot-queue li'), /tournee\.csv/);
  // What was under way ended with the page: from here on the server gets nothing more.
  const cut = await offsetOf(waiting.id);
  assert.ok(cut >= 0.5 * file.length && cut < file.length, `cut at ${cut} of ${file.length}`);
  const resumed = page.waitForRequest((request) => request.method() === 'PATCH', { timeout: patience });
  await speed(false);
  assert.equal(Number((await resumed).headers()['upload-offset']), cut, 'it goes on at the byte');

  const card = page.locator('.job[data-state=draft]', { hasText: 'tournee.csv' });
  await card.waitFor({ timeout: 2 * patience });
  await card.locator('.job-facts').waitFor({ timeout: patience });
  assert.match(await card.locator('.job-facts').textContent(), new RegExp(`${points} objets.*2 cm\\s: ${points}`));
  assert.match(await card.textContent(), /EPSG:3950/);
  await card.locator('.draft-map[data-drawn]').waitFor({ timeout: patience });
  assert.equal(await published(), 0, 'a draft is nobody else’s');
  await portal.shot('depot-rapport');

  await card.locator('[data-act=publish]').click();
  const done = page.locator('.job[data-state=published]', { hasText: 'tournee.csv' });
  await done.waitFor({ timeout: patience });
  assert.equal(await published(), points);
  await portal.shot('depot-publie');

  const map = new Portal(context, await context.newPage(), serverUrl());
  const [west, south, east, north] = (await read(`jobs/${(await done.getAttribute('id')).slice(4)}`)).report.drafts[0].bbox;
  await map.page.goto(`${serverUrl()}#map=17/${(south + north) / 2}/${(west + east) / 2}&layers=leve_point`);
  await map.ready();
  await map.draws('leve_point');
  await map.shot('depot-carte');
  const token = await (await askAs('session/tokens', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ title: 'GDAL', kind: 'token' }),
  })).json();
  const { stdout } = await run('ogrinfo', ['-ro', '-al', '-so', `OAPIF:${serverUrl().replace(/\/$/, '')}`, 'leve_point'], {
    env: { ...process.env, GDAL_HTTP_HEADERS: `Authorization: Bearer ${token.secret}` },
    timeout: patience,
  });
  assert.match(stdout, new RegExp(`Feature Count: ${points}`));

  await done.locator('[data-act=undo]').click();
  await card.waitFor({ timeout: patience });
  assert.equal(await published(), 0);
  await map.page.reload();
  await map.ready();
  await map.draws('leve_point', false);
  // Requests that the broken network ended are told in the console.
  await portal.leave({ expectErrors: true });
});

const csv = (name, ...lines) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(`${lines.join('\n')}\n`) });

test('columns that nothing tells are chosen, and remembered', { timeout: 300_000 }, async () => {
  const portal = await openDepot(browser);
  const { page } = portal;
  const header = "Objet n°;Vers l'est;Sorte;Vers le nord";
  await page.setInputFiles('#depot-files', csv('chantier.csv', header, '7;1674512,34;BANC;9259234,56', '8;1674520,00;ARBRE;9259240,00'));
  const refused = await waitForCard(page, 'chantier.csv', 'refused');
  const form = refused.locator('.reading-body');
  await form.locator('[name=layer]').selectOption('leve_point');
  for (const [column, field] of [['x', "Vers l'est"], ['y', 'Vers le nord'], ['code', 'Sorte'], ['numero', 'Objet n°']])
    await form.locator(`[data-column=${column}]`).selectOption(field);
  assert.match(await form.locator('.reading-rows').textContent(), /BANC.*9259234/);
  assert.match(await form.locator('[name=separator] option:checked').textContent(), /point-virgule/);
  assert.match(await form.locator('[name=decimal] option:checked').textContent(), /virgule/);
  assert.match(await form.locator('[data-column=code] option:checked').textContent(), /Sorte \(BANC\)/);
  await portal.shot('depot-colonnes');
  await form.locator('[data-act=retry]').click();
  const read = await waitForCard(page, 'chantier.csv', 'draft');
  await read.locator('.job-facts', { hasText: '2 objets' }).waitFor({ timeout: patience });
  await read.locator('[data-act=publish]').click();
  await waitForCard(page, 'chantier.csv', 'published');

  await page.setInputFiles('#depot-files', csv('chantier-2.csv', header, '9;1674530,00;BANC;9259250,00'));
  const next = await waitForCard(page, 'chantier-2.csv', 'draft');
  await next.locator('.job-last-time', { hasText: 'comme la dernière fois' }).waitFor({ timeout: patience });
  await portal.shot('depot-derniere-fois');
  await next.locator('[data-act=leave]').click();
  const left = await waitForCard(page, 'chantier-2.csv', 'refused');
  await left.locator('[data-act=remove]').click();
  await left.waitFor({ state: 'detached', timeout: patience });
  await cardOf(page, 'chantier.csv', 'published').locator('[data-act=undo]').click();
  await waitForCard(page, 'chantier.csv', 'draft');
  await portal.leave();
});

test('photos chosen together wait for the network, become one mission and are seen on the map', { timeout: 300_000 }, async () => {
  const portal = await openDepot(browser);
  const { page, context } = portal;
  const photos = [];
  for (const [index, shift] of [0, 0.0006, 0.0012].entries()) photos.push(await photo(page, `vol-${index + 1}.jpg`, 2.641 + shift, 50.531));
  await context.setOffline(true);
  await page.waitForSelector('.depot-offline:not([hidden])');
  await page.fill('#depot-mission', 'Vol du parc');
  await page.setInputFiles('#depot-files', photos);
  await page.waitForFunction(() => document.querySelectorAll('.depot-queue li').length === 3);
  await portal.shot('depot-photos-attente');
  await context.setOffline(false);
  const card = await waitForCard(page, 'vol-1.jpg', 'draft');
  await card.locator('.job-facts', { hasText: '3 objets' }).waitFor({ timeout: patience });
  await card.locator('.draft-map[data-drawn]').waitFor({ timeout: patience });
  assert.equal(await page.locator('.depot-queue li').count(), 0);
  await portal.shot('depot-photos');
  await card.locator('[data-act=publish]').click();
  const done = await waitForCard(page, 'vol-1.jpg', 'published');
  const { features } = await read('collections/photo/items?mission=Vol%20du%20parc');
  assert.equal(features.length, 3);

  const map = new Portal(context, await context.newPage(), serverUrl());
  const [lon, lat] = features[0].geometry.coordinates;
  await map.page.goto(`${serverUrl()}#map=18/${lat}/${lon}&layers=photo`);
  await map.ready();
  await map.draws('photo');
  const place = await map.placeOf('photo', String(features[0].id));
  await map.page.mouse.click(place.x, place.y);
  await map.page.waitForFunction(() => (document.querySelector('.card-picture img')?.naturalWidth ?? 0) > 0, undefined, { timeout: patience });
  assert.match(await map.cardTitle(), /vol-\d\.jpg/);
  await map.shot('depot-photo-carte');
  await done.locator('[data-act=undo]').click();
  await waitForCard(page, 'vol-1.jpg', 'draft');
  // Requests made while there was no network are told in the console.
  await portal.leave({ expectErrors: true });
});

test('tus-js-client stops and resumes', { timeout: 120_000 }, async () => {
  const bytes = Buffer.alloc(3_000_000, 'carreau ');
  const options = {
    endpoint: new URL('uploads', serverUrl()).href,
    headers: session,
    chunkSize: 500_000,
    metadata: { filename: 'client.bin', filetype: 'application/octet-stream' },
    retryDelays: [0, 500, 1000],
  };
  const address = await new Promise((resolve, reject) => {
    const upload = new tus.Upload(bytes, {
      ...options,
      onError: reject,
      onChunkComplete: (_, accepted) => {
        if (accepted >= 1_500_000) void upload.abort().then(() => resolve(upload.url));
      },
    });
    upload.start();
  });
  const before = await offsetOf(address.split('/').pop());
  assert.ok(before >= 1_500_000 && before < bytes.length);
  let first = null;
  await new Promise((resolve, reject) => {
    const upload = new tus.Upload(bytes, {
      ...options,
      uploadUrl: address,
      onProgress: (sent) => (first ??= sent),
      onError: reject,
      onSuccess: resolve,
    });
    upload.start();
  });
  assert.ok(first >= before, 'what the server has is not sent again');
  const receipt = await read(`uploads/${address.split('/').pop()}`);
  assert.equal(receipt.complete, true);
  assert.equal(receipt.size, bytes.length);
});
