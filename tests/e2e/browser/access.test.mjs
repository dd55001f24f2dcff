// Logging in, what ended, own accesses and the administration, in a real browser against a real demo server.
// The variables are those of portal.test.mjs; the people are those of the demo territory.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { ask, launch, phone, Portal, serverUrl } from './support.mjs';

const tabs = ['organisations', 'people', 'services', 'conventions', 'engagements', 'layers', 'tokens', 'audit'];
let browser;

before(async () => {
  assert.ok(serverUrl(), 'CARREAU_URL is set');
  browser = await launch();
});

after(() => browser?.close());

const passwordOf = (login) => `carreau-demo-${login}`;

/** Fills the login dialog that is open. */
async function fillLogin(page, login, password = passwordOf(login)) {
  await page.fill('#login-dialog [name=login]', login);
  await page.fill('#login-dialog [name=password]', password);
  await page.click('#login-dialog [type=submit]');
}

async function enter(portal, login) {
  await portal.page.click('#login');
  await fillLogin(portal.page, login);
  await portal.page.waitForSelector('#account .account-button[aria-expanded]');
  await portal.page.waitForSelector('#login-dialog', { state: 'detached' });
}

async function openAs(login, options = {}) {
  const portal = await Portal.open(browser, options);
  await enter(portal, login);
  return portal;
}

async function fromMenu(page, item) {
  await page.click('#account .account-button');
  await page.click(item);
}

/** The administration, as somebody who is logged in on the map already. */
async function openAdministration(login = 'admin', options = {}) {
  const portal = await openAs(login, options);
  await fromMenu(portal.page, '#administration');
  await portal.page.waitForSelector('#panel-organisations tbody tr');
  return portal;
}

async function openTab(page, tab) {
  await page.click(`#tab-${tab}`);
  await page.waitForSelector(`#panel-${tab} tbody tr`);
}

const rowOf = (page, tab, text) => page.locator(`#panel-${tab} tbody tr`, { hasText: text });

/** Asks with the person's cookie, as the page does. */
async function askInPage(page, path) {
  return page.evaluate(async (path) => (await fetch(path)).json(), path);
}

async function faults(page) {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
  });
}

/** Waits, five seconds at most, until the answer to a question has this status. */
async function becomes(status, question) {
  const end = Date.now() + 5000;
  let last;
  do {
    last = (await question()).status;
    if (last === status) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  } while (Date.now() < end);
  assert.equal(last, status, 'within five seconds');
}

test('a wrong password is told in the dialog, which stays', async () => {
  const portal = await Portal.open(browser);
  const { page } = portal;
  await page.click('#login');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('name')), 'login');
  assert.deepEqual(await faults(page), []);
  await fillLogin(page, 'personne.inconnue', 'ceci-est-faux');
  await page.waitForFunction(() => document.querySelector('#login-dialog .form-error')?.textContent);
  assert.match(await page.textContent('#login-dialog .form-error'), /Identifiant ou mot de passe incorrect/);
  await portal.shot('connexion-refusee');
  await page.keyboard.press('Escape');
  await page.waitForSelector('#login-dialog', { state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.id), 'login');
  await portal.leave({ expectErrors: true });
});

test('logging in and out changes the layers without loading the page again', async () => {
  const anonymous = (await ask('collections')).collections.filter((one) => one['carreau:geometryType'] !== '').length;
  const portal = await Portal.open(browser);
  const { page } = portal;
  const layers = page.locator('.layer-name');
  assert.equal(await layers.count(), anonymous);
  await page.evaluate(() => (window.samePage = true));
  await enter(portal, 'admin');
  const { collections } = await askInPage(page, 'collections');
  const drawn = collections.filter((one) => one['carreau:geometryType'] !== '').length;
  assert.ok(drawn > anonymous, 'an administrator sees layers that the public does not');
  await page.waitForFunction((count) => document.querySelectorAll('.layer-name').length === count, drawn);
  await portal.still();
  await portal.shot('connecte');
  await fromMenu(page, '#logout');
  await page.waitForSelector('#login');
  await page.waitForFunction((count) => document.querySelectorAll('.layer-name').length === count, anonymous);
  assert.equal(await page.evaluate(() => window.samePage), true);
  assert.equal((await askInPage(page, 'session')).authenticated, false);
  await portal.leave();
});

