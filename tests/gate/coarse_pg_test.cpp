// Where a feature lies must not be found by asking often: who sees coarse positions gets the same answers wherever
// inside the same square the true shape is.
#include <fmt/format.h>

#include <atomic>
#include <future>
#include <random>

#include "server/db/connection.hpp"
#include "server/db/layer_declaration.hpp"
#include "tests/gate/gate_fixture.hpp"

namespace {

using Lines = std::vector<std::string>;

class Coarse : public test::GateTest {
  protected:
    static void SetUpTestSuite() {
        test::GateTest::SetUpTestSuite();
        Coarse maker;
        maker.prepare();
    }
    void TestBody() override {}

    void prepare() {
        run("insert into org.commune (code_insee, nom, geom) select (62001 + i)::text, 'c', "
            "st_multi(st_makeenvelope(680000 + i * 3000, 7040000, 683000 + i * 3000, 7043000, 2154)) from "
            "generate_series(0, 1) i; "
            "create table donnees.site (id int primary key, commune text not null, nom text not null, geom "
            "geometry(MultiPolygon, 2154), west double precision generated always as (st_xmin(geom)) stored, code text "
            "generated always as ('s' || nom) stored); create index on donnees.site using gist (geom); "
            "create table donnees.camera (like donnees.site including indexes); alter table donnees.camera alter geom "
            "type "
            "geometry(Point, 4326) using null");
        place(20, 20);
        db::declare_layer(dsn(),
                          R"({"table": "donnees.site", "commune_column": "commune", "public": true,
                              "public_resolution": "cell_1km", "agent_resolution": "footprint",
                              "public_hidden_fields": ["nom"]})");
        db::declare_layer(dsn(),
                          R"({"table": "donnees.camera", "commune_column": "commune", "public": true,
                              "public_resolution": "commune", "agent_resolution": "cell_1km",
                              "public_hidden_fields": ["nom"]})");
        for (const char* layer : {"site", "camera"}) {
            const std::string name = layer;
            add_person("agent-" + name, {{name, "all", "read"}});
            add_person("half-" + name, {{name, "62001", "read"}});
            add_person("specialist-" + name, {{name, "62001", "exact"}});
            add_person("mixed-" + name, {{name, "62001", "exact"}, {name, "62001,62002", "read"}});
            add_surveyor("surveyor-" + name, name, "exact", "680000, 7040000, 681480, 7041480");
        }
    }

    /// 18 features, one in each cell; in its cell at dx, dy metres from the corner of one 50 m square of it.
    void place(int dx, int dy) {
        const std::string places = fmt::format(
            "select i as id, (62001 + (i / 3) % 2)::text as commune, 'n' || i as nom, 680000 + (i / 3) % 2 * 3000 + i "
            "% 3 * "
            "1000 + 450 + {} as x, 7040000 + i / 6 * 1000 + 450 + {} as y from generate_series(0, 17) i",
            dx, dy);
        run(fmt::format(
            "insert into donnees.site select id, commune, nom, st_multi(st_makeenvelope(x, y, x + 5, y + 5, "
            "2154)) from ({0}) p on conflict (id) do update set geom = excluded.geom; "
            "insert into donnees.camera select id, commune, nom, st_transform(st_setsrid(st_makepoint(x, y), "
            "2154), 4326) from ({0}) p on conflict (id) do update set geom = excluded.geom",
            places));
    }

    /// What someone finds out with many small boxes, orders, counts and extents.
    Lines findings(const std::string& session) {
        Lines found;
        std::mt19937 random(7);
        become("reader", session);
        for (const char* layer : {"site", "camera"}) {
            const int srid = std::string(layer) == "site" ? 2154 : 4326;
            const auto ask = [&](const std::string& sql) {
                const Lines answer = column(fmt::format(fmt::runtime(sql), fmt::arg("layer", layer)));
                found.insert(found.end(), answer.begin(), answer.end());
            };
            if (srid == 2154) ask("select concat_ws(' ', west, code) from expose.{layer} order by west, id");
            ask("select concat_ws(' ', id, nom, st_astext(geom, 9)) from expose.{layer} order by geom, id");
            ask("select st_extent(geom) from expose.{layer}");
            ask("select count(*) from donnees.{layer}");
            ask("select string_agg(id::text, ' ') from (select id from expose.{layer} order by geom <-> "
                "(select st_setsrid(st_makepoint(0, 0), st_srid(geom)) from expose.{layer} limit 1), id) o");
            // Boxes of some metres around where shapes may be, and of some hundred metres.
            std::string boxes;
            for (int i = 0; i < 150; ++i) {
                const int x = 680'450 + static_cast<int>(random() % 6) * 1000 + static_cast<int>(random() % 50);
                const int y = 7'040'450 + static_cast<int>(random() % 3) * 1000 + static_cast<int>(random() % 50);
                const int size = i % 3 != 0 ? 1 + static_cast<int>(random() % 12) : 300;
                boxes += fmt::format("{}({}, st_transform(st_makeenvelope({}, {}, {}, {}, 2154), {}))",
                                     boxes.empty() ? "" : ", ", i, x, y, x + size, y + size, srid);
            }
            ask("select n || ':' || (select coalesce(string_agg(id::text, ' ' order by id), '') || '/' || count(*) "
                "from "
                "expose.{layer} where geom && box and st_intersects(geom, box)) from (values " +
                boxes + ") b (n, box)");
        }
        done();
        return found;
    }
};

