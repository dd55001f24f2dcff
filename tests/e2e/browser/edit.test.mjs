// Editing a feature on its card, what happens when somebody else does, taking an edit back, and downloads.
// The variables are those of portal.test.mjs; the people are those of the demo territory.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { ask, launch, phone, Portal, serverUrl } from './support.mjs';

const commune = '62119'; // Béthune, where its secretary edits
const layer = 'mobilier_urbain';
let browser;
let features;
let admin;

before(async () => {
  assert.ok(serverUrl(), 'CARREAU_URL is set');
  browser = await launch();
  ({ features } = await ask(`collections/${layer}/items?commune=${commune}&etat=bon&nature=candelabre&limit=4`));
  assert.equal(features.length, 4);
  admin = await login('admin');
});

after(() => browser?.close());

/** Asks as somebody else than the one before the browser. */
async function login(name) {
  const answer = await fetch(new URL('session', serverUrl()), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ login: name, password: `carreau-demo-${name}` }),
  });
  assert.equal(answer.status, 201);
  return { Cookie: answer.headers.get('Set-Cookie').split(';')[0], 'X-CSRF-Token': (await answer.json()).csrf };
}

async function patchAsAdmin(id, properties) {
  const answer = await fetch(new URL(`collections/${layer}/items/${id}`, serverUrl()), {
    method: 'PATCH',
    headers: { ...admin, 'Content-Type': 'application/merge-patch+json' },
    body: JSON.stringify({ type: 'Feature', properties }),
  });
  assert.equal(answer.status, 204);
}

const stored = async (id) => (await ask(`collections/${layer}/items/${id}`)).properties;

function hashOf({ id, geometry }) {
  const [lng, lat] = geometry.coordinates;
  return `#map=17.5/${lat}/${lng}&layers=commune,parcelle,${layer}&sel=${layer}/${id}`;
}

/** The portal as one of the demo's people, with the card of a feature. */
async function openAs(name, feature, options = {}) {
  const portal = await Portal.open(browser, { hash: hashOf(feature), ...options });
  await portal.cardTitle();
  await portal.page.click('#login');
  await portal.page.fill('#login-dialog [name=login]', name);
  await portal.page.fill('#login-dialog [name=password]', `carreau-demo-${name}`);
  await portal.page.click('#login-dialog [type=submit]');
  await portal.page.waitForSelector('#login-dialog', { state: 'detached' });
  return portal;
}

async function openForm({ page }) {
  await page.click('#edit');
  await page.waitForSelector('#edit-dialog form');
}

/** Waits until the card shows this value of a field. */
async function shows({ page }, field, text) {
  await page.locator(`.card dd[data-field=${field}]`, { hasText: text }).waitFor();
}

const save = ({ page }) => page.click('#edit-dialog [type=submit]');
const gone = ({ page }, dialog) => page.waitForSelector(dialog, { state: 'detached' });

test('who may not edit is offered nothing', async () => {
  const portal = await Portal.open(browser, { hash: hashOf(features[0]) });
  const options = portal.page.waitForResponse((response) => response.request().method() === 'OPTIONS');
  await portal.page.reload();
  await portal.ready();
  await portal.cardTitle();
  assert.ok(!(await options).headers().allow.includes('PATCH'));
  assert.equal(await portal.page.locator('#edit, #undo').count(), 0);
  await portal.leave();
});

