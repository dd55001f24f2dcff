#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

#include "gis/error.hpp"
#include "gis/query/feature_query.hpp"
#include "gis/query/tile_sql.hpp"
#include "server/command/commands.hpp"
#include "server/db/catalog_store.hpp"
#include "server/db/connection.hpp"
#include "tiles/grid/tile_coord.hpp"

namespace command {

namespace {

struct Measure {
    double median = 0, least = 0, most = 0;  // milliseconds
};

Measure measure(int rounds, const std::function<void()>& work) {
    std::vector<double> times;
    work();  // warm
    for (int i = 0; i < rounds; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    std::sort(times.begin(), times.end());
    return {times[times.size() / 2], times.front(), times.back()};
}

void print(const std::string& what, const Measure& m) {
    fmt::print("{:<44} {:>9.2f} ms   [{:.2f} à {:.2f}]\n", what, m.median, m.least, m.most);
}

/// Pages of 1,000 features at several depths: the cost must not depend on the depth.
void bench_pages(db::Connection& connection, const gis::Layer& layer, int rounds) {
    gis::FeatureQuery query;
    query.layer = &layer;
    query.output_crs = gis::crs84();
    query.limit = 1000;
    const auto total = connection.query(gis::count_sql(query).sql(), gis::count_sql(query).parameters()).int64(0, 0);
    for (const double depth : {0.0, 0.25, 0.5, 0.9}) {
        query.after.reset();
        if (depth > 0) {
            gis::SqlStatement key("select ");
            key.ident(layer.id_column)
                .text("::text from ")
                .table(layer.schema_name, layer.table_name)
                .text(" order by ")
                .ident(layer.id_column);
            key.text(" offset ").param(static_cast<int>(static_cast<double>(total) * depth)).text(" limit 1");
            query.after = gis::PageKey{{}, connection.query(key.sql(), key.parameters()).text(0, 0)};
        }
        const gis::SqlStatement page = gis::page_sql(query);
        print(fmt::format("page de 1000 au rang {}", static_cast<std::int64_t>(static_cast<double>(total) * depth)),
              measure(rounds, [&] { connection.query(page.sql(), page.parameters()); }));
    }
}

/// The tile in the middle of the layer, at each of its zooms.
void bench_tiles(db::Connection& connection, const gis::Layer& layer, int rounds) {
    if (!layer.extent) return;
    const double x = (layer.extent->west + layer.extent->east) / 2;
    const double y = (layer.extent->south + layer.extent->north) / 2;
    for (int z = layer.min_zoom; z <= layer.max_zoom; ++z) {
        const tiles::TileRange range = tiles::tiles_covering({x, y, x, y}, z);
        const tiles::TileCoord coord{z, range.min_x, range.min_y};
        const auto tile =
            gis::tile_sql(layer, z, static_cast<int>(coord.x), static_cast<int>(coord.y), tiles::tile_box(coord));
        if (!tile) continue;
        const std::size_t size = connection.query(tile->sql(), tile->parameters()).bytes(0, 0).size();
        print(fmt::format("tuile {}/{}/{} ({:.1f} ko)", z, coord.x, coord.y, static_cast<double>(size) / 1000),
              measure(rounds, [&] { connection.query(tile->sql(), tile->parameters()); }));
    }
}

}  // namespace

void add_bench(CLI::App& app, int&) {
    auto* command = app.add_subcommand(
        "bench", "Mesure les pages et les tuiles d'une couche sur cette base (médiane, moindre, plus grande)");
    auto database = std::make_shared<DatabaseOptions>();
    auto name = std::make_shared<std::string>("parcelle");
    auto rounds = std::make_shared<int>(15);
    database->add_to(*command);
    command->add_option("--layer", *name, "Couche mesurée")->capture_default_str();
    command->add_option("--rounds", *rounds, "Répétitions")->capture_default_str()->check(CLI::Range(1, 1000));
    command->callback([database, name, rounds] {
        const Database base(*database);
        const gis::Catalog catalog = db::load_catalog(base.dsn());
        const gis::Layer* layer = catalog.find(*name);
        if (layer == nullptr)
            throw gis::NotFound(fmt::format("il n'y a pas de couche « {} » (carreau layer list)", *name));
        db::Connection connection(base.dsn(), {"jit=off"});
        bench_pages(connection, *layer, *rounds);
        bench_tiles(connection, *layer, *rounds);
    });
}

}  // namespace command
