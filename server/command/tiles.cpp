#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "gis/error.hpp"
#include "gis/query/tile_rows.hpp"
#include "server/api/tileset_facts.hpp"
#include "server/command/as_public.hpp"
#include "server/command/commands.hpp"
#include "server/command/progress.hpp"
#include "server/db/catalog_store.hpp"
#include "server/live/layer_reader.hpp"
#include "tiles/archive/tile_archive.hpp"
#include "tiles/encode/encode_layer.hpp"

namespace command {

namespace {

constexpr std::size_t batch_tiles = 2048;

struct ExportOptions {
    std::vector<std::string> layers;
    std::string output;
    int min_zoom = -1;
    int max_zoom = -1;
    int threads = 0;
};

/// What everybody may see of the layers: the row policies decide, as for an anonymous request.
std::vector<tiles::PackedLayer> read_public(const std::string& dsn, const std::vector<const gis::Layer*>& layers) {
    db::Connection connection(dsn, {"jit=off", "timezone=UTC", "datestyle=ISO", "extra_float_digits=1"});
    begin_as_public(connection, layers);
    std::vector<tiles::PackedLayer> packs;
    for (const gis::Layer* layer : layers) {
        tiles::LayerPacker packer(tiles::rules_of(*layer));
        live::read_rows(connection, gis::tile_rows_sql(*layer).sql(), packer, [] { return true; });
        packs.push_back(packer.finish());
    }
    connection.execute("commit");
    return packs;
}

/// The addresses of one zoom that may hold something, below tiles that may.
void add_children(const std::vector<tiles::PackedLayer>& packs, const std::vector<tiles::TileCoord>& parents,
                  std::vector<tiles::TileCoord>& found) {
    for (const tiles::TileCoord& parent : parents) {
        for (const std::uint32_t i : {0U, 1U, 2U, 3U}) {
            const tiles::TileCoord coord{parent.z + 1, parent.x * 2 + i % 2, parent.y * 2 + i / 2};
            const bool any = std::any_of(packs.begin(), packs.end(),
                                         [&](const tiles::PackedLayer& pack) { return tiles::may_hold(pack, coord); });
            if (any) found.push_back(coord);
        }
    }
}

std::string gzip_of(const std::vector<tiles::PackedLayer>& packs, tiles::TileCoord coord) {
    std::string tile;
    for (const tiles::PackedLayer& pack : packs) tiles::encode_layer(pack, coord, tile);
    return tile.empty() ? tile : tiles::gzip_tile(tile);
}

/// Encodes on all threads; the archive gets the tiles in their order. Gives how many are not empty.
std::size_t write_zoom(const std::vector<tiles::PackedLayer>& packs, std::vector<tiles::TileCoord> coords, int threads,
                       tiles::TileArchive& archive, const std::function<void(std::size_t)>& tell) {
    std::sort(coords.begin(), coords.end(), [](const tiles::TileCoord& a, const tiles::TileCoord& b) {
        return tiles::pmtiles_id(a) < tiles::pmtiles_id(b);
    });
    std::size_t written = 0;
    for (std::size_t begin = 0; begin < coords.size(); begin += batch_tiles) {
        const std::size_t end = std::min(begin + batch_tiles, coords.size());
        std::vector<std::string> ready(end - begin);
        std::atomic<std::size_t> next{begin};
        const auto work = [&] {
            for (std::size_t i = next++; i < end; i = next++) ready[i - begin] = gzip_of(packs, coords[i]);
        };
        std::vector<std::thread> workers;
        for (int i = 1; i < threads; ++i) workers.emplace_back(work);
        work();
        for (std::thread& worker : workers) worker.join();
        for (std::size_t i = begin; i < end; ++i) {
            if (ready[i - begin].empty()) continue;
            archive.add(coords[i], ready[i - begin]);
            ++written;
        }
        tell(end);
    }
    return written;
}

/// The box around what is drawn, to the tiles of the deepest zoom: nothing of what not everybody sees is in it.
gis::GeographicBox bounds_of(const std::vector<tiles::PackedLayer>& packs) {
    tiles::WorldBox box;
    for (const tiles::PackedLayer& pack : packs) box.add(pack.tree().bounds());
    if (box.min_x > box.max_x) return {-180, -85.0511, 180, 85.0511};
    constexpr int z = tiles::deepest_world_zoom;
    constexpr int shift = 32 - z;
    const gis::GeographicBox first = tiles::tile_box({z, box.min_x >> shift, box.min_y >> shift});
    const gis::GeographicBox last = tiles::tile_box({z, box.max_x >> shift, box.max_y >> shift});
    return {first.west, last.south, last.east, first.north};
}

tiles::ArchiveInfo info_of(const api::TilesetFacts& facts, const std::vector<const gis::Layer*>& layers,
                           const std::vector<tiles::PackedLayer>& packs, int min_zoom, int max_zoom) {
    const bool fictive = std::ranges::any_of(layers, &gis::Layer::fictive);
    return {facts.title,       fictive ? "Données fictives." : "",
            facts.attribution, facts.vector_layers.dump(),
            bounds_of(packs),  min_zoom,
            max_zoom};
}

void export_tiles(const std::string& dsn, const ExportOptions& options) {
    const gis::Catalog catalog = db::load_catalog(dsn);
    std::vector<const gis::Layer*> layers;
    for (const std::string& name : options.layers) {
        const gis::Layer* layer = catalog.find(name);
        if (layer == nullptr)
            throw gis::NotFound(fmt::format("il n'y a pas de couche « {} » (carreau layer list)", name));
        if (!layer->has_geometry())
            throw gis::InvalidRequest("couches", fmt::format("« {} » n'a pas de géométrie", name));
        layers.push_back(layer);
    }
    const api::TilesetFacts facts = api::tileset_facts(layers);
    int min_zoom = facts.min_zoom;
    int max_zoom = facts.max_zoom;
    if (options.min_zoom >= 0) min_zoom = std::max(min_zoom, options.min_zoom);
    if (options.max_zoom >= 0) max_zoom = std::min(max_zoom, options.max_zoom);
    max_zoom = std::min(max_zoom, tiles::deepest_world_zoom);
    if (min_zoom > max_zoom)
        throw gis::InvalidRequest("--min-zoom",
                                  fmt::format("ces couches n'ont pas de tuiles entre {} et {}", min_zoom, max_zoom));
    const int threads =
        options.threads > 0 ? options.threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    const auto archive = tiles::create_archive(options.output);
    Progress progress("Lecture");
    const std::vector<tiles::PackedLayer> packs = read_public(dsn, layers);
    std::int64_t written = 0;
    std::vector<tiles::TileCoord> coords{{0, 0, 0}};
    for (int z = 0; z <= max_zoom; ++z) {
        if (z > 0) {
            std::vector<tiles::TileCoord> below;
            add_children(packs, coords, below);
            coords = std::move(below);
        }
        if (z < min_zoom) continue;
        const auto tell = [&](std::size_t done) {
            const double part =
                static_cast<double>(done) / static_cast<double>(std::max<std::size_t>(coords.size(), 1));
            progress.tell((z - min_zoom + part) / (max_zoom - min_zoom + 1), written + static_cast<std::int64_t>(done),
                          "tuiles");
        };
        written += static_cast<std::int64_t>(write_zoom(packs, coords, threads, *archive, tell));
    }
    archive->finish(info_of(facts, layers, packs, min_zoom, max_zoom));
    progress.finish(
        fmt::format("{} tuiles dans {}, {} Mo", count_text(written), options.output,
                    count_text(static_cast<std::int64_t>(std::filesystem::file_size(options.output) >> 20U))));
}

}  // namespace

void add_tiles(CLI::App& app, int&) {
    auto* command = app.add_subcommand("tiles", "Les tuiles : export");
    command->require_subcommand(1);
    command->fallthrough();
    auto database = std::make_shared<DatabaseOptions>();
    database->add_to(*command);
    auto* to_file = command->add_subcommand(
        "export", "Écrit les tuiles de couches, telles que tous les voient, dans un fichier PMTiles ou MBTiles");
    auto options = std::make_shared<ExportOptions>();
    to_file->add_option("couches", options->layers, "Noms des couches")->required();
    to_file->add_option("-o,--output", options->output, "Fichier .pmtiles ou .mbtiles")
        ->required()
        ->type_name("FICHIER");
    to_file->add_option("--min-zoom", options->min_zoom, "Premier zoom")->check(CLI::Range(0, 20));
    to_file->add_option("--max-zoom", options->max_zoom, "Dernier zoom")->check(CLI::Range(0, 20));
    to_file->add_option("--threads", options->threads, "Fils d'exécution [autant que de processeurs]")
        ->check(CLI::Range(1, 256));
    to_file->callback([database, options] {
        const Database base(*database);
        export_tiles(base.dsn(), *options);
    });
}

}  // namespace command