test('a form as the layer declares it, an edit that all see, and its undoing', async () => {
  const [feature] = features;
  const portal = await openAs('secretaire.bethune', feature);
  const { page } = portal;
  await openForm(portal);
  const names = await page.locator('#edit-dialog .field').evaluateAll((fields) => fields.map((field) => field.dataset.name));
  assert.deepEqual(names, ['commune', 'nature', 'etat', 'materiau', 'hauteur', 'gestionnaire', 'date_pose', 'observation']);
  const { properties } = await ask(`collections/${layer}/schema`);
  const values = (name) => page.locator(`#edit-dialog [name=${name}] option`).evaluateAll((options) => options.map((one) => one.value));
  assert.deepEqual(await values('etat'), properties.etat.oneOf.map((code) => code.const));
  assert.equal((await values('materiau'))[0], '', 'what is not required may be emptied');
  assert.equal(await page.inputValue('#edit-dialog [name=etat]'), 'bon');
  await portal.shot('modifier');
  await page.fill('#edit-dialog [name=hauteur]', '600');
  await save(portal);
  assert.equal(await page.locator('#edit-dialog [name=hauteur]:invalid').count(), 1, 'above what the layer declares');
  await page.fill('#edit-dialog [name=hauteur]', '7.25');
  await page.selectOption('#edit-dialog [name=etat]', 'moyen');
  await page.fill('#edit-dialog [name=observation]', 'Penché vers la rue');
  await save(portal);
  await gone(portal, '#edit-dialog');
  await shows(portal, 'observation', 'Penché vers la rue');
  await shows(portal, 'hauteur', '7,25');
  assert.deepEqual(await stored(feature.id), { ...feature.properties, etat: 'moyen', hauteur: 7.25, observation: 'Penché vers la rue' });

  await page.click('#undo');
  await page.waitForSelector('#undo-dialog dd[data-field=etat]');
  assert.match(await page.textContent('#undo-dialog dd[data-field=etat]'), /Bon/);
  await portal.shot('annuler');
  await page.click('#undo-dialog .button.main');
  await page.locator('.card dd[data-field=observation]', { hasText: 'Penché' }).waitFor({ state: 'detached' });
  await shows(portal, 'etat', 'Bon');
  assert.deepEqual(await stored(feature.id), feature.properties);
  await portal.leave();
});

test('what nobody touched stays as it is, though its control cannot hold it', async () => {
  const feature = features[3];
  const portal = await openAs('secretaire.bethune', feature);
  const { page } = portal;
  for (const [observation, height] of [['  au bord ', 7.25], ['deux\nlignes ', 7.5]]) {
    await patchAsAdmin(feature.id, { observation });
    await openForm(portal);
    assert.equal(await page.inputValue('#edit-dialog [name=observation]'), observation);
    await save(portal);
    await page.locator('#edit-dialog .form-error:not(:empty)').waitFor();
    await page.fill('#edit-dialog [name=hauteur]', String(height));
    await save(portal);
    await gone(portal, '#edit-dialog');
    await shows(portal, 'hauteur', String(height).replace('.', ','));
    assert.deepEqual(await stored(feature.id), { ...feature.properties, observation, hauteur: height });
  }
  const { observation, hauteur } = feature.properties;
  await patchAsAdmin(feature.id, { observation, hauteur });
  await portal.leave();
});

test('when somebody was quicker both versions are shown, and the reader decides', async () => {
  const feature = features[1];
  const portal = await openAs('secretaire.bethune', feature);
  const { page } = portal;
  for (const [act, wanted] of [['main', 'mienne'], ['keep', 'autre 2']]) {
    await openForm(portal);
    await page.fill('#edit-dialog [name=observation]', 'mienne');
    if (act === 'keep') await page.fill('#edit-dialog [name=observation]', 'mienne 2');
    await patchAsAdmin(feature.id, { observation: act === 'keep' ? 'autre 2' : 'autre', etat: 'mauvais' });
    await save(portal);
    await page.waitForSelector('#edit-dialog .versions');
    const row = await page.locator('#edit-dialog .versions tr[data-field=observation] td').allTextContents();
    assert.deepEqual(row, act === 'keep' ? ['autre 2', 'mienne 2'] : ['autre', 'mienne']);
    if (act === 'main') {
      const other = await page.locator('#edit-dialog .versions tr[data-field=etat] td').allTextContents();
      assert.deepEqual(other, ['Mauvais (mauvais)', '(inchangé)']);
      await portal.shot('conflit');
    }
    await page.click(act === 'main' ? '#edit-dialog .button.main' : '#edit-dialog .form-end .button:not(.main)');
    await gone(portal, '#edit-dialog');
    await shows(portal, 'observation', wanted);
    const now = await stored(feature.id);
    assert.equal(now.observation, wanted);
    assert.equal(now.etat, 'mauvais', 'what the other changed and the reader did not is kept');
    if (act === 'keep') assert.equal(await page.locator('#undo').count(), 0, 'the last change is not his');
  }
  // The browser writes a line about each refusal.
  assert.deepEqual(portal.errors.filter((error) => !error.includes('412')), []);
  await portal.leave({ expectErrors: true });
});