test('the person stays logged in when the page is loaded again', async () => {
  const portal = await openAs('secretaire.bethune');
  const { page } = portal;
  const { person } = await askInPage(page, 'session');
  await page.reload();
  await portal.ready();
  await page.waitForSelector('#account .account-button[aria-expanded]');
  const words = await page.textContent('#account .account-words');
  assert.ok(words.includes(person.name) && words.includes(person.organisation.name), words);
  assert.equal(await page.locator('#administration').count(), 0);
  await portal.leave();
});

test('a partner whose convention ended learns which, when and whom to ask', async () => {
  for (const viewport of [undefined, phone]) {
    const portal = await openAs('partenaire', viewport && { viewport });
    const { page } = portal;
    await page.waitForSelector('.notice.ended');
    const [ended] = (await askInPage(page, 'session')).ended;
    const words = await page.textContent('.notice.ended');
    assert.ok(words.includes(ended.title), words);
    assert.match(words, /a pris fin le \d{1,2}(er)? \p{L}+ \d{4}/u);
    for (const layer of ended.layers) assert.ok(words.includes(layer), words);
    assert.ok(words.includes(ended.contact), words);
    if (ended.contact.includes('@')) assert.equal(await page.getAttribute('.notice.ended a', 'href'), `mailto:${ended.contact}`);
    assert.deepEqual(await faults(page), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, 'nothing sticks out');
    await portal.shot(viewport ? 'convention-terminee-telephone' : 'convention-terminee');
    await page.click('.notice.ended button');
    assert.equal(await page.isVisible('.notice.ended'), false);
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await page.waitForTimeout(500);
    assert.equal(await page.isVisible('.notice.ended'), false, 'what was closed stays closed');
    await portal.leave();
  }
});

test('a password for QGIS and a token are made, shown once, work, and are revoked', async () => {
  const portal = await openAs('instructeur.ads');
  const { page } = portal;
  await fromMenu(page, '#my-accesses');
  const own = (await askInPage(page, 'collections')).collections.length;
  for (const kind of ['application', 'token']) {
    const title = `Essai ${kind} ${Date.now()}`;
    await page.fill('#tokens-dialog [name=title]', title);
    await page.selectOption('#tokens-dialog [name=kind]', kind);
    await page.click('#tokens-dialog [type=submit]');
    await page.locator('.secret-note h3', { hasText: title }).waitFor();
    const secret = await page.textContent('#secret');
    assert.deepEqual(await faults(page), []);
    await portal.shot(`acces-${kind}`);
    const basic = `Basic ${Buffer.from(`instructeur.ads:${secret}`).toString('base64')}`;
    const headers = { Authorization: kind === 'token' ? `Bearer ${secret}` : basic, Accept: 'application/json' };
    const question = () => fetch(new URL('collections', serverUrl()), { headers });
    const answer = await question();
    assert.equal(answer.status, 200);
    assert.equal((await answer.json()).collections.length, own, 'the same layers as the person');
    const line = page.locator('.tokens li', { hasText: title });
    await line.locator('button').click();
    await page.locator('dialog:last-of-type .form-end .danger').click();
    await line.waitFor({ state: 'detached' });
    await becomes(401, question);
  }
  await page.keyboard.press('Escape');
  await portal.leave();
});