TEST_F(Coarse, AnswersDoNotDependOnTheShapeInsideItsSquare) {
    const Lines callers{"anonymous", "agent-site", "half-site", "agent-camera", "half-camera"};
    std::vector<Lines> before;
    for (const std::string& caller : callers) before.push_back(findings(caller));
    const Lines exact = findings("specialist-site");
    place(38, 3);
    for (std::size_t i = 0; i < callers.size(); ++i) EXPECT_EQ(findings(callers[i]), before[i]) << callers[i];
    EXPECT_NE(findings("specialist-site"), exact) << "the boxes are fine enough to find the true shapes";
    place(20, 20);
}

TEST_F(Coarse, AnEngagementDoesNotTellWhereInTheFootprintAFeatureIs) {
    // The perimeter cuts squares in two: 681480 lies between the two places of the same square.
    const Lines before = seen("surveyor-site", "select id from expose.site where st_area(geom) < 100");
    EXPECT_FALSE(before.empty());
    place(38, 38);
    EXPECT_EQ(seen("surveyor-site", "select id from expose.site where st_area(geom) < 100"), before);
    place(20, 20);
}

TEST_F(Coarse, EveryCallerHasEveryFeatureOnceWithTheSameId) {
    for (const char* layer : {"site", "camera"}) {
        for (const char* who : {"anonymous", "agent", "half", "specialist", "mixed", "surveyor"}) {
            const std::string session = std::string(who) == "anonymous" ? who : fmt::format("{}-{}", who, layer);
            EXPECT_EQ(
                seen_one(session, fmt::format("select concat_ws(' ', count(*), count(distinct id), min(id), max(id)) "
                                              "from expose.{}",
                                              layer)),
                "18 18 0 17")
                << session;
        }
    }
}

TEST_F(Coarse, TheMostPreciseRightWinsFeatureByFeature) {
    const auto sizes = [&](const std::string& session) {
        return seen(session,
                    "select concat_ws(' ', commune, round(st_xmax(geom) - st_xmin(geom)), count(*), "
                    "count(nom)) from expose.site group by commune, round(st_xmax(geom) - st_xmin(geom)) order "
                    "by 1");
    };
    EXPECT_EQ(sizes("anonymous"), (Lines{"62001 1000 9 0", "62002 1000 9 0"}));
    EXPECT_EQ(sizes("agent-site"), (Lines{"62001 50 9 9", "62002 50 9 9"}));
    EXPECT_EQ(sizes("half-site"), (Lines{"62001 50 9 9", "62002 1000 9 0"}));
    EXPECT_EQ(sizes("specialist-site"), (Lines{"62001 5 9 9", "62002 1000 9 0"}));
    EXPECT_EQ(sizes("mixed-site"), (Lines{"62001 5 9 9", "62002 50 9 9"}));
    EXPECT_EQ(sizes("surveyor-site"), (Lines{"62001 1000 5 0", "62001 5 4 4", "62002 1000 9 0"}));
}