test('on a phone the form fits', async () => {
  const portal = await openAs('secretaire.bethune', features[2], { viewport: phone });
  await openForm(portal);
  const { scroll, width } = await portal.page.evaluate(() => {
    const dialog = document.querySelector('#edit-dialog');
    return { scroll: dialog.scrollWidth, width: dialog.clientWidth };
  });
  assert.ok(scroll <= width, `${scroll} wide in ${width}`);
  await portal.shot('modifier-telephone');
  await portal.page.keyboard.press('Escape');
  await gone(portal, '#edit-dialog');
  await portal.leave();
});

/** Opens the downloads of a layer from the list of layers. */
async function openDownloads({ page }, id) {
  if (await page.locator('.card .back').isVisible()) await page.click('.card .back');
  if ((await page.getAttribute(`#details-${id}`, 'aria-expanded')) === 'false') await page.click(`#details-${id}`);
  await page.click(`#download-${id}`);
  await page.waitForSelector('#download-dialog form');
}

async function downloaded({ page }) {
  const coming = page.waitForEvent('download');
  await page.click('#download-dialog a.main');
  const download = await coming;
  return readFile(await download.path(), 'utf8');
}

const pick = (page, name, label) => page.selectOption(`#download-dialog [name=${name}]`, { label });

test('a layer is downloaded whole, as the map shows it, or for a commune', async () => {
  const portal = await Portal.open(browser, { hash: `#map=16/50.53/2.64&layers=commune,${layer}&sel=commune/${commune}` });
  const { page } = portal;
  await portal.cardTitle();
  const formats = (await ask(`collections/${layer}`)).links.filter((link) => link.rel === 'enclosure');
  assert.equal(await page.locator('.card #download').count(), 1, 'the card offers its layer');
  await openDownloads(portal, layer);
  assert.equal(await page.locator('#download-dialog [name=format] option').count(), formats.length);
  await pick(page, 'format', 'CSV, colonnes X et Y');
  await page.locator('#download-dialog [name=extent]').selectOption('commune');
  await portal.shot('telecharger');
  const lines = (await downloaded(portal)).trim().split('\n').length - 1;
  assert.equal(lines, (await ask(`collections/${layer}/items?commune=${commune}&limit=1`)).numberMatched);
  await gone(portal, '#download-dialog');

  await openDownloads(portal, layer);
  await page.locator('#download-dialog [name=extent]').selectOption('view');
  const box = await page.evaluate(() => window.carreau.map.getBounds().toArray().flat().map((degrees) => degrees.toFixed(6)).join(','));
  const shown = JSON.parse(await downloaded(portal)).features.map((one) => one.id).sort();
  const wanted = await ask(`collections/${layer}/items?bbox=${box}&limit=10000`);
  assert.ok(wanted.numberReturned === wanted.numberMatched && shown.length > 0, `${shown.length} in the view`);
  assert.deepEqual(shown, wanted.features.map((one) => one.id).sort());

  await openDownloads(portal, 'commune');
  assert.equal(JSON.parse(await downloaded(portal)).features.length, (await ask('collections/commune/items?limit=1')).numberMatched);
  await portal.leave();
});
