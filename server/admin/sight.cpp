#include "server/admin/sight.hpp"

#include "gis/error.hpp"

namespace admin {

namespace {

/// Runs `look` as the person at that moment (SQL text of a timestamptz). The credential is never seen by others: the
/// savepoint takes it away again, and the session's name with it.
template <typename Look>
auto as_seen_by(db::Connection& connection, const std::string& person_id, const std::string& at, Look look) {
    connection.execute("savepoint simulation");
    const std::vector<db::Parameter> values{person_id, at};
    connection.query(
        "with c as (insert into access.credential (person_id, kind, titre, as_of, expires_at) "
        "values ($1::int, 'simulation', 'Ce que voit cette personne', $2::timestamptz, now() + interval '1 minute') "
        "returning session_key) select set_config('carreau.session', session_key, true) from c",
        values);
    auto seen = look();
    connection.execute("rollback to savepoint simulation");
    connection.execute("release savepoint simulation");
    return seen;
}

// The same decisions as gis::Scope, on the layer's best-seen feature.
constexpr auto layers_sql = R"sql(
with line as materialized (select * from access.lines() where layer_id is not null),
     scope as materialized (select * from access.scope()),
     seen as (
         select c.layer_id, c.name, c.title, r.everything, r.communes, r.perimeter is not null as perimeter, a.is_agent,
                case when c.public_resolution = 'exact' and c.agent_resolution = 'exact' or a.is_specialist then 'exact'
                     when a.is_agent then c.agent_resolution else c.public_resolution end as shown
         from scope r join catalogue.layer c on c.layer_id = r.layer_id and r.level = 'read' and c.published
         cross join lateral (
             select coalesce(bool_or(s.level = 'exact'), false) as is_specialist, coalesce(bool_or(s.level = 'agents'), false) as is_agent
             from scope s where s.layer_id = c.layer_id) a)
select coalesce(jsonb_agg(jsonb_build_object(
    'name', v.name, 'title', v.title,
    'rights', (select coalesce(jsonb_agg(u.r order by u.n), '[]')
               from unnest(array['read', 'exact', 'edit', 'upload', 'export']) with ordinality u (r, n)
               where exists (select from line l where l.layer_id = v.layer_id and u.r = any (l.rights))),
    'communes', case when v.everything then '"all"'::jsonb else to_jsonb(coalesce(v.communes, '{}')) end,
    'perimeter', v.perimeter,
    'resolution', case when v.shown = 'exact' then 'exact' when v.is_agent then 'footprint' else 'public' end,
    'because', (select coalesce(jsonb_agg(distinct l.source), '[]') from line l where l.layer_id = v.layer_id
                and l.rights && array['read', 'exact', 'edit', 'upload', 'export'])) order by v.title, v.name), '[]')::text
from seen v where v.shown <> 'hidden'
)sql";

constexpr auto ended_sql =
    "select coalesce(jsonb_agg(jsonb_build_object('title', titre, 'ended_at', valid_to, 'contact', contact, 'layers', "
    "to_jsonb(layers)) order by valid_to desc), '[]')::text from access.agreements() where ended";

}  // namespace

Json sees(db::Connection& connection, const std::string& person_id, const std::string& at) {
    Json person = document_of(connection, people(), person_id);
    const Json question{{"at", at}};
    const std::string begin = moment_member(question, "at", false);
    const std::vector<db::Parameter> values{at.size() == 10 ? at : "", begin};
    const db::Result when = connection.query(
        "select t::text, to_jsonb(t) #>> '{}' from (select case when $2 = '' "
        "or nullif($1, '')::date = (now() at time zone 'Europe/Paris')::date then now() "
        "else nullif($2, '')::timestamptz end) q(t)",
        values);
    const auto look = [&] {
        return Json{{"layers", Json::parse(connection.query(layers_sql).text(0, 0))},
                    {"ended", Json::parse(connection.query(ended_sql).text(0, 0))}};
    };
    Json seen = as_seen_by(connection, person_id, when.text(0, 0), look);
    return Json{{"person", std::move(person)},
                {"at", when.text(0, 1)},
                {"layers", std::move(seen["layers"])},
                {"ended", std::move(seen["ended"])}};
}

bool will_administer(db::Connection& connection, int person_id) {
    const std::string soon = connection.query("select (now() + interval '1 hour')::text").text(0, 0);
    const auto look = [&] { return connection.query("select access.is_administrator()").boolean(0, 0); };
    return as_seen_by(connection, std::to_string(person_id), soon, look);
}

}  // namespace admin
