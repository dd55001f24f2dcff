// Callers who see a part of a layer have from memory what the database would give them, while everything is edited.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <random>
#include <set>

#include "gis/query/tile_rows.hpp"
#include "server/db/catalog_store.hpp"
#include "server/db/layer_declaration.hpp"
#include "tests/api/tile_fixture.hpp"
#include "tests/support/mvt.hpp"
#include "tiles/encode/encode_layer.hpp"

namespace {

using test::eventually;
using test::TileTest;

using Ids = std::set<std::string>;

Ids ids_of(const std::string& tile) {
    Ids ids;
    for (const auto& layer : test::decode_mvt(tile))
        for (const auto& feature : layer.features) ids.insert(feature.properties.at("id"));
    return ids;
}

class ScopedTiles : public TileTest {
  protected:
    /// A line of right on the layer for a person, made when needed. `codes`: of communes, or "all".
    void give(const std::string& login, const std::string& layer, const std::string& codes, const std::string& rights) {
        make_person(login, "");
        run(fmt::format(
            "insert into org.convention_right (convention_id, line, layer_id, communes, codes, rights) "
            "select c.convention_id, (select count(*) + 1 from org.convention_right r where "
            "r.convention_id = c.convention_id), l.layer_id, '{}', {}, '{{{}}}' from org.convention c, "
            "catalogue.layer l where c.titre = 'Convention de {}' and l.name = '{}'",
            codes == "all" ? "all" : "list", codes == "all" ? "null" : "'{" + codes + "}'", rights, login, layer));
    }
    static std::string header_of(const std::string& login) { return login.empty() ? "" : token_of(login); }

    /// The tile as the server answers it.
    std::string answered(const std::string& login, const std::string& layer, tiles::TileCoord at) {
        ++asked_;
        const RawAnswer answer = get(fmt::format("/tiles/{}/{}/{}/{}.mvt", layer, at.z, at.x, at.y), header_of(login));
        EXPECT_TRUE(answer.status == 200 || answer.status == 204) << login << " " << answer.status << answer.body;
        return answer.status == 200 ? answer.body : "";
    }

    /// The tile made of the rows that the policies of the database give.
    std::string by_policies(const std::string& login, const gis::Layer& layer, tiles::TileCoord at) {
        const auto sql = gis::tile_rows_in_sql(layer, at.z, tiles::tile_box(at));
        if (!sql) return "";
        const std::string session =
            login.empty() ? "anonymous"
                          : scalar(
                                "select c.session_key from access.credential c join org.person p using (person_id) "
                                "where p.login = '" +
                                login + "'");
        connection().run_script("begin; set local role carreau_reader; set local carreau.session = '" + session + "'");
        tiles::LayerRules rules = tiles::rules_of(layer);
        rules.has_communes = false;
        tiles::LayerPacker packer(std::move(rules), at.z);
        const db::Result rows = connection().query(sql->sql(), sql->parameters());
        std::vector<tiles::Cell> cells(static_cast<std::size_t>(rows.columns()));
        for (int i = 0; i < rows.rows(); ++i) {
            for (int c = 0; c < rows.columns(); ++c)
                cells[static_cast<std::size_t>(c)] =
                    rows.is_null(i, c) ? std::nullopt : std::optional(rows.bytes(i, c));
            packer.add(cells);
        }
        connection().run_script("rollback");
        std::string tile;
        tiles::encode_layer(packer.finish(), at, tile);
        return tile;
    }

    /// Of all tiles that `answered` asked for, those of the layer that came from memory.
    std::uint64_t from_memory(const std::string& layer) {
        for (const auto& report : tiles().report())
            if (report.name == layer) return report.hits + report.misses;
        return 0;
    }
    gis::Layer declared(const std::string& layer) { return *db::load_catalog(dsn()).find(layer); }

    std::uint64_t asked_ = 0;
};

class LinkedTiles : public ScopedTiles {
  protected:
    static void SetUpTestSuite() {
        ScopedTiles::SetUpTestSuite();
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
        ScopedTiles::SetUp();
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
    asked_ = 0;
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
        const std::string place = scalar(
            "select coalesce((select st_x(p) || ' ' || st_y(p) from (select "
            "st_centroid(geom) p from donnees.works where id = '" +
            id + "') c), '')");
        double at_x = x, at_y = y;
        if (!place.empty()) std::sscanf(place.c_str(), "%lf %lf", &at_x, &at_y);
        const tiles::TileCoord at = test::tile_at(9 + pick(9), at_x, at_y);
        for (const std::string& caller : callers) {
            const std::string tile = answered(caller, "works", at);
            ASSERT_EQ(tile == by_policies(caller, layer, at), true)
                << caller << " " << at.z << "/" << at.x << "/" << at.y << " has "
                << fmt::format("{}", fmt::join(ids_of(tile), " ")) << " and not "
                << fmt::format("{}", fmt::join(ids_of(by_policies(caller, layer, at)), " "));
            seen += ids_of(tile).size();
        }
    }
    fmt::print("{} edits, {} tiles, {} features in them\n", edits, asked_, seen);
    EXPECT_GT(seen, asked_ / 2);
    EXPECT_GT(from_memory("works") - before, asked_ * 9 / 10) << "all but what asked while the engine was behind";
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
