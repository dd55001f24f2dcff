// Credentials that do not hold, and rights that end while they are used.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { base, json, logIn, makeToken, sql } from "./world.mjs";

const dossiers = "/collections/ads_dossier/items?limit=1";
const statusOf = async (path, headers = {}, options = {}) => {
  const answer = await fetch(base + path, { headers, redirect: "manual", ...options });
  await answer.arrayBuffer();
  return answer.status;
};
const bearer = (secret) => ({ Authorization: `Bearer ${secret}` });
const basic = (login, secret) => ({ Authorization: "Basic " + Buffer.from(`${login}:${secret}`).toString("base64") });

/** Milliseconds until the path answers `status`; fails after five seconds. */
async function until(path, headers, status) {
  const begin = performance.now();
  while ((await statusOf(path, headers)) !== status) {
    assert.ok(performance.now() - begin < 5000, `${path} did not come to ${status} within 5 s`);
    await pause(20);
  }
  return performance.now() - begin;
}

test("what is no credential is refused with 401, on public things too", async () => {
  const session = await logIn("admin");
  const { secret } = await makeToken(session, "token");
  const { secret: password } = await makeToken(session, "application");
  const bad = {
    truncated: bearer(secret.slice(0, -1)),
    longer: bearer(secret + "A"),
    unknown: bearer("carreau_t_" + "x".repeat(43)),
    "case changed": bearer(secret.toUpperCase()),
    "application password as token": bearer(password),
    "token as application password": basic("admin", secret),
    "account password": basic("admin", "carreau-demo-admin"),
    "another's application password": basic("archeologue", password),
    "no colon": { Authorization: "Basic " + Buffer.from("admin").toString("base64") },
    "no base64": { Authorization: "Basic %%%" },
    "no value": { Authorization: "Bearer" },
    "other scheme": { Authorization: "Digest username=admin" },
    "SQL": basic("admin' or '1'='1", "x' or '1'='1"),
    "very long": { "X-API-Key": "k".repeat(5000) },
    "unsigned JWT": bearer("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsImlzcyI6IngifQ."),
  };
  for (const [what, headers] of Object.entries(bad)) {
    for (const path of ["/collections", "/collections/parcelle/items?limit=1", "/tiles/parcelle/14/8316/5484.mvt", "/session"]) {
      const answer = await fetch(base + path, { headers, redirect: "manual" });
      await answer.arrayBuffer();
      assert.equal(answer.status, 401, `${what} on ${path}`);
      assert.match(answer.headers.get("www-authenticate"), /Basic realm=/);
    }
  }
  assert.equal(await statusOf(dossiers, bearer(secret)), 200);
  assert.equal(await statusOf(dossiers, { "X-API-Key": secret }), 200);
  assert.equal(await statusOf(dossiers, basic("ADMIN", password)), 200);
});

test("headers that claim an identity are only headers", async () => {
  for (const name of ["X-Remote-User", "X-Forwarded-User", "Sec-Username", "Sec-Roles", "Remote-User", "X-Carreau-Session"]) {
    assert.equal(await statusOf(dossiers, { [name]: "admin" }), 404, name);
  }
  assert.equal(await statusOf(dossiers, { Cookie: "carreau_session=carreau_c_forged" }), 404);
});

test("a cookie needs its token for what changes something", async () => {
  const session = await logIn("archeologue");
  const body = JSON.stringify({ title: "essai", kind: "token" });
  const post = (headers) => statusOf("/session/tokens", { "Content-Type": "application/json", ...headers }, { method: "POST", body });
  assert.equal(await post({ Cookie: session.Cookie }), 403);
  assert.equal(await post({ Cookie: session.Cookie, "X-CSRF-Token": "0".repeat(32) }), 403);
  assert.equal(await post({ Cookie: session.Cookie, "X-CSRF-Token": (await logIn("admin"))["X-CSRF-Token"] }), 403);
  assert.equal(await post(session), 201);
});

test("a revoked token is refused at once, a session that was left too", async (t) => {
  const session = await logIn("admin");
  const token = await makeToken(session, "token");
  assert.equal(await statusOf(dossiers, bearer(token.secret)), 200);
  await fetch(`${base}/session/tokens/${token.id}`, { method: "DELETE", headers: session });
  t.diagnostic(`refused after ${(await until(dossiers, bearer(token.secret), 401)).toFixed(0)} ms`);
  assert.equal(await statusOf(dossiers, { Cookie: session.Cookie }), 200);
  await fetch(base + "/session", { method: "DELETE", headers: session });
  await until(dossiers, { Cookie: session.Cookie }, 404);
});

test("a token ends with its second", async () => {
  const token = await makeToken(await logIn("admin"), "token");
  const [[end]] = sql(`update access.credential set expires_at = date_trunc('second', now()) + interval '3 seconds'
                       where credential_id = ${token.id} returning extract(epoch from expires_at) * 1000`);
  for (;;) {
    const before = Date.now();
    const status = await statusOf(dossiers, bearer(token.secret));
    const after = Date.now();
    if (after < Number(end) - 5) assert.equal(status, 200, `${Number(end) - after} ms before its end`);
    if (before > Number(end) + 5) {
      assert.equal(status, 401, `${before - Number(end)} ms after its end`);
      return;
    }
    await pause(10);
  }
});

test("a convention ends with its second, and one begins", async () => {
  const headers = bearer((await makeToken(await logIn("partenaire"), "token")).secret);
  assert.equal(await statusOf(dossiers, headers), 404);
  const change = (what) => sql(`update org.convention set ${what} where titre like 'Convention d''échange%' returning convention_id`);
  change("valid_to = now() + interval '2 seconds'");
  await until(dossiers, headers, 200);
  const session = await json("/session", { headers });
  assert.equal(session.body.ended.length, 0);
  assert.equal(session.body.ending.length, 1);
  await pause(1500);
  await until(dossiers, headers, 404);
  assert.equal((await json("/session", { headers })).body.ended.length, 1);
  change("valid_to = date_trunc('day', now())");
});

test("an export stops when the token is revoked", async () => {
  const session = await logIn("admin");
  const token = await makeToken(session, "token");
  const answer = await fetch(base + "/collections/parcelle/export", { headers: bearer(token.secret) });
  assert.equal(answer.status, 200);
  const reader = answer.body.getReader();
  let bytes = (await reader.read()).value.length;
  await fetch(`${base}/session/tokens/${token.id}`, { method: "DELETE", headers: session });
  await pause(1000);
  await assert.rejects(async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      bytes += value.length;
    }
  }, "the stream is cut, not ended");
  assert.ok(bytes < 30_000_000, `${bytes} bytes came after the revocation`);
});

test("wrong passwords are counted by account and by address", async () => {
  const attempt = (login, address, password = "not the password") =>
    fetch(base + "/session", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Forwarded-For": address },
      body: JSON.stringify({ login, password }),
    });
  for (let i = 0; i < 10; i++) assert.equal((await attempt("nobody.of.that.name", `203.0.113.${i}`)).status, 401);
  const blocked = await attempt("nobody.of.that.name", "203.0.113.200");
  assert.equal(blocked.status, 429);
  assert.ok(Number(blocked.headers.get("retry-after")) > 60);
  for (let i = 0; i < 10; i++) assert.equal((await attempt(`somebody.${i}`, "203.0.113.77")).status, 401);
  assert.equal((await attempt("admin", "203.0.113.77", "carreau-demo-admin")).status, 429);
  assert.equal((await attempt("admin", "203.0.113.78", "carreau-demo-admin")).status, 201);
});