test('a session ended elsewhere is noticed and told', async () => {
  const portal = await openAs('admin');
  const { page } = portal;
  const { csrf } = await askInPage(page, 'session');
  const cookies = (await portal.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  // Not through the browser, which would drop its cookie.
  const response = await fetch(new URL('session', serverUrl()), { method: 'DELETE', headers: { Cookie: cookies, 'X-CSRF-Token': csrf } });
  assert.equal(response.status, 204);
  await becomes(204, async () => {
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    return { status: (await page.isVisible('.notice.lost')) ? 204 : 0 };
  });
  assert.match(await page.textContent('.notice.lost'), /Votre session a pris fin/);
  await page.waitForSelector('#login');
  await portal.shot('session-terminee');
  await page.click('.notice.lost .button');
  await fillLogin(page, 'admin');
  await page.waitForSelector('.notice.lost', { state: 'detached' });
  await portal.leave({ expectErrors: true });
});

test('the administration lists every kind, and its search narrows the list', async () => {
  const portal = await openAdministration();
  const { page } = portal;
  for (const tab of tabs) {
    await openTab(page, tab);
    assert.deepEqual(await faults(page), [], tab);
    await portal.shot(`administration-${tab}`);
  }
  await openTab(page, 'people');
  await page.fill('#search-people', 'archeologue');
  assert.equal(await page.locator('#panel-people tbody tr:visible').count(), 1);
  await page.fill('#search-people', 'zzqqxx');
  assert.match(await page.textContent('#panel-people .none'), /Aucune ligne/);
  await page.focus('#tab-people');
  await page.keyboard.press('ArrowRight');
  await page.waitForSelector('#panel-services:not([hidden])');
  await page.reload();
  await page.waitForSelector('#panel-services tbody tr');
  await portal.leave();
});

test('what records say of a layer is written by a form', async () => {
  const portal = await openAdministration();
  const { page } = portal;
  const mark = `Relevés ${Date.now()}`;
  const parcels = page.locator('#panel-layers tbody tr', { has: page.locator('td:text-is("parcelle")') });
  const open = async () => {
    await parcels.locator('button', { hasText: 'Modifier' }).click();
    await page.waitForSelector('dialog [name=lineage]');
  };
  const save = async () => {
    await page.click('dialog [type=submit]');
    await page.waitForSelector('dialog', { state: 'detached' });
  };
  await openTab(page, 'layers');
  await page.fill('#search-layers', 'parcelle');
  await open();
  const before = await page.inputValue('dialog [name=lineage]');
  const keywords = await page.inputValue('dialog [name=keywords]');
  await page.fill('dialog [name=lineage]', `${mark}.`);
  await page.fill('dialog [name=keywords]', `cadastre\n\n ${mark} \n`);
  assert.deepEqual(await faults(page), []);
  await portal.shot('administration-fiche');
  await save();
  await rowOf(page, 'layers', `cadastre, ${mark}`).waitFor();
  // The server reads its layers again in a moment.
  const recordHolds = async (text) => (await (await fetch('metadata/cp-4.0')).text()).includes(text);
  await page.waitForFunction(recordHolds, `${mark}.`, { timeout: 30_000, polling: 250 });
  await open();
  assert.equal(await page.inputValue('dialog [name=keywords]'), `cadastre\n${mark}`);
  const title = await page.inputValue('dialog [name=title]');
  await page.fill('dialog [name=title]', '');
  await page.click('dialog [type=submit]');
  assert.equal(await page.locator('dialog').count(), 1, 'a layer without title is not saved');
  await page.fill('dialog [name=title]', title);
  await page.fill('dialog [name=lineage]', before);
  await page.fill('dialog [name=keywords]', keywords);
  await save();
  await rowOf(page, 'layers', mark).waitFor({ state: 'detached' });
  await portal.leave();
});

test('a convention is made, renewed and ended', async () => {
  const portal = await openAdministration();
  const { page } = portal;
  const title = `Convention d'essai ${Date.now()}`;
  await openTab(page, 'conventions');
  await page.click('#new-conventions');
  await page.fill('dialog [name=title]', title);
  await page.selectOption('dialog [name=organisation]', { index: 1 });
  await page.fill('dialog [name=valid_from]', '2020-01-01');
  const soon = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  await page.fill('dialog [name=valid_to]', soon);
  await page.click('#add-right');
  await page.selectOption('dialog [name=subject]', 'layer:parcelle');
  await page.selectOption('dialog [name=communes]', 'list');
  await page.fill('.commune-picker input', 'bethune');
  await page.press('.commune-picker input', 'Enter');
  assert.deepEqual(await faults(page), []);
  await portal.shot('administration-convention');
  await page.click('dialog [type=submit]');
  const row = rowOf(page, 'conventions', title);
  await row.waitFor();
  assert.match(await row.textContent(), /prend fin bientôt/);
  await page.check('#ends-within');
  await row.waitFor();
  await row.locator('button', { hasText: 'Renouveler' }).click();
  await page.click('dialog [type=submit]');
  await row.waitFor({ state: 'detached' });
  await page.uncheck('#ends-within');
  await row.waitFor();
  await row.locator('button', { hasText: 'Mettre fin' }).click();
  await page.click('dialog .danger');
  await row.locator('.phase.past').waitFor();
  await portal.leave();
});

test('what a person sees is told for a date, with the reason', async () => {
  const portal = await openAdministration();
  const { page } = portal;
  await openTab(page, 'people');
  await rowOf(page, 'people', 'secretaire.bethune').locator('button', { hasText: 'Ce que voit' }).click();
  await page.waitForSelector('dialog .sight tbody tr');
  const now = await page.locator('dialog .sight tbody tr').count();
  assert.match(await page.textContent('dialog .sight'), /Béthune/);
  assert.deepEqual(await faults(page), []);
  await portal.shot('administration-ce-que-voit');
  await page.fill('dialog [name=at]', '1990-01-01');
  await page.click('dialog [type=submit]');
  await page.waitForFunction(() => document.querySelector('dialog .sight').textContent.includes('1990'));
  assert.ok((await page.locator('dialog .sight tbody tr').count()) < now, 'less was open before any convention');
  await portal.leave();
});

test("an objection of the server stands beside the field it's about", async () => {
  const portal = await openAdministration();
  const { page } = portal;
  await page.route('**/admin/organisations', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    const headers = { 'Content-Type': 'application/problem+json' };
    await route.fulfill({ status: 400, headers, json: { detail: 'siren : neuf chiffres attendus', parameter: 'siren' } });
  });
  await page.click('#new-organisations');
  await page.fill('dialog [name=name]', 'Essai');
  await page.fill('dialog [name=siren]', '12');
  await page.click('dialog [type=submit]');
  await page.waitForSelector('dialog [data-name=siren] .field-error:not([hidden])');
  assert.match(await page.textContent('dialog [data-name=siren] .field-error'), /neuf chiffres/);
  assert.equal(await page.getAttribute('dialog [name=siren]', 'aria-invalid'), 'true');
  await portal.leave({ expectErrors: true });
});

