// What tests of deposits need besides: the page, its cards, photos made in the browser.
import { Buffer } from 'node:buffer';
import { phone, Portal, serverUrl } from './support.mjs';

export const login = 'secretaire.bethune';
export const patience = 60_000;

/** The page of deposits, on a phone, after logging in. */
export async function openDepot(browser) {
  const context = await browser.newContext({ viewport: phone, locale: 'fr-FR', hasTouch: true });
  const page = await context.newPage();
  await page.goto(`${serverUrl()}depot.html`);
  await page.click('.empty .button');
  await page.fill('#login-dialog [name=login]', login);
  await page.fill('#login-dialog [name=password]', `carreau-demo-${login}`);
  await page.click('#login-dialog [type=submit]');
  await page.waitForSelector('#depot-files', { state: 'attached' });
  return new Portal(context, page, serverUrl());
}

export const cardOf = (page, name, state) => page.locator(`.job[data-state=${state}]`, { hasText: name });
export async function waitForCard(page, name, state) {
  const card = cardOf(page, name, state);
  await card.waitFor({ timeout: 2 * patience });
  return card;
}

/** A JPEG that says where it was taken, and when if that is given ("2026:05:04 10:11:12"), as phones write it (EXIF 2.3, 4.6). */
export async function photo(page, name, lon, lat, taken = '') {
  const data = await page.evaluate((words) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 800, height: 600 });
    const pen = canvas.getContext('2d');
    for (let y = 0; y < 600; y += 20) {
      pen.fillStyle = `hsl(${y / 2} 60% 60%)`;
      pen.fillRect(0, y, 800, 20);
    }
    pen.fillStyle = '#000';
    pen.font = '80px sans-serif';
    pen.fillText(words, 60, 320);
    return canvas.toDataURL('image/jpeg').split(',')[1];
  }, name);
  const degrees = (value) => [Math.floor(value), 1, Math.floor((value % 1) * 60), 1, Math.round((((value % 1) * 60) % 1) * 60_000), 1000];
  const entry = (tag, type, count, value) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16BE(tag, 0);
    bytes.writeUInt16BE(type, 2);
    bytes.writeUInt32BE(count, 4);
    if (typeof value === 'string') bytes.write(value, 8, 'latin1');
    else bytes.writeUInt32BE(value, 8);
    return bytes;
  };
  const numbers = (list) => Buffer.concat(list.map((number) => { const bytes = Buffer.alloc(4); bytes.writeUInt32BE(number); return bytes; }));
  const [count, end] = [(n) => Buffer.from([0, n]), Buffer.alloc(4)];
  const text = Buffer.from(taken && `${taken}\0`, 'latin1');
  const directory = (entries) => 2 + 12 * entries + 4;
  const when = 8 + directory(taken ? 2 : 1);
  const gps = when + (taken ? directory(1) + text.length : 0);
  const values = gps + directory(4);
  const tiff = Buffer.concat([
    Buffer.from('MM\0*\0\0\0\x08', 'latin1'),
    ...(taken
      ? [count(2), entry(0x8769, 4, 1, when), entry(0x8825, 4, 1, gps), end, count(1), entry(0x9003, 2, text.length, when + directory(1)), end, text]
      : [count(1), entry(0x8825, 4, 1, gps), end]),
    count(4), entry(1, 2, 2, 'N'), entry(2, 5, 3, values), entry(3, 2, 2, 'E'), entry(4, 5, 3, values + 24), end,
    numbers(degrees(lat)), numbers(degrees(lon)),
  ]);
  const exif = Buffer.concat([Buffer.from([0xff, 0xe1, 0, tiff.length + 8]), Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const jpeg = Buffer.from(data, 'base64');
  return { name, mimeType: 'image/jpeg', buffer: Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)]) };
}
