// Who may edit one commune edits that commune and no other, and leaves traces he cannot touch.
#include <fmt/format.h>

#include "server/db/layer_declaration.hpp"
#include "server/import/version_loader.hpp"
#include "server/import/versions.hpp"
#include "tests/gate/gate_fixture.hpp"
#include "tests/import/wkb.hpp"

namespace {

using Lines = std::vector<std::string>;
const std::string denied = "42501";

class Writes : public test::GateTest {
  protected:
    static void SetUpTestSuite() {
        test::GateTest::SetUpTestSuite();
        Writes maker;
        maker.prepare();
    }
    void TestBody() override {}

    void prepare() {
        run("create table donnees.banc (id text primary key, commune text, nom text, geom geometry(Point, 2154)); "
            "create table donnees.lien (id text primary key, nom text, geom geometry(Point, 2154)); "
            "create table donnees.lien_commune (lien text, code text, primary key (lien, code)); "
            "create table donnees.trace (id text primary key, communes text[], geom geometry(Point, 2154)); "
            "create table donnees.fouille (part_id int not null default 0, id text, commune text, nom text, geom "
            "geometry(MultiPolygon, 2154), primary key (id, part_id)) partition by list (part_id); "
            "select catalogue.make_versioned('donnees.fouille'); create index on donnees.fouille using gist (geom);");
        db::declare_layer(dsn(), R"({"table": "donnees.banc", "commune_column": "commune", "public": true})");
        db::declare_layer(dsn(), R"x({"table": "donnees.lien", "commune_link": "donnees.lien_commune(lien, code)"})x");
        db::declare_layer(dsn(), R"({"table": "donnees.trace", "commune_column": "communes"})");
        db::declare_layer(dsn(), R"({"table": "donnees.fouille", "commune_column": "commune", "public": true,
            "coverage_column": "commune", "public_resolution": "cell_1km", "agent_resolution": "footprint",
            "public_hidden_fields": ["nom"]})");
        run("insert into donnees.banc values ('a', '62001', 'a', null), ('b', '62002', 'b', null), ('n', null, 'n', "
            "null); "
            "insert into donnees.lien values ('a', 'a', null), ('b', 'b', null); "
            "insert into donnees.lien_commune values ('a', '62001'), ('b', '62002'); "
            "insert into donnees.trace values ('a', '{62001}', null), ('b', '{62002}', null); "
            "insert into donnees.fouille (id, commune, nom, geom) values "
            "('a', '62001', 'a', st_multi(st_makeenvelope(680010, 7040010, 680020, 7040020, 2154))), "
            "('b', '62002', 'b', st_multi(st_makeenvelope(684010, 7040010, 684020, 7040020, 2154)))");
        std::vector<test::Given> edits, reads;
        for (const char* layer : {"banc", "lien", "trace"}) {
            edits.push_back({layer, "62001", "edit"});
            reads.push_back({layer, "all", "read,exact,export,upload"});
        }
        edits.push_back({"fouille", "62001", "exact,edit"});
        reads.push_back({"fouille", "all", "exact"});
        add_person("editor", edits);
        add_person("reader", reads);
    }

    /// How many rows `sql` touched as editor; -1 when it was refused. Nothing stays.
    long long touched(const std::string& session, const std::string& sql) {
        become("editor", session);
        try {
            const auto rows = column("select 1");
            const db::Result result = connection().query("with t as (" + sql + " returning 1) select count(*) from t");
            done();
            return result.int64(0, 0);
        } catch (const db::SqlError& error) {
            done();
            EXPECT_EQ(error.state(), denied) << sql << ": " << error.what();
            return -1;
        }
    }
    void edit(const std::string& sql) {
        become("editor", "editor");
        run(sql + "; commit");
    }
    std::string layer_id(const std::string& name) {
        return scalar("select layer_id from catalogue.layer where name = '" + name + "'");
    }
};

