// Every route of the route table, by every person, with credentials that hold, that expired, that were revoked, and
// without any, for things of three communes: what is answered equals the table below. A new route fails until it is in it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { base, communes, layers, logIn, logins, makeToken, sql, whatEachSees } from "./world.mjs";
import { tileAt } from "./vector_tile.mjs";

const source = readFileSync(process.env.CARREAU_ROUTES, "utf8");
const guarded = [...source.matchAll(/guarded\(Method::(\w+), "([^"]+)"/g)].map((m) => `${m[1].toUpperCase()} ${m[2]}`);
const open = [...source.matchAll(/open\("([^"]+)"/g)].map((m) => `GET ${m[1]}`);

const sees = whatEachSees();
const layerNames = [...Object.keys(layers), "pas_une_couche"];
const listed = {
  parcelle: () => true,
  archeo_operation: () => true,
  ads_dossier: (who) => ["secretaire.bethune", "instructeur.ads", "bureau.etudes", "admin"].includes(who),
  archeo_entite: (who) => ["secretaire.bethune", "archeologue", "admin"].includes(who),
  mission: (who) => ["secretaire.bethune", "admin"].includes(who),
  pas_une_couche: () => false,
};
const byLayer = (who, sample) => (listed[sample.layer](who) ? 200 : 404);
const everyLayer = (suffix) => () => layerNames.map((layer) => ({ layer, path: `/collections/${layer}${suffix}` }));
const always = (status) => () => status;
const withAccount = (status) => (who) => (who === "anonymous" ? 401 : status);

/** A feature of each layer in the commune, with a point of it. */
function featureIn(commune) {
  const where = {
    mission: "id = 'mission-%'",
    archeo_operation: "id in (select operation from archeo.operation_commune where code_insee = '%')",
  };
  return Object.entries(layers).map(([layer, l]) => {
    const condition = (where[layer] ?? "commune = '%'").replace("%", commune);
    const rows = sql(`select ${l.id}, st_x(p), st_y(p) from (select ${l.id}, st_transform(st_pointonsurface(geom), 4326) p
                      from ${l.table} where ${condition} and geom is not null order by ${l.id} limit 1) q`);
    return rows.length === 0 ? null : { layer, id: rows[0][0], lon: Number(rows[0][1]), lat: Number(rows[0][2]) };
  }).filter(Boolean);
}
const features = Object.fromEntries(communes.map((commune) => [commune, featureIn(commune)]));

function tilesOf(commune, path) {
  return features[commune].map((feature) => ({ ...feature, path: path(feature.layer, tileAt(feature.lon, feature.lat, 15)) }));
}
const tileStatus = (who, sample) => (listed[sample.layer](who) ? [200, 204] : 404);

const byId = "urn:ogc:def:query:OGC-WFS::GetFeatureById";
/** A feature's name in WFS: characters that an XML name cannot hold are written as ISO 9075-14 does. */
const nameOf = (f) =>
  `${f.layer}.${String(f.id).replace(/_(?=x)|[^A-Za-z0-9_.-]/g, (c) => `_x${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}_`)}`;

const json = (body) => ({ body: JSON.stringify(body) });

// Missions follow from what they hold: nobody edits them.
const editable = Object.keys(layers).filter((layer) => layer !== "mission");
const edited = { "instructeur.ads": ["ads_dossier"], archeologue: ["archeo_operation", "archeo_entite"], admin: editable };
const edits = (who, layer) => (edited[who] ?? []).includes(layer);
const refusal = (who) => (who === "anonymous" ? 401 : 403);
/** `status` for who edits the layer, a refusal for who sees it, nothing there for others. */
const byEditor = (status) => (who, sample) => {
  if (!listed[sample.layer](who)) return 404;
  return edits(who, sample.layer) ? status : refusal(who);
};
/** The same by feature: an empty body is no feature, and a merge patch of nothing. */
const byFeatureEditor = (status, always) => (who, sample) => {
  if (always && edits(who, sample.layer)) return status;
  if (!sees[who][sample.layer].has(sample.id)) return 404;
  return edits(who, sample.layer) ? status : refusal(who);
};
/** Who changed what is told to those who edit the feature; nothing was changed yet. */
const historyStatus = (who, sample) => (sees[who][sample.layer].has(sample.id) && edits(who, sample.layer) ? 200 : 404);
const featurePaths = (suffix, extra = {}) => (commune) =>
  features[commune].map((f) => ({ ...f, path: `/collections/${f.layer}/items/${f.id}${suffix}`, ...extra }));
const table = {
  "GET /api": [() => [{ path: "/api?f=json" }], always(200)],
  "GET /collections": [() => [{ path: "/collections" }], always(200)],
  "GET /collections/{layer}": [everyLayer(""), byLayer],
  "GET /collections/{layer}/schema": [everyLayer("/schema"), byLayer],
  "GET /collections/{layer}/queryables": [everyLayer("/queryables"), byLayer],
  "GET /collections/{layer}/sortables": [everyLayer("/sortables"), byLayer],
  "GET /collections/{layer}/items": [
    (commune) => [...everyLayer("/items?limit=1")(), { layer: "ads_dossier", path: `/collections/ads_dossier/items?commune=${commune}` }],
    byLayer,
  ],
  "GET /collections/{layer}/items/{id}": [
    (commune) => features[commune].map((f) => ({ ...f, path: `/collections/${f.layer}/items/${f.id}` })),
    (who, sample) => (sees[who][sample.layer].has(sample.id) ? 200 : 404),
  ],
  "POST /collections/{layer}/items": [() => everyLayer("/items")().map((s) => ({ ...s, ...json({}) })), byEditor(422)],
  "OPTIONS /collections/{layer}/items": [everyLayer("/items"), (who, sample) => (listed[sample.layer](who) ? 204 : 404)],
  "PUT /collections/{layer}/items/{id}": [featurePaths("", json({})), byFeatureEditor(422, true)],
  "PATCH /collections/{layer}/items/{id}": [featurePaths("", json({})), byFeatureEditor(204, false)],
  "DELETE /collections/{layer}/items/{id}": [everyLayer("/items/999999999"), always(404)],
  "OPTIONS /collections/{layer}/items/{id}": [
    featurePaths(""),
    (who, sample) => (listed[sample.layer](who) ? 204 : 404),
  ],
  // These layers have no pictures: photos_pg_test holds who sees those of a layer that has.
  ...Object.fromEntries(
    ["thumbnail", "photo", "original"].map((what) => [`GET /collections/{layer}/items/{id}/${what}`, [featurePaths(`/${what}`), always(404)]]),
  ),
  "GET /collections/{layer}/items/{id}/history": [featurePaths("/history"), historyStatus],
  "POST /collections/{layer}/items/{id}/history/{change}/undo": [featurePaths("/history/1/undo", json({})), always(404)],
  "GET /collections/{layer}/export": [() => everyLayer("/export")().filter((s) => s.layer !== "parcelle"), byLayer],
  "GET /tiles/{layers}.json": [() => layerNames.map((layer) => ({ layer, path: `/tiles/${layer}.json` })), byLayer],
  "GET /tiles/{layers}/{z}/{x}/{y}.mvt": [(c) => tilesOf(c, (l, t) => `/tiles/${l}/${t.z}/${t.x}/${t.y}.mvt`), tileStatus],
  "GET /collections/{layer}/tiles": [everyLayer("/tiles"), byLayer],
  "GET /collections/{layer}/tiles/{set}": [everyLayer("/tiles/WebMercatorQuad"), byLayer],
  "GET /collections/{layer}/tiles/{set}/{z}/{y}/{x}": [
    (c) => tilesOf(c, (l, t) => `/collections/${l}/tiles/WebMercatorQuad/${t.z}/${t.y}/${t.x}`),
    tileStatus,
  ],
  "GET /wfs": [
    (commune) => [
      { path: "/wfs?service=WFS&request=GetCapabilities" },
      ...layerNames.map((layer) => ({ layer, path: `/wfs?service=WFS&version=2.0.0&request=GetFeature&count=1&typenames=${layer}` })),
      ...layerNames.map((layer) => ({ layer, path: `/wfs?service=WFS&version=1.1.0&request=DescribeFeatureType&typename=${layer}` })),
      ...features[commune].map((f) => ({ ...f, path: `/wfs?service=WFS&version=2.0.0&request=GetFeature&storedquery_id=${byId}&id=${nameOf(f)}` })),
    ],
    (who, sample) => {
      if (!sample.layer) return 200;
      if (sample.id) return sees[who][sample.layer].has(sample.id) ? 200 : 404;
      return listed[sample.layer](who) ? 200 : 400; // an unknown type name, and nothing else is said
    },
  ],
  "POST /wfs": [
    () => layerNames.flatMap((layer) => [
      { layer, path: "/wfs", body: `<GetFeature xmlns="http://www.opengis.net/wfs" service="WFS" version="1.1.0" maxFeatures="1"><Query typeName="${layer}"/></GetFeature>` },
      { layer, deletes: true, path: "/wfs", body: `<Transaction xmlns="http://www.opengis.net/wfs" service="WFS" version="1.1.0"><Delete typeName="${layer}">
          <Filter xmlns="http://www.opengis.net/ogc"><FeatureId fid="${layer}.nobody"/></Filter></Delete></Transaction>` },
    ]),
    (who, sample) => {
      if (!listed[sample.layer](who)) return 400;
      if (!sample.deletes) return 200;
      return who === "anonymous" ? 401 : [403, 404];
    },
  ],
  "GET /metadata/{record}": [
    () => ["service", "cp-4.0", "au-4.0", "xx-4.0"].map((record) => ({ record, path: `/metadata/${record}` })),
    (who, sample) => (sample.record === "xx-4.0" ? 404 : 200),
  ],
  // Catalogues list what the asker may open: inspire_api_test holds what is in them.
  "GET /records/collections/{catalogue}/items": [
    () => ["inspire", "nul"].map((catalogue) => ({ catalogue, path: `/records/collections/${catalogue}/items` })),
    (who, sample) => (sample.catalogue === "inspire" ? 200 : 404),
  ],
  "GET /records/collections/{catalogue}/items/{record}": [() => [{ path: "/records/collections/inspire/items/xx-4.0" }], always(404)],
  "GET /csw": [() => [{ path: "/csw?service=CSW&request=GetRecords&version=2.0.2&typeNames=csw:Record" }, { bad: true, path: "/csw" }],
    (who, sample) => (sample.bad ? 400 : 200)],
  "POST /csw": [() => [{ path: "/csw", body: "<a/>" }], always(400)],
  "GET /catalogue": [() => [{ path: "/catalogue" }], always(200)],
  "GET /downloads/{dataset}.gml": [() => [{ path: "/downloads/xx-4.0.gml" }], always(404)],
  "GET /downloads/{dataset}.gpkg": [() => [{ path: "/downloads/xx-4.0.gpkg" }], always(404)],
  "GET /atom": [() => [{ path: "/atom" }], always(200)],
  "GET /atom/opensearch.xml": [() => [{ path: "/atom/opensearch.xml" }], always(200)],
  "GET /atom/search": [() => [{ path: "/atom/search?q=parcelle" }], always(200)],
  "GET /atom/datasets/{dataset}": [() => [{ path: "/atom/datasets/xx-4.0" }], always(404)],
  "GET /styles": [() => [{ path: "/styles" }], always(200)],
  "GET /styles/{style}": [() => layerNames.map((layer) => ({ layer, path: `/styles/${layer}` })), byLayer],
  "GET /search": [() => [{ path: "/search?q=bethune" }], always(200)],
  "POST /owners/search": [
    (commune) => [{ commune, path: "/owners/search", ...json({ parcels: [commune + "000AB0001"], purpose: "essai de la matrice" }) }],
    (who, sample) => {
      if (who === "anonymous") return 401;
      return who === "instructeur.ads" || (who === "secretaire.bethune" && sample.commune === "62119") ? 200 : 404;
    },
  ],
  "GET /uploads": [() => [{ path: "/uploads" }], withAccount(200)],
  // Without a version of tus, or a length: nothing is begun.
  "POST /uploads": [() => [{ path: "/uploads", body: "x" }], withAccount(412)],
  "GET /uploads/{upload}": [() => [{ path: `/uploads/${"0".repeat(32)}` }], withAccount(404)],
  "PATCH /uploads/{upload}": [() => [{ path: `/uploads/${"0".repeat(32)}`, body: "x" }], withAccount(412)],
  "DELETE /uploads/{upload}": [() => [{ path: `/uploads/${"0".repeat(32)}` }], withAccount(412)],
  "GET /rasters": [() => [{ path: "/rasters" }], always(200)],
  "GET /rasters/{raster}": [() => [{ path: "/rasters/orthophoto:rien" }, { path: "/rasters/parcelle:1" }], always(404)],
  "GET /rasters/{raster}/value": [() => [{ path: "/rasters/orthophoto:rien/value?lon=2.6&lat=50.5" }], always(404)],
  "GET /rasters/{raster}/legend": [() => [{ path: "/rasters/orthophoto:rien/legend" }], always(404)],
  "GET /rasters/{raster}/{z}/{x}/{y}.png": [() => [{ path: "/rasters/orthophoto:rien/0/0/0.png" }], always(404)],
  "GET /rasters/{raster}/{z}/{x}/{y}.webp": [() => [{ path: "/rasters/orthophoto:rien/0/0/0.webp" }], always(404)],
  "GET /wmts": [() => [{ path: "/wmts?service=WMTS&request=GetCapabilities" }], always(200)],
  "GET /wmts/1.0.0/WMTSCapabilities.xml": [() => [{ path: "/wmts/1.0.0/WMTSCapabilities.xml" }], always(200)],
  "GET /jobs/{job}/rasters/{raster}/{z}/{x}/{y}.png": [() => [{ path: "/jobs/999999999/rasters/a/0/0/0.png" }], withAccount(404)],
  "GET /jobs": [() => [{ path: "/jobs" }], withAccount(200)],
  "POST /jobs": [
    () => [{ path: "/jobs", ...json({}) }],
    (who) => (who === "anonymous" ? 401 : ["secretaire.bethune", "admin"].includes(who) ? 400 : 404),
  ],
  "GET /jobs/{job}": [() => [{ path: "/jobs/999999999" }], withAccount(404)],
  "DELETE /jobs/{job}": [() => [{ path: "/jobs/999999999" }], withAccount(404)],
  "GET /jobs/{job}/events": [() => [{ path: "/jobs/999999999/events" }], withAccount(404)],
  "GET /jobs/{job}/columns": [() => [{ path: "/jobs/999999999/columns" }], withAccount(404)],
  "GET /jobs/{job}/draft": [() => [{ path: "/jobs/999999999/draft" }], withAccount(404)],
  "POST /jobs/{job}/cancel": [() => [{ path: "/jobs/999999999/cancel" }], withAccount(404)],
  "POST /jobs/{job}/retry": [() => [{ path: "/jobs/999999999/retry", ...json({}) }], withAccount(404)],
  "POST /jobs/{job}/publish": [() => [{ path: "/jobs/999999999/publish", ...json({}) }], withAccount(404)],
  "POST /jobs/{job}/undo": [() => [{ path: "/jobs/999999999/undo" }], withAccount(404)],
  "POST /jobs/{job}/withdraw": [() => [{ path: "/jobs/999999999/withdraw", ...json({}) }], withAccount(404)],
  "POST /jobs/{job}/propose": [() => [{ path: "/jobs/999999999/propose", ...json({}) }], withAccount(404)],
  "POST /jobs/{job}/refuse": [() => [{ path: "/jobs/999999999/refuse", ...json({ message: "non" }) }], withAccount(404)],
  // Whose inbox is empty has one all the same; inbox_pg_test holds what is in it for whom.
  "GET /inbox": [() => [{ path: "/inbox" }], withAccount(200)],
  "GET /inbox/events": [() => [{ path: "/inbox/events" }], withAccount(200)],
  "GET /session": [() => [{ path: "/session" }], always(200)],
  "POST /session": [() => [{ path: "/session", ...json({ login: "admin" }) }], always(400)],
  "DELETE /session": [() => [{ path: "/session" }], always(204)],
  "GET /session/tokens": [() => [{ path: "/session/tokens" }], withAccount(200)],
  "POST /session/tokens": [() => [{ path: "/session/tokens", ...json({ title: "matrice", kind: "token" }) }], withAccount(403)],
  "DELETE /session/tokens/{id}": [() => [{ path: "/session/tokens/999999999" }], withAccount(404)],
  // To the provider's page; what nobody began goes back to the portal, which says so.
  "GET /login/oidc": [() => [{ path: "/login/oidc" }], always(303)],
  "GET /login/oidc/callback": [() => [{ path: "/login/oidc/callback?code=x&state=y" }], always(303)],
};

/** Of administration: nothing is there for anybody but the administrator, who is answered something of it. */
function administration(route) {
  const [method, pattern] = route.split(" ");
  const path = pattern.replace(/\{\w+\}/g, "999999999");
  const samples = () => [{ path, ...(method === "GET" ? {} : json({})) }];
  return [samples, (who) => (who === "admin" ? [200, 201, 204, 400, 404, 409] : 404)];
}

const openPaths = { "/": "/?f=json", "/tileMatrixSets/{set}": "/tileMatrixSets/WebMercatorQuad", "/{path*}": "/il/n/y/a/rien" };

async function statusOf(method, sample, headers) {
  const options = { method, headers: { ...headers }, body: sample.body, redirect: "manual" };
  if (sample.body) options.headers["Content-Type"] = "application/json";
  const answer = await fetch(base + sample.path, options);
  // A watch does not end by itself.
  if (answer.headers.get("content-type")?.startsWith("text/event-stream")) await answer.body.cancel();
  else await answer.arrayBuffer();
  if (answer.status === 401) assert.ok(answer.headers.get("www-authenticate"), `${sample.path}: 401 says how to log in`);
  return answer.status;
}

/** A token of each person in each state: {login: {valid, expired, revoked}} as headers. */
async function credentials() {
  const all = { anonymous: { none: {} } };
  for (const login of logins) {
    const session = await logIn(login);
    const [valid, expired, revoked] = [await makeToken(session, "token"), await makeToken(session, "token"), await makeToken(session, "token")];
    sql(`update access.credential set expires_at = now() - interval '1 second' where credential_id = ${expired.id}`);
    const gone = await fetch(`${base}/session/tokens/${revoked.id}`, { method: "DELETE", headers: session });
    assert.equal(gone.status, 204);
    const header = (token) => ({ Authorization: `Bearer ${token.secret}` });
    all[login] = { valid: header(valid), expired: header(expired), revoked: header(revoked) };
  }
  return all;
}

test("every route is in the table", () => {
  assert.ok(guarded.length > 20 && open.length > 5, "the route table was found");
  assert.deepEqual(guarded.filter((route) => !(route in table) && !route.includes(" /admin/")), []);
});

test("persons by routes by states of credentials by communes", async (t) => {
  const states = await credentials();
  const wrong = [];
  let asked = 0;
  for (const route of guarded) {
    const [samplesOf, expected] = table[route] ?? administration(route);
    const method = route.split(" ")[0];
    const samples = new Map(communes.flatMap((commune) => samplesOf(commune)).map((s) => [JSON.stringify(s), s]));
    for (const sample of samples.values()) {
      for (const [who, kinds] of Object.entries(states)) {
        for (const [state, headers] of Object.entries(kinds)) {
          const wanted = state === "valid" || state === "none" ? [expected(who, sample)].flat() : [401];
          const status = await statusOf(method, sample, headers);
          asked++;
          if (!wanted.includes(status)) wrong.push(`${who} (${state}) ${method} ${sample.path}: ${status} instead of ${wanted}`);
        }
      }
    }
  }
  for (const route of open) {
    const path = openPaths[route.split(" ")[1]] ?? route.split(" ")[1];
    const statuses = new Set();
    // Figures of layers are for who sees them, so that credentials are looked at; with none the rest is told.
    const askers = path === "/metrics" ? [{}, states.admin.valid] : [{}, states.admin.valid, states.admin.revoked];
    for (const headers of askers) statuses.add(await statusOf("GET", { path }, headers));
    if (statuses.size !== 1) wrong.push(`${path} differs by who asks`);
  }
  assert.deepEqual(wrong.slice(0, 30), []);
  t.diagnostic(`${guarded.length + open.length} routes, ${asked} answers as expected`);
});