TEST_F(Coarse, WhatIsComputedFromSomethingHiddenIsHidden) {
    EXPECT_EQ(seen_one("anonymous", "select count(west) || ' ' || count(code) from expose.site"), "0 0");
    EXPECT_EQ(seen_one("agent-site", "select count(west) || ' ' || count(code) from expose.site"), "0 18");
    EXPECT_EQ(seen_one("specialist-site", "select count(west) || ' ' || count(code) from expose.site"), "9 9");
}

TEST_F(Coarse, HiddenFieldsCannotBeAskedFor) {
    EXPECT_EQ(seen_one("anonymous", "select count(*) from expose.site where nom = 'n3' or nom like 'n%' or nom > ''"),
              "0");
    EXPECT_EQ(seen_one("half-site", "select count(*) from expose.site where nom like 'n%'"), "9");
    EXPECT_EQ(seen_one("anonymous", "select count(nom) from degrade.site"), "0");
    EXPECT_EQ(seen_one("half-site", "select count(*) from degrade.site where carreau_level = 'base'"), "0");
}

// The copy of the public is of the level that was declared, also when what it is drawn from comes later.
TEST_F(Coarse, ACommuneWithoutOutlineGivesNoPosition) {
    run("insert into donnees.camera values (99, '62777', 'far', st_transform(st_setsrid(st_makepoint(690010, 7050010), "
        "2154), 4326))");
    EXPECT_EQ(seen("anonymous", "select coalesce(st_astext(geom), 'none') from expose.camera where id = 99"),
              Lines{"none"});
    run("insert into org.commune (code_insee, nom, geom) values ('62777', 'far', st_multi(st_makeenvelope(690000, "
        "7050000, 692000, 7052000, 2154)))");
    EXPECT_EQ(seen("anonymous", "select round(st_x(st_transform(geom, 2154))) from expose.camera where id = 99"),
              Lines{"691000"});
    run("delete from donnees.camera where id = 99; delete from org.commune where code_insee = '62777'");
    EXPECT_EQ(seen("anonymous", "select id from expose.camera where id = 99"), Lines{});
}

TEST_F(Coarse, AgentsAreNotDeclaredToSeeLessThanThePublic) {
    EXPECT_THROW(db::set_layer(dsn(), "site", "agent_resolution", "commune"), gis::InvalidRequest);
    EXPECT_THROW(db::set_layer(dsn(), "site", "public_resolution", "exact"), gis::InvalidRequest);
    EXPECT_THROW(db::set_layer(dsn(), "site", "public_hidden_fields", R"(["commune"])"), gis::InvalidRequest);
}

TEST_F(Coarse, ALayerIsDeclaredAnewWhileOthersReadAndWriteIt) {
    std::atomic<bool> over{false};
    const auto repeat = [&](const std::string& sql) {
        return std::async(std::launch::async, [&over, sql] {
            db::Connection connection(dsn());
            std::size_t done = 0;
            for (; !over; ++done) connection.execute(sql);
            return done;
        });
    };
    std::vector<std::future<std::size_t>> others;
    others.push_back(repeat("update donnees.site set nom = nom || '' where id < 9"));
    others.push_back(repeat("select count(*) from expose.site"));
    std::string failure;
    try {
        for (int time = 0; time < 10; ++time)
            db::set_layer(dsn(), "site", "public_resolution", time % 2 == 0 ? "commune" : "cell_1km");
    } catch (const std::exception& error) {
        failure = error.what();
    }
    over = true;
    EXPECT_EQ(failure, "");
    for (auto& other : others) EXPECT_GT(other.get(), 0U) << "nobody was ended for a deadlock";
}

}  // namespace
