#include "tests/api/scoped_fixture.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "gis/query/tile_rows.hpp"
#include "server/db/catalog_store.hpp"
#include "tests/support/mvt.hpp"
#include "tiles/encode/encode_layer.hpp"

namespace test {

std::set<std::string> ids_of(const std::string& tile) {
    std::set<std::string> ids;
    for (const auto& layer : decode_mvt(tile))
        for (const auto& feature : layer.features) ids.insert(feature.properties.at("id"));
    return ids;
}

void ScopedTest::give(const std::string& login, const std::string& layer, const std::string& codes,
                      const std::string& rights) {
    make_person(login, "");
    run(fmt::format(
        "insert into org.convention_right (convention_id, line, layer_id, communes, codes, rights) "
        "select c.convention_id, (select count(*) + 1 from org.convention_right r where "
        "r.convention_id = c.convention_id), l.layer_id, '{}', {}, '{{{}}}' from org.convention c, "
        "catalogue.layer l where c.titre = 'Convention de {}' and l.name = '{}'",
        codes == "all" ? "all" : "list", codes == "all" ? "null" : "'{" + codes + "}'", rights, login, layer));
}

void ScopedTest::engage(const std::string& login, const std::string& layer, const std::string& box,
                        const std::string& rights) {
    make_person(login, "");
    run(
        fmt::format("with e as (insert into org.engagement (organisation_id, etude, rights, perimeter, valid_from, "
                    "valid_to) select organisation_id, '{0}', '{{{1}}}', st_multi(st_makeenvelope({2}, 2154)), now() - "
                    "interval '1 day', now() + interval '1 day' from org.person where login = '{0}' returning "
                    "engagement_id) insert into org.engagement_layer select engagement_id, layer_id from e, "
                    "catalogue.layer where name = '{3}'",
                    login, rights, box, layer));
}

std::string ScopedTest::answered(const std::string& login, const std::string& layer, tiles::TileCoord at) {
    const RawAnswer answer = get(fmt::format("/tiles/{}/{}/{}/{}.mvt", layer, at.z, at.x, at.y),
                                 login.empty() ? std::string() : token_of(login));
    EXPECT_TRUE(answer.status == 200 || answer.status == 204 || answer.status == 404)
        << login << " " << answer.status << answer.body;
    return answer.status == 200 ? answer.body : "";
}

std::string ScopedTest::by_policies(const std::string& login, const gis::Layer& layer, tiles::TileCoord at) {
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
            cells[static_cast<std::size_t>(c)] = rows.is_null(i, c) ? std::nullopt : std::optional(rows.bytes(i, c));
        packer.add(cells);
    }
    connection().run_script("rollback");
    std::string tile;
    tiles::encode_layer(packer.finish(), at, tile);
    return tile;
}

std::size_t ScopedTest::expect_right(const std::string& login, const gis::Layer& layer, tiles::TileCoord at) {
    const std::string tile = answered(login, layer.name, at);
    const std::string right = by_policies(login, layer, at);
    EXPECT_EQ(tile == right, true) << fmt::format("{}, {}/{}/{}/{}: {} and not {}", login, layer.name, at.z, at.x, at.y,
                                                  fmt::join(ids_of(tile), " "), fmt::join(ids_of(right), " "));
    return ids_of(right).size();
}

std::uint64_t ScopedTest::from_memory(const std::string& layer) {
    for (const auto& report : tiles().report())
        if (report.name == layer) return report.hits + report.misses;
    return 0;
}

gis::Layer ScopedTest::declared(const std::string& layer) {
    return *db::load_catalog(dsn()).find(layer);
}

}  // namespace test
