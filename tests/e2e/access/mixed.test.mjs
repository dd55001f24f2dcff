// Many callers at once through every door, directly and behind a caching proxy: nobody is given another's features.

import assert from "node:assert/strict";
import { test } from "node:test";

import { base, credentialsOf, exactPlaces, isExact, layers, logins, whatEachSees } from "./world.mjs";
import { readTile, tileAt } from "./vector_tile.mjs";

const requests = Number(process.env.ACCESS_REQUESTS ?? 10_000);
const workers = 8;

/** The same sequence each time: a failure can be run again. */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

function pick(random, list) {
  return list[Math.floor(random() * list.length)];
}

const sees = whatEachSees();
const places = exactPlaces();
const everyId = Object.fromEntries(Object.keys(layers).map((name) => [name, [...sees.admin[name]]]));

class Visitor {
  constructor(who, headers, from, random) {
    Object.assign(this, { who, headers, from, random, foreign: [], wrong: [], features: 0 });
  }
  async get(path) {
    const answer = await fetch(this.from + path, { headers: this.headers, redirect: "manual" });
    return { status: answer.status, bytes: await answer.arrayBuffer(), path };
  }
  expect(answer, ...statuses) {
    if (!statuses.includes(answer.status)) this.wrong.push(`${this.who} ${answer.path}: ${answer.status}`);
    return answer.status === 200 ? JSON.parse(new TextDecoder().decode(answer.bytes)) : null;
  }
  mayList(layer) {
    return sees[this.who][layer].size > 0 || (layer === "ads_dossier" && this.who === "secretaire.bethune");
  }
  check(layer, feature, path) {
    this.features++;
    const id = String(feature.id ?? feature.properties[layers[layer].id]);
    const hidden = !sees[this.who][layer].has(id);
    const tooExact = layer.startsWith("archeo") && !sees[this.who].exact.has(id) && isExact(feature, places);
    if (hidden || tooExact) this.foreign.push(`${this.who} got ${layer} ${id} by ${path}`);
  }
  box() {
    const x = 2.45 + this.random() * 0.35;
    const y = 50.43 + this.random() * 0.15;
    const size = this.random() * 0.05;
    return [x, y, x + size, y + size].map((v) => v.toFixed(4)).join(",");
  }
  async items(layer) {
    const filter = this.random() < 0.3 ? "" : `&bbox=${this.box()}`;
    const path = `/collections/${layer}/items?limit=${1 + Math.floor(this.random() * 40)}${filter}`;
    const page = this.expect(await this.get(path), this.mayList(layer) ? 200 : 404);
    for (const feature of page?.features ?? []) this.check(layer, feature, path);
    if (page && !filter && page.numberMatched !== sees[this.who][layer].size)
      this.wrong.push(`${this.who} ${path}: ${page.numberMatched} matched, ${sees[this.who][layer].size} expected`);
  }
  async item(layer) {
    const id = pick(this.random, everyId[layer]);
    const path = `/collections/${layer}/items/${id}`;
    const feature = this.expect(await this.get(path), sees[this.who][layer].has(id) ? 200 : 404);
    if (feature) this.check(layer, feature, path);
  }
  async tile(layer) {
    const z = 12 + Math.floor(this.random() * 4);
    const { x, y } = tileAt(2.45 + this.random() * 0.35, 50.43 + this.random() * 0.15, z);
    const path = `/tiles/${layer}/${z}/${x}/${y}.mvt`;
    const answer = await this.get(path);
    this.expect({ ...answer, status: answer.status === 200 ? 204 : answer.status }, this.mayList(layer) ? 204 : 404);
    if (answer.status !== 200) return;
    for (const part of readTile(answer.bytes)) {
      for (const feature of part.features) this.check(layer, { id: feature[layers[layer].id], geometry: null }, path);
    }
  }
  async listing() {
    const path = pick(this.random, ["/collections", "/styles", "/api?f=json", "/styles/portail", "/collections/archeo_entite"]);
    const answer = await this.get(path);
    const text = new TextDecoder().decode(answer.bytes);
    for (const layer of ["ads_dossier", "archeo_entite"]) {
      if (answer.status === 200 && !this.mayList(layer) && text.includes(layer)) this.foreign.push(`${this.who}: ${layer} in ${path}`);
    }
  }
  async export(layer) {
    const path = `/collections/${layer}/export`;
    const answer = await this.get(path);
    if (answer.status !== 200) return;
    for (const feature of JSON.parse(new TextDecoder().decode(answer.bytes)).features) this.check(layer, feature, path);
  }
  async once() {
    const layer = pick(this.random, Object.keys(layers));
    const dice = this.random();
    if (dice < 0.3) await this.items(layer);
    else if (dice < 0.55) await this.item(layer);
    else if (dice < 0.93) await this.tile(layer);
    else if (dice < 0.99) await this.listing();
    else await this.export(pick(this.random, ["ads_dossier", "archeo_operation", "archeo_entite"]));
  }
}

async function run(from) {
  const random = randomNumbers(20161001);
  const visitors = [new Visitor("anonymous", {}, from, random)];
  for (const login of logins) {
    for (const headers of await credentialsOf(login)) visitors.push(new Visitor(login, headers, from, random));
  }
  let left = requests;
  const work = async () => {
    while (left-- > 0) await pick(random, visitors).once();
  };
  await Promise.all(Array.from({ length: workers }, work));
  const gather = (key) => visitors.flatMap((visitor) => visitor[key]);
  assert.deepEqual(gather("foreign").slice(0, 20), []);
  assert.deepEqual(gather("wrong").slice(0, 20), []);
  const features = visitors.reduce((sum, visitor) => sum + visitor.features, 0);
  assert.ok(features > requests, `only ${features} features were looked at`);
  return features;
}

test("nobody is given what is another's", async (t) => {
  t.diagnostic(`${requests} requests, ${await run(base)} features, 0 foreign`);
});

test("nor behind a caching proxy", { skip: !process.env.CARREAU_PROXY_URL }, async (t) => {
  t.diagnostic(`${requests} requests, ${await run(process.env.CARREAU_PROXY_URL)} features, 0 foreign`);
});
