// Logging in at a real OpenID Connect provider, as a browser does it, and its access tokens.

import assert from "node:assert/strict";
import { test } from "node:test";

import { base, json, sql } from "./world.mjs";

const issuer = process.env.OIDC_ISSUER;

/** A browser as far as redirections, cookies and one plain form go. */
class Browser {
  cookies = new Map();

  async request(url, options = {}) {
    const host = new URL(url).host;
    const kept = [...(this.cookies.get(host) ?? new Map())].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(url, { redirect: "manual", ...options, headers: { ...options.headers, ...(kept && { Cookie: kept }) } });
    const jar = this.cookies.get(host) ?? new Map();
    // Node of Debian 12 has no getSetCookie: its lines come joined; a comma within a date is no beginning of one.
    for (const line of answer.headers.get("set-cookie")?.split(/, *(?=[^;, ]+=)/) ?? []) {
      const [pair] = line.split(";");
      const at = pair.indexOf("=");
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    this.cookies.set(host, jar);
    return answer;
  }

  /** Follows redirections and fills the provider's form; gives the last address and answer. */
  async go(url, account) {
    for (let step = 0; step < 20; step++) {
      const answer = await this.request(url);
      const location = answer.headers.get("location");
      if (location) {
        url = new URL(location, url).href;
        continue;
      }
      const page = await answer.text();
      if (!url.startsWith(issuer) || !page.includes('<form method="post"')) return { url, status: answer.status };
      const sent = await this.request(url, {
        method: "POST",
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ login: account.id, password: account.password }),
      });
      url = new URL(sent.headers.get("location"), url).href;
    }
    throw new Error("too many redirections");
  }

  async session() {
    return (await (await this.request(base + "/session")).json()) ?? {};
  }
}

const archeologist = { id: "ines", password: "ines-password" };
const stranger = { id: "stranger", password: "stranger-password" };

test("the login page offers the provider", async () => {
  const { body } = await json("/session");
  assert.equal(body.login_methods.oidc.url, base + "/login/oidc");
});

test("a person known by the verified address logs in and comes back where he was", async () => {
  const browser = new Browser();
  const { url } = await browser.go(`${base}/login/oidc?return=${encodeURIComponent("/?f=html#ici")}`, archeologist);
  assert.equal(url, `${base}/?f=html#ici`);
  const session = await browser.session();
  assert.equal(session.person.login, "archeologue");
  assert.ok(session.csrf);
  const entities = await browser.request(base + "/collections/archeo_entite/items?limit=1");
  assert.equal(entities.status, 200);
});

test("somebody without an account is told so and stays anonymous", async () => {
  const browser = new Browser();
  const { url } = await browser.go(base + "/login/oidc", stranger);
  assert.equal(url, `${base}/?login_error=no_account`);
  assert.equal((await browser.session()).authenticated, false);
});

test("a callback nobody began, or that another browser began, opens nothing", async () => {
  const browser = new Browser();
  const forged = await browser.go(`${base}/login/oidc/callback?code=abc&state=def`, archeologist);
  assert.equal(forged.url, `${base}/?login_error=refused`);

  const victim = new Browser();
  const started = await victim.request(base + "/login/oidc");
  const state = new URL(started.headers.get("location")).searchParams.get("state");
  const attacker = new Browser();
  const answer = await attacker.request(`${base}/login/oidc/callback?code=abc&state=${state}`);
  assert.equal(answer.headers.get("location"), `${base}/?login_error=refused`);
  assert.equal((await attacker.session()).authenticated, false);
});

test("the way back is a page of the portal only", async () => {
  for (const evil of ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example"]) {
    const browser = new Browser();
    const { url } = await browser.go(`${base}/login/oidc?return=${encodeURIComponent(evil)}`, archeologist);
    assert.equal(url, base + "/", evil);
  }
});

test("an access token of the provider opens services, for this audience only", async () => {
  const token = async (resource) => {
    const answer = await fetch(issuer + "/token", {
      method: "POST",
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        Authorization: "Basic " + Buffer.from("service:test-client-secret-of-carreau").toString("base64"),
      },
      body: new URLSearchParams({ grant_type: "client_credentials", resource, scope: "features" }),
    });
    return (await answer.json()).access_token;
  };
  const jwt = await token(process.env.OIDC_AUDIENCE);
  assert.equal(jwt.split(".").length, 3);
  const claims = JSON.parse(Buffer.from(jwt.split(".")[1], "base64url"));
  const get = async (bearer) => (await fetch(base + "/collections/ads_dossier", { headers: { Authorization: `Bearer ${bearer}` } })).status;
  assert.equal(await get(jwt), 401, "nobody has this subject yet");
  sql(`update org.person set oidc_subject = '${claims.sub}' where login = 'instructeur.ads'`);
  assert.equal(await get(jwt), 200);
  const [head, body, signature] = jwt.split(".");
  const swap = (header) => [Buffer.from(JSON.stringify(header)).toString("base64url"), body, signature].join(".");
  assert.equal(await get(swap({ alg: "none" })), 401);
  assert.equal(await get(swap({ alg: "HS256", kid: "rsa-1" })), 401);
  const longer = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 3600 })).toString("base64url");
  assert.equal(await get([head, longer, signature].join(".")), 401);
  assert.equal(await get([head, body, signature.slice(0, -4)].join(".")), 401);
});
