// Features that lie in several communes, told by a table: callers of some communes have them from memory as the
// database would give them, while features and table are edited.

#include <fmt/format.h>

#include <random>

#include "server/db/layer_declaration.hpp"
#include "tests/api/scoped_fixture.hpp"

namespace {

using test::ids_of;
using test::ScopedTest;

class LinkedTiles : public ScopedTest {
  protected:
    static void SetUpTestSuite() {
        ScopedTest::SetUpTestSuite();
        db::Connection connection(dsn());
        connection.run_script(
            "create table donnees.works (id text primary key, kind text not null, geom geometry(Polygon, 2154)); "
            "create index on donnees.works using gist (geom); "
            "create table donnees.works_commune (works text, code text); create index on donnees.works_commune "
            "(works); "
            "insert into donnees.works select 'w' || n, 'k' || n % 3, st_makeenvelope(x, y, x + 330, y + 310, 2154) "
            "from (select n, 700000 + n % 10 * 400 x, 6600000 + n / 10 * 400 y from generate_series(0, 99) n) a; "
            "insert into donnees.works_commune select 'w' || n, '6200' || n % 4 from generate_series(0, 99) n; "
            "insert into donnees.works_commune select 'w' || n, '6200' || (n + 1) % 4 from generate_series(0, 99, 3) "
            "n");
        db::declare_layer(dsn(), R"x({"table": "donnees.works", "public": false, "min_zoom": 9, "max_zoom": 17,
            "commune_link": "donnees.works_commune(works, code)"})x");
    }
    void SetUp() override {
        ScopedTest::SetUp();
        if (scalar("select count(*) from org.person where login = 'all'") == "0") {
            give("all", "works", "all", "read");
            give("one", "works", "62001", "read");
            give("two", "works", "62002,62003", "read");
            give("none", "works", "62099", "read");
        }
        wait_until_held("works");
        answer_edit();
    }

    const std::vector<std::string> callers{"all", "one", "two", "none"};
};

TEST_F(LinkedTiles, EditsOfFeaturesAndOfTheirCommunesAreInTheNextTileOfEverybody) {
    const gis::Layer layer = declared("works");
    std::mt19937 random(5);
    const auto pick = [&](unsigned count) { return static_cast<int>(random() % count); };
    const std::uint64_t before = from_memory("works");
    std::size_t seen = 0;
    const int edits = test::edits_asked() / 6;
    for (int n = 0; n < edits; ++n) {
        const std::string id = fmt::format("w{}", pick(110));
        const int x = 700000 + pick(4000);
        const int y = 6600000 + pick(4000);
        const std::string shape = fmt::format("st_makeenvelope({}, {}, {}, {}, 2154)", x, y, x + 300, y + 350);
        const std::string code = fmt::format("6200{}", pick(5));
        const std::string edit[] = {
            fmt::format("insert into donnees.works values ('{}', 'new', {}) on conflict (id) do update set geom = "
                        "excluded.geom",
                        id, shape),
            fmt::format("delete from donnees.works where id = '{}'", id),
            fmt::format("insert into donnees.works_commune values ('{}', '{}')", id, code),
            fmt::format("update donnees.works_commune set code = '{}' where works = '{}'", code, id),
            fmt::format("delete from donnees.works_commune where works = '{}'", id),
            fmt::format("update donnees.works_commune set works = '{}' where ctid = (select min(ctid) from "
                        "donnees.works_commune where code = '{}')",
                        id, code),
            fmt::format(
                "begin; delete from donnees.works_commune where code = '{}'; update donnees.works set geom = {} "
                "where id = '{}'; insert into donnees.works_commune select id, '{}' from donnees.works where "
                "st_xmax(geom) < {}; commit",
                code, shape, id, code, x)};
        run(edit[pick(7)]);
        answer_edit();
        const auto middle = [&](const char* axis, int otherwise) {
            return std::stod(scalar(
                fmt::format("select coalesce((select st_{}(st_centroid(geom)) from donnees.works where id = '{}'), {})",
                            axis, id, otherwise)));
        };
        const tiles::TileCoord at = test::tile_at(9 + pick(9), middle("x", x), middle("y", y));
        for (const std::string& caller : callers) seen += expect_right(caller, layer, at);
        ASSERT_FALSE(HasFailure());
    }
    const std::size_t asked = static_cast<std::size_t>(edits) * callers.size();
    fmt::print("{} edits, {} tiles, {} features in them\n", edits, asked, seen);
    EXPECT_GT(seen, asked / 2);
    EXPECT_GT(from_memory("works") - before, asked * 9 / 10) << "all but what asked while the engine was behind";
}

TEST_F(LinkedTiles, AFeatureFollowsItsCommunesAtOnceAndTheRecordOfTheLayerStaysWhole) {
    run("insert into donnees.works values ('moved', 'k', st_makeenvelope(710000, 6600000, 710100, 6600100, 2154)); "
        "insert into donnees.works_commune values ('moved', '62001')");
    answer_edit();
    const tiles::TileCoord at = test::tile_at(15, 710050, 6600050);
    const auto sees = [&](const std::string& login) { return ids_of(answered(login, "works", at)).contains("moved"); };
    EXPECT_TRUE(sees("one"));
    EXPECT_FALSE(sees("two"));
    const std::string since =
        scalar("select catalogue.record_since(layer_id) from catalogue.layer where name = 'works'");
    run("update donnees.works_commune set code = '62003' where works = 'moved'");
    answer_edit();
    EXPECT_FALSE(sees("one"));
    EXPECT_TRUE(sees("two"));
    run("delete from donnees.works_commune where works = 'moved'");
    answer_edit();
    EXPECT_FALSE(sees("two"));
    EXPECT_TRUE(sees("all"));
    // So many at once that the layer is read anew.
    run("insert into donnees.works_commune select 'other' || n, '62009' from generate_series(1, 3000) n; "
        "insert into donnees.works_commune values ('moved', '62001')");
    answer_edit();
    EXPECT_TRUE(sees("one"));
    wait_until_held("works");
    EXPECT_TRUE(sees("one"));
    run("create table donnees.kept as select * from donnees.works_commune; truncate donnees.works_commune");
    answer_edit();
    EXPECT_FALSE(sees("one"));
    run("insert into donnees.works_commune select * from donnees.kept where works not like 'other%'");
    answer_edit();
    EXPECT_TRUE(sees("one"));
    EXPECT_EQ(scalar("select catalogue.record_since(layer_id) from catalogue.layer where name = 'works'"), since);
    run("drop table donnees.kept; delete from donnees.works where id = 'moved'; "
        "delete from donnees.works_commune where works = 'moved'");
}

}  // namespace