TEST_F(Writes, InsideTheGrantedCommunesOnly) {
    EXPECT_EQ(touched("editor", "insert into donnees.banc values ('c', '62001', 'c', null)"), 1);
    EXPECT_EQ(touched("editor", "insert into donnees.banc values ('c', '62002', 'c', null)"), -1);
    EXPECT_EQ(touched("editor", "insert into donnees.banc values ('c', null, 'c', null)"), -1);
    EXPECT_EQ(touched("editor", "update donnees.banc set nom = 'x'"), 1);
    EXPECT_EQ(touched("editor", "update donnees.banc set nom = 'x' where id = 'b'"), 0);
    EXPECT_EQ(touched("editor", "delete from donnees.banc"), 1);
    EXPECT_EQ(touched("editor", "delete from donnees.banc where id in ('b', 'n')"), 0);
}

TEST_F(Writes, NoFeatureIsMovedIntoAnotherCommune) {
    EXPECT_EQ(touched("editor", "update donnees.banc set commune = '62002' where id = 'a'"), -1);
    EXPECT_EQ(touched("editor", "update donnees.banc set commune = null where id = 'a'"), -1);
    EXPECT_EQ(touched("editor", "update donnees.banc set commune = '62001' where id = 'b'"), 0);
    EXPECT_EQ(touched("editor", "update donnees.trace set communes = '{62002}' where id = 'a'"), -1);
    EXPECT_EQ(touched("editor", "update donnees.trace set communes = '{62001}' where id = 'b'"), 0);
    EXPECT_EQ(touched("editor", "update donnees.fouille set commune = '62002' where id = 'a'"), -1);
    EXPECT_EQ(touched("editor", "update donnees.lien set id = 'c' where id = 'a'"), -1);
    EXPECT_EQ(touched("editor",
                      "insert into donnees.banc values ('b', '62001', 'x', null) on conflict (id) do update set "
                      "nom = 'x', commune = '62001'"),
              -1);
}

TEST_F(Writes, LinkedAndListedCommunesCountToo) {
    EXPECT_EQ(touched("editor", "update donnees.lien set nom = 'x'"), 1);
    EXPECT_EQ(touched("editor", "insert into donnees.lien values ('c', 'c', null)"), -1) << "no commune is linked yet";
    EXPECT_EQ(touched("editor", "insert into donnees.lien_commune values ('b', '62001')"), -1);
    EXPECT_EQ(touched("editor", "delete from donnees.trace"), 1);
    EXPECT_EQ(touched("editor", "insert into donnees.trace values ('c', '{62001,62002}', null)"), 1);
    EXPECT_EQ(touched("editor", "insert into donnees.trace values ('c', '{}', null)"), -1);
}

TEST_F(Writes, ReadingIsNotWriting) {
    for (const char* session : {"reader", "anonymous", "unknown", ""}) {
        EXPECT_EQ(touched(session, "update donnees.banc set nom = 'x'"), 0) << session;
        EXPECT_EQ(touched(session, "delete from donnees.banc"), 0) << session;
        EXPECT_EQ(touched(session, "delete from donnees.fouille"), 0) << session;
        EXPECT_EQ(touched(session, "insert into donnees.banc values ('c', '62001', 'c', null)"), -1) << session;
    }
    EXPECT_EQ(refusal("reader", "editor", "update donnees.banc set nom = 'x'"), denied);
    EXPECT_EQ(refusal("editor", "editor", "truncate donnees.banc"), denied);
    EXPECT_EQ(refusal("editor", "editor", "insert into donnees.fouille_p0 (id) values ('c')"), denied);
    EXPECT_EQ(refusal("editor", "editor", "update degrade.fouille set nom = 'x'"), denied);
    EXPECT_EQ(refusal("editor", "editor", "update expose.fouille set nom = 'x'"), "55000") << "not updatable";
}

