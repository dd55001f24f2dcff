// The page of open data: what is published, its licence and formats, and the services to copy.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { ask, desktop, launch, phone, Portal, serverUrl } from './support.mjs';

let browser;
let published;

before(async () => {
  assert.ok(serverUrl(), 'CARREAU_URL is set');
  browser = await launch();
  published = (await ask('collections')).collections;
});

after(() => browser?.close());

/** A watched page of the open data, without the map. */
async function open({ base = serverUrl(), viewport = desktop, query = '' } = {}) {
  const context = await browser.newContext({ viewport, locale: 'fr-FR', permissions: ['clipboard-read', 'clipboard-write'] });
  const portal = new Portal(context, await context.newPage(), base);
  await portal.page.goto(`${base}donnees.html${query}`);
  await portal.page.waitForSelector('.data-cards li');
  return portal;
}

async function faults(page) {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
  });
}

test('every layer is there with its licence, its date and its formats', async () => {
  const portal = await open();
  const { page } = portal;
  assert.match(await page.title(), /Données ouvertes/);
  const shown = await page.locator('.data-cards li').evaluateAll((cards) => cards.map((card) => card.dataset.layer).sort());
  assert.deepEqual(shown, published.map((one) => one.id).sort());
  for (const one of published) {
    const card = page.locator(`.data-cards li[data-layer="${one.id}"]`);
    assert.equal(await card.locator('h3').textContent(), one.title);
    const licence = await card.locator('[data-fact=licence]').textContent();
    assert.equal(licence, one['carreau:licence'] || 'non précisée');
    assert.equal(await card.locator('[data-fact=updated]').count(), one['carreau:updated'] ? 1 : 0);
    const formats = await card.locator('[data-fact=formats] a').evaluateAll((links) => links.map((link) => link.href));
    assert.deepEqual(formats, one.links.filter((link) => link.rel === 'enclosure').map((link) => link.href));
  }
  assert.deepEqual(await faults(page), []);
  await portal.shot('donnees-ouvertes');
  await portal.leave();
});

test('services are copied, and answer', async () => {
  const portal = await open();
  const { page } = portal;
  const rows = page.locator('[data-service]');
  const names = await rows.evaluateAll((all) => all.map((row) => row.dataset.service));
  assert.deepEqual(names, ['api', 'wfs', 'csw', 'atom', 'dcat']);
  for (const name of names) {
    const row = page.locator(`[data-service=${name}]`);
    const address = await row.locator('code').textContent();
    assert.ok(address.startsWith(serverUrl()), address);
    await row.locator('button').click();
    await page.waitForFunction(async (wanted) => (await navigator.clipboard.readText()) === wanted, address);
    assert.equal((await fetch(address)).status, 200, address);
  }
  await portal.leave();
});

test('INSPIRE data sets have a record and a way to the data', async () => {
  const portal = await open();
  const { page } = portal;
  const codes = await page.locator('[data-set]').evaluateAll((all) => all.map((row) => row.dataset.set));
  assert.ok(codes.includes('cp-4.0'), codes.join(' '));
  for (const code of codes) {
    const links = await page.locator(`[data-set="${code}"] a`).evaluateAll((all) => all.map((link) => link.href));
    const [record, ...files] = links;
    assert.ok(record.endsWith(`/metadata/${code}`), record);
    const extensions = files.map((file) => (file.includes('/downloads/') ? file.slice(file.lastIndexOf(`/${code}.`) + code.length + 2) : 'feed'));
    // As they come to be prepared: the feed while none is, then one file, or both.
    assert.ok(['feed', 'gml', 'gpkg', 'gml,gpkg'].includes(extensions.join()), links.join(' '));
    for (const link of links) assert.equal((await fetch(link, { method: 'HEAD' })).status, 200, link);
  }
  await portal.leave();
});

test('in English, on a phone, and from the map', async () => {
  const portal = await open({ viewport: phone, query: '?lang=en' });
  const { page } = portal;
  assert.equal(await page.textContent('h1'), 'Open data');
  assert.equal(await page.getAttribute('html', 'lang'), 'en');
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
  await portal.shot('donnees-ouvertes-telephone');
  await page.click('#language');
  await page.waitForSelector('.data-cards li');
  assert.equal(await page.textContent('h1'), 'Données ouvertes');
  await page.goto(serverUrl());
  await portal.ready();
  assert.match(await page.getAttribute('#open-data', 'href'), /donnees\.html/);
  await portal.leave();
});

test('behind a path prefix every address has it', { skip: !serverUrl('CARREAU_PREFIX_URL') }, async () => {
  const base = serverUrl('CARREAU_PREFIX_URL');
  const portal = await open({ base });
  const { page } = portal;
  const addresses = await page.locator('code').allTextContents();
  const links = await page.locator('[data-set] a, [data-fact=formats] a').evaluateAll((all) => all.map((link) => link.href));
  for (const address of [...addresses, ...links]) assert.ok(address.startsWith(base), address);
  for (const path of ['csw?service=CSW&version=2.0.2&request=GetCapabilities', 'atom', 'catalogue?f=ttl']) {
    const text = await (await fetch(`${base}${path}`)).text();
    const own = text.match(/https?:\/\/127\.0\.0\.1:\d+[^"<> ]*/g) ?? [];
    assert.ok(own.length > 0, path);
    for (const address of own) assert.ok(address.startsWith(base.replace(/\/$/, '')), `${path}: ${address}`);
  }
  await portal.leave();
});
