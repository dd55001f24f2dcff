// The demonstration as the tests know it: its people with their credentials, and what SQL says each may see. The rules
// are written here a second time, from the conventions of the demonstration: never asked of the server's own functions.

import { execFileSync } from "node:child_process";

export const base = process.env.CARREAU_URL;
export const logins = ["secretaire.bethune", "instructeur.ads", "archeologue", "bureau.etudes", "partenaire", "admin"];
export const communes = ["62119", "62035", "62310"];
export const layers = {
  parcelle: { id: "id", table: "cadastre.parcelle" },
  ads_dossier: { id: "numero", table: "ads.dossier" },
  archeo_operation: { id: "id", table: "archeo.operation" },
  archeo_entite: { id: "id", table: "archeo.entite" },
  mission: { id: "id", table: "terrain.mission" },
};

/** Rows of a query as arrays of texts, run as the owner of the database. */
export function sql(text) {
  const out = execFileSync("psql", ["-qAtX", "-F", "\u001f", "-v", "ON_ERROR_STOP=1", process.env.CARREAU_DSN, "-c", text], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return out.split("\n").filter(Boolean).map((line) => line.split("\u001f"));
}

// A mission of three photos in each commune, and one of photos in two of them.
sql(`with named as (insert into capture.mission_name (mission_id, nom)
         select 'mission-' || c, 'Vol de ' || c from unnest(array['${communes.join("','")}', 'deux']) c on conflict do nothing)
     insert into terrain.photo (id, nom, mission, mission_id, pris_le, empreinte, geom)
     select format('essai-%s-%s-%s', m, c.code_insee, n), 'essai.jpg', 'Vol de ' || m, 'mission-' || m, now(), md5(m || c.code_insee || n),
            st_translate(st_pointonsurface(c.geom), n, n)
     from org.commune_actuelle c cross join generate_series(1, 3) n
     cross join lateral (select c.code_insee as m union all select 'deux' where c.code_insee in ('${communes[0]}', '${communes[1]}')) q
     where c.code_insee in ('${communes.join("','")}') on conflict do nothing`);

export async function json(path, options = {}, from = base) {
  const answer = await fetch(from + path, { redirect: "manual", ...options });
  const body = await answer.text();
  return { status: answer.status, headers: answer.headers, body: body ? JSON.parse(body) : null };
}

/** Logs in as the portal does: the cookie and the token that changes need. */
export async function logIn(login) {
  const answer = await json("/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ login, password: "carreau-demo-" + login }),
  });
  if (answer.status !== 201) throw new Error(`${login}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return { Cookie: answer.headers.get("set-cookie").split(";")[0], "X-CSRF-Token": answer.body.csrf };
}

export async function makeToken(session, kind, title = "essai") {
  const answer = await json("/session/tokens", {
    method: "POST",
    headers: { ...session, "Content-Type": "application/json" },
    body: JSON.stringify({ title, kind }),
  });
  if (answer.status !== 201) throw new Error(`token: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Every way a person shows who he is, as request headers. */
export async function credentialsOf(login) {
  const cookie = await logIn(login);
  const token = await makeToken(cookie, "token");
  const application = await makeToken(cookie, "application");
  const basic = Buffer.from(`${login}:${application.secret}`).toString("base64");
  return [
    { Cookie: cookie.Cookie },
    { Authorization: `Bearer ${token.secret}` },
    { "X-API-Key": token.secret },
    { Authorization: `Basic ${basic}` },
  ];
}

const ids = (rows) => new Set(rows.map((row) => row[0]));
const perimeter =
  "(select st_union(e.perimeter) from org.engagement e join org.organisation o using (organisation_id) " +
  "where o.genre = 'bureau d''études' and now() >= e.valid_from and now() < e.valid_to)";

/** What each person sees: by layer the ids, and of the sensitive ones the ids at their exact place and as footprints. */
export function whatEachSees() {
  const all = Object.fromEntries(Object.entries(layers).map(([name, l]) => [name, ids(sql(`select ${l.id} from ${l.table}`))]));
  const none = new Set();
  const missionsOfBethune = new Set(["mission-62119", "mission-deux"]);
  const ofMembers = ids(
    sql(`select numero from ads.dossier d where exists (select from org.membership m where m.code_insee = d.commune
         and m.service = 'ADS' and m.valid_from <= current_date and (m.valid_to is null or current_date < m.valid_to))`),
  );
  const inPerimeter = ids(sql(`select numero from ads.dossier where st_intersects(geom, ${perimeter})`));
  const inBethune = ids(sql("select numero from ads.dossier where commune = '62119'"));
  const entitiesOfBethune = ids(sql("select id from archeo.entite where commune = '62119'"));
  const operationsOfBethune = ids(sql("select operation from archeo.operation_commune where code_insee = '62119'"));
  // A footprint is the box of the shape drawn outwards on a grid of 50 m.
  const box =
    "st_makeenvelope(floor(st_xmin(geom)/50)*50, floor(st_ymin(geom)/50)*50, floor(st_xmax(geom)/50)*50+50, floor(st_ymax(geom)/50)*50+50, 2154)";
  const operationsInPerimeter = ids(sql(`select id from archeo.operation where st_intersects(${box}, ${perimeter})`));
  const person = (ads, entities, exact, footprint, missions = none) => ({
    parcelle: all.parcelle,
    ads_dossier: ads,
    archeo_operation: all.archeo_operation,
    archeo_entite: entities,
    mission: missions,
    exact,
    footprint,
  });
  const everyPosition = new Set([...all.archeo_operation, ...all.archeo_entite]);
  return {
    anonymous: person(none, none, none, none),
    "secretaire.bethune": person(inBethune, entitiesOfBethune, none, new Set([...entitiesOfBethune, ...operationsOfBethune]), missionsOfBethune),
    "instructeur.ads": person(ofMembers, none, none, none),
    archeologue: person(none, all.archeo_entite, everyPosition, none),
    "bureau.etudes": person(inPerimeter, none, none, operationsInPerimeter),
    partenaire: person(none, none, none, none),
    admin: person(all.ads_dossier, all.archeo_entite, everyPosition, none, all.mission),
  };
}

/** Exact places of the sensitive features, as GeoJSON coordinates to seven digits: nobody else may be shown these. */
export function exactPlaces() {
  const places = new Map();
  for (const table of ["archeo.operation", "archeo.entite"]) {
    for (const [id, shape] of sql(`select id, st_asgeojson(st_transform(geom, 4326), 7) from ${table} where geom is not null`))
      places.set(id, JSON.stringify(JSON.parse(shape).coordinates[0][0][0].map((x) => x.toFixed(5))));
  }
  return places;
}

/** Whether a feature of a sensitive layer is shown at its exact place. */
export function isExact(feature, places) {
  if (feature.geometry === null) return false;
  return JSON.stringify(feature.geometry.coordinates[0][0][0].map((x) => x.toFixed(5))) === places.get(String(feature.id));
}
