// tile_bench <dsn> <layer> <zoom>...: reads a layer into memory and encodes every tile of those zooms, in one thread;
// prints rates, memory beside the table's, and times.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>

#include "gis/query/tile_rows.hpp"
#include "server/db/catalog_store.hpp"
#include "server/live/layer_reader.hpp"
#include "tiles/encode/encode_layer.hpp"

namespace {

double processor_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void encode_zoom(const tiles::PackedLayer& pack, int z) {
    const tiles::WorldBox bounds = pack.tree().bounds();
    const unsigned shift = 32U - static_cast<unsigned>(z);
    const auto index = [&](std::uint32_t at) { return static_cast<std::uint32_t>(std::uint64_t{at} >> shift); };
    std::size_t count = 0;
    std::size_t bytes = 0;
    std::size_t largest = 0;
    const double begin = processor_seconds();
    std::string tile;
    for (int round = 0; round < 3; ++round) {
        for (std::uint32_t x = index(bounds.min_x); x <= index(bounds.max_x); ++x) {
            for (std::uint32_t y = index(bounds.min_y); y <= index(bounds.max_y); ++y) {
                tile.clear();
                tiles::encode_layer(pack, {z, x, y}, tile);
                if (tile.empty()) continue;
                ++count;
                bytes += tile.size();
                largest = std::max(largest, tile.size());
            }
        }
    }
    const double used = processor_seconds() - begin;
    fmt::print("z{:<2} {:>7.0f} tiles/s of one processor, {:.1f} kB each, the largest {:.0f} kB\n", z,
               static_cast<double>(count) / used,
               static_cast<double>(bytes) / 1000 / static_cast<double>(std::max<std::size_t>(count, 1)),
               static_cast<double>(largest) / 1000);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    const gis::Catalog catalog = db::load_catalog(argv[1], db::Listing::All);
    const gis::Layer* layer = catalog.find(argv[2]);
    if (layer == nullptr) return 1;
    db::Connection connection(argv[1], {"jit=off"});
    for (int round = 0; round < 2; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        const double used = processor_seconds();
        tiles::LayerPacker packer(tiles::rules_of(*layer));
        live::read_rows(connection, gis::tile_rows_sql(*layer).sql(), packer, [] { return true; });
        const double read = seconds_since(begin);
        const tiles::PackedLayer pack = packer.finish();
        const double seconds = seconds_since(begin);
        fmt::print("{} features in {:.2f} s ({:.2f} s reading; {:.2f} s of processor here): {:.0f} features/s\n",
                   pack.size(), seconds, read, processor_seconds() - used, static_cast<double>(pack.size()) / seconds);
        if (round == 0) continue;
        const std::vector<db::Parameter> table{"\"" + layer->schema_name + "\".\"" + layer->table_name + "\""};
        const auto heap = connection
                              .query(
                                  "select coalesce(sum(pg_relation_size(relid)), pg_relation_size($1::regclass))::int8 "
                                  "from pg_partition_tree($1::regclass) where isleaf",
                                  table)
                              .int64(0, 0);
        fmt::print("{:.1f} MB in memory, the table's heap {:.1f} MB: {:.2f}\n",
                   static_cast<double>(pack.memory()) / 1e6, static_cast<double>(heap) / 1e6,
                   static_cast<double>(pack.memory()) / static_cast<double>(heap));
        for (int i = 3; i < argc; ++i) encode_zoom(pack, std::atoi(argv[i]));
    }
    return 0;
}
