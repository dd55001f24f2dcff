// What every table, view, function and role must look like, asked of the system catalogues: nothing can be forgotten.
#include <fmt/format.h>

#include "server/db/layer_declaration.hpp"
#include "tests/gate/gate_fixture.hpp"

namespace {

using Lines = std::vector<std::string>;

/// One line for each thing that is not as it must be.
constexpr auto findings_sql = R"sql(
with layer as (
    select l.*, to_regclass(format('%I.%I', table_schema, table_name)) as target,
           public_resolution <> 'exact' or agent_resolution <> 'exact' as sensitive from catalogue.layer l),
guarded(rel) as (
    select l.target from layer l join pg_class c on c.oid = l.target where c.relkind in ('r', 'p')
    union select to_regclass(format('degrade.%I', l.name)) from layer l where sensitive),
exposed(rel) as (
    select to_regclass(format('expose.%I', l.name)) from layer l join pg_class c on c.oid = l.target
    where sensitive or c.relkind not in ('r', 'p')),
ours as (
    select c.* from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')),
our_functions as (
    select p.* from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname not in ('pg_catalog', 'information_schema')
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')),
allowed(role, rel, privilege) as (
    select r, rel, 'SELECT' from guarded, unnest(array['carreau_reader', 'carreau_editor']) r
    union all select r, rel, 'SELECT' from exposed, unnest(array['carreau_reader', 'carreau_editor']) r
    union all select 'carreau_editor', l.target, p from layer l join guarded g on g.rel = l.target,
                     unnest(array['INSERT', 'UPDATE', 'DELETE']) p
    union all select r, 'audit.entry'::regclass, 'INSERT' from unnest(array['carreau_reader', 'carreau_editor']) r),
-- What people deposit: each his own, held by the policy `own`; jobs that were handed over are read by `reviewed`.
deposit(rel) as (select unnest(array['capture.job'::regclass, 'capture.upload'::regclass])),
callable(name) as (values
    ('access.everything'), ('access.anything'), ('access.communes'), ('access.perimeter'), ('access.linked_ids'),
    ('access.ids_within'), ('catalogue.changed_outside'), ('catalogue.changes_outside'), ('catalogue.access_revision'), ('catalogue.id_taken'),
    ('catalogue.commune_of'), ('catalogue.record_since'), ('catalogue.last_changes'), ('catalogue.last_changes_by'), ('catalogue.past'), ('catalogue.may_edit'),
    ('catalogue.feature_history'), ('access.depositor'), ('capture.begin_upload'), ('capture.draft_features'),
    ('capture.picture_of'), ('capture.is_reviewed'), ('capture.job_facts'), ('capture.job_record'), ('capture.may_publish'),
    ('catalogue.grow_extent'), ('capture.ask_publication'), ('capture.send_back'), ('capture.ask_undoing'))
select coalesce(rel::text, 'a missing table') || ': no policy is in force' from guarded left join pg_class c on c.oid = rel
    where rel is null or not c.relrowsecurity or not c.relforcerowsecurity
union all
select rel || ': no policy carreau_read' from guarded where not exists (
    select from pg_policy where polrelid = rel and polname = 'carreau_read' and polcmd = 'r' and polpermissive
    and polroles @> array['carreau_reader'::regrole::oid])
union all
select polrelid::regclass || ': unexpected policy ' || polname from pg_policy
    where polpermissive and polroles && array[0::oid, 'carreau_reader'::regrole::oid] and polname <> 'carreau_read'
    and not (polname = 'own' and polrelid in (select rel from deposit))
    and not (polname = 'reviewed' and polcmd = 'r' and polrelid = 'capture.job'::regclass)
union all
select rel || ': is not each one''s own' from deposit join pg_class c on c.oid = rel where not c.relrowsecurity
    or not c.relforcerowsecurity or not exists (select from pg_policy where polrelid = rel and polname = 'own' and polcmd = '*')
union all
select 'a view of ' || coalesce(rel::text, 'a layer') || ' is no barrier' from exposed left join pg_class c on c.oid = rel
    where rel is null or not coalesce(c.reloptions && array['security_barrier=true', 'security_invoker=true'], false)
union all
select format('%s may %s %s', role, privilege, o.oid::regclass) from ours o,
    unnest(array['carreau_server', 'carreau_reader', 'carreau_editor']) role,
    unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) privilege
    where o.relkind in ('r', 'p', 'v', 'm', 'f')
    and (has_table_privilege(role, o.oid, privilege)
         or privilege in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') and has_any_column_privilege(role, o.oid, privilege))
    and not exists (select from allowed a where a.role = role.role and a.rel = o.oid and a.privilege = privilege.privilege)
    and not (o.oid in (select rel from deposit) and (role, privilege) in (values ('carreau_reader', 'SELECT'),
             ('carreau_editor', 'SELECT'), ('carreau_editor', 'INSERT'), ('carreau_editor', 'UPDATE'), ('carreau_editor', 'DELETE')))
union all
select format('%s may not %s %s', role, privilege, rel) from allowed where not has_table_privilege(role, rel, privilege)
union all
select format('%s may use the sequence %s', role, o.oid::regclass) from ours o,
    unnest(array['carreau_server', 'carreau_reader', 'carreau_editor']) role
    where o.relkind = 'S' and has_sequence_privilege(role, o.oid, 'USAGE, SELECT, UPDATE')
union all
select format('%s may %s %s', role, privilege, o.oid::regclass) from ours o,
    unnest(array['carreau_gate', 'carreau_admin']) role, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) privilege
    where has_table_privilege(role, o.oid, privilege) and o.relkind in ('r', 'p', 'v', 'm', 'f')
    and (o.relnamespace = 'majic'::regnamespace or o.relnamespace = 'degrade'::regnamespace
         or o.oid in ('access.remembered'::regclass, 'access.revision'::regclass, 'catalogue.history'::regclass,
                      'catalogue.change'::regclass) and privilege <> 'SELECT'
         or o.oid = 'audit.entry'::regclass and privilege in ('UPDATE', 'DELETE', 'TRUNCATE'))
union all
select format('%s may make things in %I', role, n.nspname) from pg_namespace n,
    unnest(array['carreau_server', 'carreau_reader', 'carreau_editor', 'carreau_gate', 'carreau_admin']) role
    where n.nspname !~ '^pg_' and has_schema_privilege(role, n.oid, 'CREATE')
union all
select 'no fixed search_path: ' || f.oid::regprocedure from our_functions f
    where f.prosecdef and not exists (select from unnest(f.proconfig) c where c like 'search_path=%')
union all
select role || ' may call ' || f.oid::regprocedure from our_functions f,
    unnest(array['carreau_server', 'carreau_reader', 'carreau_editor']) role
    where has_function_privilege(role, f.oid, 'EXECUTE')
    and (role = 'carreau_server' or f.pronamespace::regnamespace || '.' || f.proname not in (select name from callable))
union all
select 'a serving role is powerful: ' || rolname from pg_roles
    where rolname ~ '^carreau_' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or rolinherit)
union all
select 'statistics of true positions: ' || p.oid::regprocedure from pg_proc p
    where p.proname in ('st_estimatedextent', '_postgis_stats', '_postgis_selectivity') and p.prosecdef
    and has_function_privilege('carreau_reader', p.oid, 'EXECUTE')
order by 1)sql";