TEST_F(Writes, AnEditLeavesTracesThatTheEditorCannotTouch) {
    run("truncate catalogue.change, catalogue.history");
    edit("update donnees.banc set nom = 'new' where id = 'a'");
    edit("insert into donnees.banc values ('z', '62001', 'z', null)");
    edit("delete from donnees.banc where id = 'z'");
    EXPECT_EQ(column("select concat_ws(' ', op, feature_id) from catalogue.change order by seq"),
              (Lines{"U a", "I z", "D z"}));
    EXPECT_EQ(
        column("select concat_ws(' ', op, feature_id, old_row ->> 'nom') from catalogue.history order by history_id"),
        (Lines{"U a a", "I z", "D z z"}));
    for (const char* table : {"catalogue.change", "catalogue.history"}) {
        EXPECT_EQ(refusal("editor", "editor", fmt::format("delete from {}", table)), denied);
        EXPECT_EQ(refusal("editor", "editor", fmt::format("select from {}", table)), denied);
        EXPECT_EQ(refusal("editor", "editor",
                          fmt::format("insert into {} (layer_id, feature_id, op) values (1, 'x', 'I')", table)),
                  denied);
    }
    edit("update donnees.banc set nom = 'a' where id = 'a'");
}

TEST_F(Writes, CoarseCopiesFollowAnEdit) {
    const auto shown = [&] {
        return seen("anonymous", "select concat_ws(' ', id, round(st_xmin(geom)), nom) from expose.fouille order by 1");
    };
    EXPECT_EQ(shown(), (Lines{"a 680000", "b 684000"}));
    edit("update donnees.fouille set geom = st_translate(geom, 2000, 0) where id = 'a'");
    EXPECT_EQ(shown(), (Lines{"a 682000", "b 684000"}));
    edit(
        "insert into donnees.fouille (id, commune, nom, geom) values ('c', '62001', 'c', "
        "st_multi(st_makeenvelope(681010, 7040010, 681020, 7040020, 2154)))");
    EXPECT_EQ(shown(), (Lines{"a 682000", "b 684000", "c 681000"}));
    edit("update donnees.fouille set id = 'd' where id = 'c'");
    EXPECT_EQ(shown(), (Lines{"a 682000", "b 684000", "d 681000"}));
    edit(
        "delete from donnees.fouille where id = 'd'; "
        "update donnees.fouille set geom = st_translate(geom, -2000, 0) where id = 'a'");
    EXPECT_EQ(shown(), (Lines{"a 680000", "b 684000"}));
}

TEST_F(Writes, CoarseCopiesFollowANewVersionAndItsRollBack) {
    const auto shown = [&] {
        return seen("anonymous", "select concat_ws(' ', id, round(st_xmin(geom))) from expose.fouille order by 1");
    };
    for (const char* tracked : {"true", "false"}) {
        run(fmt::format("select catalogue.track_layer(l, {}) from catalogue.layer l where name = 'fouille'", tracked));
        gis::RowBatch batch;
        batch.table = "donnees.fouille";
        batch.columns = {"id", "commune", "nom"};
        batch.rows.push_back(
            {{std::string("v"), std::string("62001"), std::string("v")}, test::square_wkb(686'100, 7'040'100, 10)});
        importing::VersionLoader loader(dsn(), {});
        loader.write(batch);
        loader.publish();
        EXPECT_EQ(shown(), (Lines{"b 684000", "v 686000"})) << tracked;
        EXPECT_EQ(seen("reader", "select id from donnees.fouille order by 1"), (Lines{"b", "v"}));
        EXPECT_EQ(seen("anonymous", "select id from donnees.fouille"), Lines{}) << "a new part is behind the policy";
        EXPECT_EQ(touched("editor", "update donnees.fouille set nom = 'x'"), 1) << "of the new part too";
        importing::roll_back(connection(), "donnees.fouille");
        EXPECT_EQ(shown(), (Lines{"a 680000", "b 684000"})) << tracked;
    }
}

// Who sees a feature and where its communes are drawn hang on the link table.
TEST_F(Writes, ALinkThatChangesIsToldToCachesAndCopies) {
    add_person("neighbour", {{"lien", "62002", "read"}});
    EXPECT_EQ(seen("neighbour", "select id from donnees.lien order by 1"), Lines{"b"});
    run("truncate catalogue.change; insert into donnees.lien_commune values ('a', '62002')");
    EXPECT_EQ(seen("neighbour", "select id from donnees.lien order by 1"), (Lines{"a", "b"}));
    EXPECT_EQ(column("select concat_ws(' ', layer_id, op, feature_id) from catalogue.change"),
              Lines{layer_id("lien") + " U a"});
    run("delete from donnees.lien_commune where lien = 'a' and code = '62002'");
}

}  // namespace