test('the administration is closed to others, who are told so', async () => {
  const portal = await openAs('secretaire.bethune');
  const { page } = portal;
  await page.goto(`${serverUrl()}admin.html`);
  await page.waitForSelector('.admin-main .empty');
  assert.match(await page.textContent('.admin-main'), /n'a pas le droit d'administrer/);
  await fromMenu(page, '#logout');
  await page.waitForSelector('.admin-main .empty .button');
  assert.match(await page.textContent('.admin-main'), /réservée aux administrateurs/);
  assert.deepEqual(await faults(page), []);
  await page.click('.admin-main .empty .button');
  await fillLogin(page, 'admin');
  await page.waitForSelector('#panel-organisations tbody tr');
  await portal.leave();
});

test('the administration fits a phone', async () => {
  const portal = await openAdministration('admin', { viewport: phone });
  const { page } = portal;
  for (const tab of tabs) {
    await openTab(page, tab);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, tab);
  }
  await portal.shot('administration-telephone');
  await portal.leave();
});

test('behind a path prefix login and administration stay under it', { skip: !serverUrl('CARREAU_PREFIX_URL') }, async () => {
  const base = serverUrl('CARREAU_PREFIX_URL');
  const portal = await openAdministration('admin', { base });
  assert.equal(portal.page.url(), `${base}admin.html`);
  await portal.page.click('a[href="./"]');
  await portal.ready();
  await fromMenu(portal.page, '#logout');
  await portal.page.waitForSelector('#login');
  await portal.leave();
});
