// A deposit by a person who may not publish it: proposed, seen in the inbox of the SIG, sent back with a word, read by its author,
// proposed again, published, on the map, and taken back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, desktop, launch, phone, Portal, serverUrl } from './support.mjs';

const patience = 60_000;
const elsewhere = '62310';
const name = 'bancs-du-voisin.csv';
let browser;

before(async () => {
  assert.ok(serverUrl(), 'CARREAU_URL is set');
  browser = await launch();
});

after(() => browser?.close());

/** A page of the portal in a browser of its own, where that person is logged in. */
async function openAs(login, path, viewport) {
  const context = await browser.newContext({ viewport, locale: 'fr-FR', hasTouch: viewport === phone });
  const answer = await context.request.post(`${serverUrl()}session`, { data: { login, password: `carreau-demo-${login}` } });
  assert.equal(answer.status(), 201);
  const portal = new Portal(context, await context.newPage(), serverUrl());
  await portal.page.goto(`${serverUrl()}${path}`);
  return portal;
}

/** The middle of a commune. */
async function middleOf(commune) {
  const points = (await ask(`collections/commune/items/${commune}`)).geometry.coordinates.flat(Infinity);
  const middle = (numbers) => (Math.min(...numbers) + Math.max(...numbers)) / 2;
  return [middle(points.filter((_, i) => i % 2 === 0)), middle(points.filter((_, i) => i % 2 === 1))];
}

/** The deposit leaves the list; if it does not, what its card says. */
async function leaves(card) {
  await card.waitFor({ state: 'detached', timeout: patience }).catch(async (error) => {
    throw new Error(`${error.message}\n${await card.innerText()}`);
  });
}

test('what one may not publish is handed over, sent back, mended and published', { timeout: 400_000 }, async () => {
  const [lon, lat] = await middleOf(elsewhere);
  const bench = `00000000-0000-4000-8000-000000000310;${elsewhere};banc;bon;commune;${lon};${lat}`;
  const file = Buffer.from(`id;commune;nature;etat;gestionnaire;lon;lat\n${bench}\n`);

  const author = await openAs('secretaire.bethune', 'depot.html', phone);
  await author.page.locator('#depot-layer option[value=mobilier_urbain]').waitFor({ state: 'attached', timeout: patience });
  await author.page.selectOption('#depot-layer', 'mobilier_urbain');
  await author.page.setInputFiles('#depot-files', { name, mimeType: 'text/csv', buffer: file });
  const mine = author.page.locator('.job', { hasText: name });
  const propose = mine.locator('[data-act=propose]');
  // She may deposit in her own commune: the page offers what is left to her.
  await propose.waitFor({ timeout: 2 * patience });
  await mine.locator('.soft', { hasText: 'proposez-les' }).waitFor({ timeout: patience });
  assert.equal(await mine.locator('[data-act=publish]').count(), 0);
  await mine.locator('[name=replaces]').selectOption('nothing');
  await propose.click();
  const proposed = author.page.locator('.job[data-proposed]', { hasText: name });
  await proposed.waitFor({ timeout: patience });
  await author.shot('depot-propose');
  await proposed.locator('[data-act=withdraw]').click();
  await propose.waitFor({ timeout: patience });
  await mine.locator('[name=replaces]').selectOption('nothing');
  await propose.click();
  await proposed.waitFor({ timeout: patience });

  const sig = await openAs('admin', '', desktop);
  await sig.ready();
  await sig.page.click('.account-button');
  await sig.page.locator('.account-waiting', { hasText: '1' }).waitFor({ timeout: patience });
  await sig.page.click('#inbox-link');
  const waiting = sig.page.locator('.deposit[data-state=draft]', { hasText: name });
  await waiting.waitFor({ timeout: patience });
  assert.match(await waiting.locator('.deposit-author').textContent(), /Claire Delattre, Commune de Béthune/);
  assert.match(await waiting.locator('.deposit-what').textContent(), /CSV → Mobilier urbain\s: 1 objet/);
  await waiting.locator('summary', { hasText: 'Examiner' }).click();
  await waiting.locator('.draft-map[data-drawn]').waitFor({ timeout: patience });
  await sig.shot('inbox');
  await waiting.locator('[data-act=refuse]').click();
  await sig.page.keyboard.type('Le banc est celui de la voisine : vérifiez la commune.');
  await waiting.locator('.deposit-refusal [type=submit]').click();
  await leaves(waiting);
  await sig.page.locator('#inbox .none', { hasText: "Rien n'attend" }).waitFor({ timeout: patience });
  await sig.shot('inbox-vide');

  await author.page.reload();
  const returned = mine.locator('.job-returned');
  await returned.waitFor({ timeout: patience });
  assert.match(await returned.textContent(), /Marc Wattel.*vérifiez la commune/);
  // The card is drawn anew once all of the deposit is known.
  await mine.locator('.soft', { hasText: 'proposez-les' }).waitFor({ timeout: patience });
  await author.shot('depot-renvoye');
  await mine.locator('[name=replaces]').selectOption('nothing');
  await propose.click();
  await proposed.waitFor({ timeout: patience });

  // The open page hears of it by itself.
  await waiting.waitFor({ timeout: patience });
  await sig.page.route('**/jobs/*/draft', (route) => setTimeout(() => route.continue(), 500));
  await waiting.locator('summary', { hasText: 'Examiner' }).click();
  const publish = waiting.locator('[data-act=publish]');
  await publish.waitFor({ timeout: patience });
  const placeOfButton = await publish.boundingBox();
  assert.equal(await waiting.locator('.draft-map[data-drawn]').count(), 0);
  await waiting.locator('.draft-map[data-drawn]').waitFor({ timeout: patience });
  assert.deepEqual(await publish.boundingBox(), placeOfButton, 'a picture that comes later moves no button');
  assert.equal(await waiting.locator('[name=replaces]').inputValue(), 'nothing', 'as its author wished');
  await publish.click();
  await leaves(waiting);
  await author.page.reload();
  await author.page.locator('.job[data-state=published]', { hasText: name }).waitFor({ timeout: patience });

  const map = await openAs('partenaire', `#map=19/${lat}/${lon}&layers=mobilier_urbain`, desktop);
  await map.ready();
  await map.placeOf('mobilier_urbain', '00000000-0000-4000-8000-000000000310');
  await map.shot('inbox-carte');
  await map.leave();

  await sig.page.selectOption('#inbox-state', 'published');
  const published = sig.page.locator('.deposit[data-state=published]', { hasText: name });
  await published.locator('summary', { hasText: 'Examiner' }).click();
  await published.locator('[data-act=undo]').click();
  await published.waitFor({ state: 'detached', timeout: patience });
  await author.page.reload();
  await proposed.waitFor({ timeout: patience });
  await author.leave();
  await sig.leave();
});