class Protection : public test::GateTest {
  protected:
    void SetUp() override {
        if (scalar("select count(*) from catalogue.layer") == "0") test::declare_samples(dsn());
    }
    Lines findings() {
        const db::Result rows = connection().query(findings_sql);
        Lines lines;
        for (int i = 0; i < rows.rows(); ++i) lines.push_back(rows.text(i, 0));
        return lines;
    }
    /// What is found after `sql`, which is taken back.
    Lines findings_after(const std::string& sql) {
        run("begin; " + sql);
        const Lines lines = findings();
        run("rollback");
        return lines;
    }
    Lines published_relations() {
        return column(
            "select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace where "
            "n.nspname in ('degrade', 'expose') and c.relkind in ('r', 'v') union select "
            "to_regclass(format('%I.%I', table_schema, table_name)) from catalogue.layer l join pg_class c on c.oid = "
            "to_regclass(format('%I.%I', table_schema, table_name)) where c.relkind in ('r', 'p')");
    }
};

TEST_F(Protection, NothingIsOpenThatShouldNotBe) {
    EXPECT_EQ(findings(), Lines());
    EXPECT_GE(published_relations().size(), 16U);
}

TEST_F(Protection, WhatIsTakenAwayIsFound) {
    EXPECT_EQ(findings_after("drop policy carreau_read on cadastre.parcelle"),
              Lines{"cadastre.parcelle: no policy carreau_read"});
    EXPECT_EQ(findings_after("alter table archeo.entite disable row level security"),
              Lines{"archeo.entite: no policy is in force"});
    EXPECT_EQ(findings_after("alter table degrade.archeo_entite no force row level security"),
              Lines{"degrade.archeo_entite: no policy is in force"});
    EXPECT_EQ(findings_after("create policy more on cadastre.parcelle using (true)"),
              Lines{"cadastre.parcelle: unexpected policy more"});
    EXPECT_EQ(
        findings_after("drop policy reviewed on capture.job; create policy reviewed on capture.job to carreau_editor, "
                       "carreau_reader using (true)"),
        Lines{"capture.job: unexpected policy reviewed"});
    EXPECT_EQ(findings_after("alter view expose.commune reset (security_barrier)"),
              Lines{"a view of expose.commune is no barrier"});
    EXPECT_EQ(findings_after("grant select on cadastre.parcelle_p0 to carreau_reader"),
              Lines{"carreau_reader may SELECT cadastre.parcelle_p0"});
    EXPECT_EQ(findings_after("grant select (hash) on access.password to carreau_reader"),
              Lines{"carreau_reader may SELECT access.password"});
    EXPECT_EQ(findings_after("grant select on majic.proprietaire to carreau_gate"),
              Lines{"carreau_gate may SELECT majic.proprietaire"});
    EXPECT_EQ(findings_after("alter function access.scope reset search_path"),
              Lines{"no fixed search_path: access.scope(integer)"});
    EXPECT_EQ(findings_after("create function access.new() returns int language sql as 'select 1'").size(), 3U);
    EXPECT_EQ(findings_after("alter role carreau_reader bypassrls"),
              Lines{"a serving role is powerful: carreau_reader"});
}

