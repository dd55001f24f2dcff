// One number of features for a person, whichever door counts them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { base, json, layers, logIn, logins, whatEachSees } from "./world.mjs";
import { readTile, tileAt } from "./vector_tile.mjs";

const sees = whatEachSees();
const zoom = 14;

async function byItems(layer, headers) {
  const ids = new Set();
  let path = `/collections/${layer}/items?limit=1000`;
  while (path) {
    const page = await json(path, { headers });
    if (page.status === 404) return ids;
    for (const feature of page.body.features) ids.add(String(feature.id));
    const next = page.body.links.find((link) => link.rel === "next");
    path = next && next.href.slice(base.length);
  }
  return ids;
}

async function byHits(layer, headers) {
  const page = await json(`/collections/${layer}/items?limit=1`, { headers });
  return page.status === 404 ? 0 : page.body.numberMatched;
}

async function byExport(layer, headers) {
  const file = await json(`/collections/${layer}/export`, { headers });
  return file.status === 200 ? new Set(file.body.features.map((feature) => String(feature.id))).size : null;
}

/** numberMatched of WFS and what it gives, which must be the same; what is no type for this person is none. */
async function byWfs(layer, headers) {
  const answer = await fetch(`${base}/wfs?service=WFS&version=2.0.0&request=GetFeature&typenames=${layer}&count=1000000`, { headers });
  const body = await answer.text();
  if (answer.status === 400) return 0;
  const matched = Number(body.match(/numberMatched="(\d+)"/)[1]);
  assert.equal(body.match(/<wfs:member>/g)?.length ?? 0, matched, `${layer}: WFS gives as many as it says`);
  return matched;
}

async function byTiles(layer, headers) {
  const tileJson = await json(`/tiles/${layer}.json`, { headers });
  if (tileJson.status === 404) return 0;
  // The whole territory, whatever the layer says of its extent.
  const [west, south, east, north] = (await json("/tiles/commune.json")).body.bounds;
  const first = tileAt(west, north, zoom);
  const last = tileAt(east, south, zoom);
  const ids = new Set();
  for (let x = first.x; x <= last.x; x++) {
    const column = [];
    for (let y = first.y; y <= last.y; y++) column.push(fetch(`${base}/tiles/${layer}/${zoom}/${x}/${y}.mvt`, { headers }));
    for (const answer of await Promise.all(column)) {
      for (const part of readTile(await answer.arrayBuffer())) {
        if (part.name === layer) for (const feature of part.features) ids.add(feature[layers[layer].id]);
      }
    }
  }
  return ids.size;
}

for (const login of ["anonymous", ...logins]) {
  test(`${login}: items, hits, tiles, WFS, export and SQL count alike`, async () => {
    const headers = login === "anonymous" ? {} : { Cookie: (await logIn(login)).Cookie };
    for (const layer of ["ads_dossier", "archeo_operation", "archeo_entite"]) {
      const expected = sees[login][layer];
      assert.deepEqual([...(await byItems(layer, headers))].sort(), [...expected].sort(), `${layer} by items`);
      assert.equal(await byHits(layer, headers), expected.size, `${layer} by hits`);
      assert.equal(await byTiles(layer, headers), expected.size, `${layer} by tiles`);
      assert.equal(await byWfs(layer, headers), expected.size, `${layer} by WFS`);
      const exported = await byExport(layer, headers);
      if (exported !== null) assert.equal(exported, expected.size, `${layer} by export`);
    }
    assert.equal(await byHits("parcelle", headers), sees[login].parcelle.size);
    assert.equal(await byWfs("parcelle", headers), sees[login].parcelle.size);
    assert.equal(await byExport("parcelle", headers), sees[login].parcelle.size);
  });
}