test('the inbox is used from the keyboard, in English, and says what is wrong', { timeout: 200_000 }, async () => {
  const stranger = await browser.newContext({ viewport: phone, locale: 'en-GB' });
  const portal = new Portal(stranger, await stranger.newPage(), serverUrl());
  await portal.page.goto(`${serverUrl()}a-traiter.html`);
  await portal.page.locator('.empty', { hasText: 'Log in to see' }).waitFor({ timeout: patience });
  await stranger.request.post(`${serverUrl()}session`, { data: { login: 'admin', password: 'carreau-demo-admin' } });
  let refuses = true;
  await stranger.route('**/inbox?*', (route) => (refuses ? route.fulfill({ status: 503, body: '{}' }) : route.continue()));
  // No news either: they would ask again before the reader does.
  await stranger.route('**/inbox/events', (route) => route.abort());
  await portal.page.reload();
  await portal.page.locator('.empty[role=alert]', { hasText: 'could not be read' }).waitFor({ timeout: patience });
  refuses = false;
  await portal.tabTo('.empty .button');
  await portal.page.keyboard.press('Enter');
  await portal.page.locator('.deposit, #inbox .none').first().waitFor({ timeout: patience });
  const card = portal.page.locator('.deposit').first();
  await card.waitFor({ timeout: patience });
  await portal.tabTo('.deposit-details > summary');
  await portal.page.keyboard.press('Enter');
  await card.locator('[data-act=refuse]').waitFor({ timeout: patience });
  await portal.shot('inbox-telephone');
  const wide = await portal.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `nothing lies beside a phone's screen: ${wide} pixels`);
  await portal.tabTo('[data-act=refuse]');
  await portal.page.keyboard.press('Enter');
  await portal.page.keyboard.type('Sent back from the keyboard.');
  await portal.page.keyboard.press('Tab');
  await portal.page.keyboard.press('Enter');
  await card.waitFor({ state: 'detached', timeout: patience });
  await portal.leave({ expectErrors: true });
});
