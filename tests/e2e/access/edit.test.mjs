// Editing as a town's secretary does it, with cookies like the portal and with a token like QGIS: on the demonstration's
// own layer, in her commune and not beside it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { base, json, logIn, makeToken, sql } from "./world.mjs";
import { tileAt, readTile } from "./vector_tile.mjs";

const items = "/collections/mobilier_urbain/items";
const someIn = (condition) =>
  sql(`select id, st_x(p), st_y(p) from (select id, st_transform(geom, 4326) p from topo.mobilier where ${condition} order by id limit 1) q`)[0];
const [mine, lon, lat] = someIn("commune = '62119'");
const [theirs] = someIn("commune <> '62119'");
const geojson = { "Content-Type": "application/geo+json" };
const send = (method, path, body, headers) => json(path, { method, headers: { ...geojson, ...headers }, body: body && JSON.stringify(body) });

async function tokenOf(login) {
  return { Authorization: `Bearer ${(await makeToken(await logIn(login), "token")).secret}` };
}

test("what QGIS does: options, post, get where Location says, patch, delete", async () => {
  const her = await tokenOf("secretaire.bethune");
  const allow = async (path) => (await fetch(base + path, { method: "OPTIONS", headers: her })).headers.get("allow");
  assert.match(await allow(items), /POST/);
  assert.match(await allow(`${items}/${mine}`), /PUT, PATCH, DELETE/);
  assert.equal(await allow(`${items}/${theirs}`), "GET, HEAD, OPTIONS");
  const crs = "http://www.opengis.net/def/crs/EPSG/0/2154";
  const [[x, y]] = sql(`select st_x(geom), st_y(geom) from topo.mobilier where id = '${mine}'`).map((row) => row.map(Number));
  const feature = {
    type: "Feature",
    id: -1,
    geometry: { type: "Point", coordinates: [x + 0.5, y] },
    properties: { id: null, commune: null, nature: "banc", etat: null, gestionnaire: "commune", date_pose: "2026-01-31" },
  };
  const made = await send("POST", items, feature, { ...her, "Content-Crs": crs });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const path = `${items}/${made.headers.get("location").split("/items/")[1]}`;
  const read = await json(`${path}?crs=${crs}`, { headers: her });
  assert.deepEqual(read.body.geometry.coordinates, feature.geometry.coordinates);
  assert.equal(read.body.properties.commune, "62119");
  assert.equal(read.body.properties.etat, "bon");
  assert.equal((await send("PATCH", path, { type: "Feature", properties: { observation: "à repeindre" } }, her)).status, 204);
  const refused = await send("PATCH", path, { properties: { nature: "fontaine", hauteur: "haut" } }, her);
  assert.equal(refused.status, 422);
  assert.deepEqual(refused.body.errors.map((error) => error.property).sort(), ["hauteur", "nature"]);
  const record = await json(`${path}/history`, { headers: her });
  assert.deepEqual(record.body.changes.map((change) => [change.by, change.operation]), [
    ["secretaire.bethune", "update"],
    ["secretaire.bethune", "create"],
  ]);
  assert.equal((await send("DELETE", path, undefined, her)).status, 204);
  assert.equal((await json(path)).status, 404);
});

test("not beside her commune, not without the page's token, not by others", async () => {
  const cookie = await logIn("secretaire.bethune");
  const patch = { properties: { observation: "vu" } };
  assert.equal((await send("PATCH", `${items}/${theirs}`, patch, cookie)).status, 403);
  assert.equal((await send("PATCH", `${items}/${mine}`, patch, { Cookie: cookie.Cookie })).status, 403);
  assert.equal((await send("PATCH", `${items}/${mine}`, patch, await tokenOf("partenaire"))).status, 403);
  assert.equal((await send("PATCH", `${items}/${mine}`, patch, {})).status, 401);
  assert.equal((await send("PATCH", `${items}/${mine}`, patch, cookie)).status, 204);
});

test("two people, one bench", async () => {
  const [her, him] = [await tokenOf("secretaire.bethune"), await tokenOf("admin")];
  const before = (await json(`${items}/${mine}`)).headers.get("etag");
  assert.equal((await send("PATCH", `${items}/${mine}`, { properties: { etat: "mauvais" } }, { ...him, "If-Match": before })).status, 204);
  const late = await send("PATCH", `${items}/${mine}`, { properties: { etat: "bon" } }, { ...her, "If-Match": before });
  assert.equal(late.status, 412);
  assert.equal(late.body.current.properties.etat, "mauvais");
  assert.equal(late.body.yours.properties.etat, "bon");
});

test("an answered edit is in the next page and the next tile", async (t) => {
  const her = await tokenOf("secretaire.bethune");
  const tile = tileAt(Number(lon), Number(lat), 16);
  const times = [];
  for (const etat of ["moyen", "mauvais", "hors_service", "bon", "moyen", "bon", "mauvais", "bon", "moyen", "bon"]) {
    const start = performance.now();
    assert.equal((await send("PATCH", `${items}/${mine}`, { properties: { etat } }, her)).status, 204);
    times.push(performance.now() - start);
    const page = await json(`${items}?filter=${encodeURIComponent(`id='${mine}'`)}`);
    assert.equal(page.body.features[0].properties.etat, etat);
  }
  const answer = await fetch(`${base}/tiles/mobilier_urbain/${tile.z}/${tile.x}/${tile.y}.mvt`);
  const drawn = readTile(await answer.arrayBuffer()).find((layer) => layer.name === "mobilier_urbain").features;
  assert.equal(drawn.find((f) => f.id === mine).etat, "bon");
  t.diagnostic(`PATCH of one attribute: median ${times.sort((a, b) => a - b)[times.length >> 1].toFixed(1)} ms`);
});
