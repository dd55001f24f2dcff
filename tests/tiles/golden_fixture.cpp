#include "tests/tiles/golden_fixture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "server/db/catalog_store.hpp"
#include "server/db/layer_declaration.hpp"
#include "server/embedded/embedded.hpp"
#include "tests/tiles/packed_rows.hpp"
#include "tests/tiles/tile_judge.hpp"
#include "tiles/encode/encode_layer.hpp"

namespace test {

void GoldenTest::declare_layers() {
    for (const embedded::TextFile& file : embedded::layer_declarations()) db::declare_layer(dsn(), file.text);
}

void GoldenTest::hold_catalog() {
    std::vector<gis::Layer> layers;
    const gis::Catalog declared = db::load_catalog(dsn());
    for (gis::Layer layer : declared.layers()) {
        // What is behind the row policies: the barrier view would show its owner nothing.
        layer.source_schema = layer.schema_name;
        layer.source_name = layer.table_name;
        if (!layer.sensitive) layers.push_back(std::move(layer));
    }
    catalog() = gis::Catalog(std::move(layers));
}

gis::Catalog& GoldenTest::catalog() {
    static gis::Catalog known;
    return known;
}

GoldenTest::Total GoldenTest::compare(const gis::Layer& layer, int from_zoom, int to_zoom, int tiles_per_zoom,
                                      double tolerance) {
    const tiles::PackedLayer pack = pack_layer(connection(), layer);
    std::mt19937 random(62);
    Total total;
    for (int z = from_zoom; z <= to_zoom; ++z) {
        std::set<std::pair<unsigned, unsigned>> seen;
        for (int i = 0; i < tiles_per_zoom && pack.size() > 0; ++i) {
            const tiles::WorldBox& box = pack.tree().at(static_cast<std::uint32_t>(random() % pack.size()));
            const unsigned shift = 32U - static_cast<unsigned>(z);
            const std::uint64_t columns[] = {box.min_x, box.max_x, (std::uint64_t{box.min_x} + box.max_x) / 2};
            const std::uint64_t rows[] = {box.min_y, box.min_y, (std::uint64_t{box.min_y} + box.max_y) / 2};
            const auto x = static_cast<unsigned>(columns[i % 3] >> shift);
            const auto y = static_cast<unsigned>(rows[i % 3] >> shift);
            if (!seen.insert({x, y}).second) continue;
            std::string tile;
            tiles::encode_layer(pack, {z, x, y}, tile);
            const auto judgement = judge_tile(tile, oracle_tile(connection(), layer, z, x, y), tolerance);
            EXPECT_EQ(judgement.problem, "") << layer.name << " " << z << "/" << x << "/" << y;
            ++total.tiles;
            total.features += judgement.features;
            total.borderline += judgement.borderline;
            total.moved += judgement.moved;
            total.spikes += judgement.spikes;
            total.farthest = std::max(total.farthest, judgement.farthest);
        }
    }
    fmt::print(
        "{:<24} {:>3} tiles {:>7} features {:>3} borderline {:>3} moved {:>3} spikes, at most {:.2f} units away\n",
        layer.name, total.tiles, total.features, total.borderline, total.moved, total.spikes, total.farthest);
    return total;
}

GoldenTest::Total GoldenTest::compare_in_full(const gis::Layer& layer) {
    const int full = tiles::rules_of(layer).full_zoom();
    const Total total = compare(layer, std::max(full, layer.min_zoom), layer.max_zoom, 5, 1);
    EXPECT_GT(total.features, 0U) << layer.name;
    EXPECT_LE(total.borderline * 200, total.features + 200) << layer.name;
    // The oracle drops a spike of one unit's width where ours keeps its tip.
    return total;
}

bool GoldenTest::is_empty(const gis::Layer& layer) {
    return scalar(fmt::format("select count(*)::text from {}.{}", layer.source_schema, layer.source_name)) == "0";
}

}  // namespace test