TEST_F(Protection, ANewLayerHasItAllAtOnce) {
    run("create table donnees.mat (id text primary key, commune text, secret text, geom geometry(Point, 2154)); "
        "insert into donnees.mat values ('a', '62001', 's', st_setsrid(st_makepoint(680100, 7040100), 2154)); "
        "create view donnees.mat_vue as select * from donnees.mat");
    db::declare_layer(dsn(), R"({"table": "donnees.mat", "commune_column": "commune"})");
    db::declare_layer(dsn(), R"({"table": "donnees.mat_vue", "id_column": "id", "commune_column": "commune"})");
    EXPECT_EQ(findings(), Lines());
    db::set_layer(dsn(), "mat", "public_resolution", "cell_1km");
    EXPECT_EQ(findings(), Lines());
    for (const std::string& relation : published_relations())
        EXPECT_EQ(seen_one("anonymous", "select count(*) from " + relation), "0") << relation;
    db::set_layer(dsn(), "mat", "public_resolution", "exact");
    EXPECT_EQ(findings(), Lines());
    db::remove_layer(dsn(), "mat_vue");
    db::remove_layer(dsn(), "mat");
    EXPECT_EQ(findings(), Lines());
    EXPECT_EQ(refusal("reader", "anonymous", "select from donnees.mat"), "42501");
    run("drop table donnees.mat cascade");
}

TEST_F(Protection, WithoutASessionThereIsNoRow) {
    run("insert into org.commune (code_insee, nom, geom) values ('62119', 'B', "
        "st_multi(st_makeenvelope(680000, 7040000, 682000, 7042000, 2154))); "
        "insert into archeo.entite (id, libelle, commune, geom) values ('e', 'villa', '62119', "
        "st_multi(st_makeenvelope(680100, 7040100, 680200, 7040200, 2154))); "
        "insert into cadastre.parcelle (id, commune, prefixe, section, numero, geom) values ('62119000AB0001', "
        "'62119', "
        "'000', 'AB', '1', st_multi(st_makeenvelope(680100, 7040100, 680200, 7040200, 2154)))");
    publish("archeo_entite");
    EXPECT_EQ(seen_one("anonymous", "select count(*) from expose.archeo_entite"), "1");
    EXPECT_EQ(seen_one("anonymous", "select count(*) from cadastre.parcelle"), "1") << "public in data-samples";
    add_person("revoked", {{"archeo_entite", "all", "exact"}});
    run("update access.credential set revoked_at = now() where session_key = 'revoked'");
    add_person("expired", {{"archeo_entite", "all", "exact"}});
    run("update access.credential set expires_at = now() where session_key = 'expired'");
    for (const std::string& relation : published_relations()) {
        for (const char* session : {"", "unknown", "revoked", "expired"})
            EXPECT_EQ(seen_one(session, "select count(*) from " + relation), "0") << relation << " as " << session;
        run("begin; set local role carreau_reader");  // no session was ever set
        EXPECT_EQ(scalar("select count(*) from " + relation), "0") << relation;
        run("rollback");
    }
}

TEST_F(Protection, NoRoleThatServesTouchesWhatThePolicyIsMadeOf) {
    for (const char* sql :
         {"insert into access.remembered select 'anonymous', 1, 'read', true, true, null, null, 1, now(), 'infinity'",
          "update access.remembered set everything = true",
          "delete from access.remembered",
          "update access.credential set person_id = 1",
          "insert into access.credential (kind) values ('anonymous')",
          "update access.revision set n = 0",
          "select from access.password",
          "select from access.credential",
          "select from org.person",
          "select from org.convention_right",
          "select from majic.proprietaire",
          "select from catalogue.history",
          "select from catalogue.change",
          "select from audit.entry",
          "select access.scope()",
          "select access.lines()",
          "select access.remember()",
          "select access.refresh_degraded(1)",
          "select access.set_public(1, true)",
          "select audit.purge()",
          "select access.look_as(1)",
          "select from capture.job_act",
          "insert into capture.job_act (job_id, act) values (1, 'published')",
          "select capture.seen_job(1)",
          "select capture.rows_not_allowed(1)",
          "select majic.look_up(array['62119000AB0001'], 'purpose', '')",
          "create table public.t ()",
          "alter table cadastre.parcelle disable row level security",
          "drop policy carreau_read on cadastre.parcelle"}) {
        EXPECT_EQ(refusal("reader", "anonymous", sql), "42501") << sql;
        EXPECT_EQ(refusal("editor", "anonymous", sql), "42501") << sql;
    }
    EXPECT_EQ(refusal("gate", "anonymous", "update access.remembered set everything = true"), "42501");
    EXPECT_EQ(refusal("gate", "anonymous", "select from cadastre.parcelle"), "42501");
}

}  // namespace
