#include "server/api/tile_answer.hpp"

#include <chrono>

#include "gis/query/tile_rows.hpp"
#include "gis/query/tile_sql.hpp"
#include "server/api/documents.hpp"
#include "server/api/wait_for.hpp"
#include "server/gate/tile_use.hpp"
#include "server/http/compression.hpp"
#include "server/http/conditional.hpp"
#include "server/live/tile_engine.hpp"
#include "tiles/project/world.hpp"

namespace api {

namespace {

using live::TileEngine;
using tiles::ReadyTilePtr;
using namespace std::chrono_literals;

// For a change to be known, or for another to make the tile; then SQL answers.
constexpr auto longest_tile_wait = 200ms;

std::string compress(std::string_view bytes) {
    return bytes.size() < http::smallest_compressed ? std::string() : http::quick_gzip(bytes);
}

Response respond(const http::Request& request, const ReadyTilePtr& tile) {
    return respond_with(*tile, http::accepts_gzip(request.header("Accept-Encoding")));
}

ReadyTilePtr ready(std::string bytes) {
    std::string etag = http::etag_of(bytes);
    return std::make_shared<const tiles::ReadyTile>(std::move(bytes), std::move(etag));
}

/// Ends the flight with nothing when making the tile threw.
class Maker {
  public:
    Maker(tiles::TileCache& cache, tiles::TileCache::FlightPtr flight) : cache_(cache), flight_(std::move(flight)) {}
    Maker(const Maker&) = delete;
    Maker& operator=(const Maker&) = delete;
    ~Maker() { cache_.finish(flight_, made); }

    ReadyTilePtr made;

  private:
    tiles::TileCache& cache_;
    tiles::TileCache::FlightPtr flight_;
};

ReadyTilePtr make_tile(const TileEngine& engine, const live::TileView& view, tiles::TileCoord coord) {
    std::string bytes;
    return engine.encode(view, coord, bytes) ? ready(std::move(bytes)) : nullptr;
}

using Found = tiles::TileCache::Found;

/// The tile is there, or its maker is this caller, who makes it; else another makes it.
bool is_found_or_made(TileEngine& engine, const live::TileView& view, tiles::TileCoord coord, Found& found) {
    found = engine.cache().find_or_make({view.id, coord});
    if (found.tile) {
        ++view.hits;
        return true;
    }
    if (!found.is_maker) return false;
    ++view.misses;
    Maker maker(engine.cache(), found.flight);
    found.tile = maker.made = make_tile(engine, view, coord);
    return true;
}

/// From memory; null when it cannot be.
boost::asio::awaitable<ReadyTilePtr> tile_from_memory(TileEngine& engine, live::TileViewPtr view,
                                                      tiles::TileCoord coord) {
    if (view->id == 0) co_return make_tile(engine, *view, coord);
    Found found;
    if (is_found_or_made(engine, *view, coord, found)) co_return found.tile;
    ++view->misses;
    auto heard = std::make_shared<ReadyTilePtr>();
    std::function<void(std::function<void()>)> begin = [flight = found.flight,
                                                        heard](const std::function<void()>& over) {
        tiles::TileCache::wait(flight, [heard, over](ReadyTilePtr tile) {
            *heard = std::move(tile);
            over();
        });
    };
    const bool told = co_await wait_for(std::move(begin), longest_tile_wait);
    co_return told ? *heard : nullptr;
}

/// One layer's part of a tile, by the way it goes.
struct Part {
    const gis::Layer* layer = nullptr;
    live::TileViewPtr view;                 ///< from memory
    std::optional<gis::SqlStatement> rows;  ///< from these rows
    std::vector<gis::SqlStatement> whole;   ///< by ST_AsMVT: beyond the zooms of the world grid
};

std::string encode_rows(db::Connection& connection, const Part& part, tiles::TileCoord coord) {
    tiles::LayerRules rules = tiles::rules_of(*part.layer);
    rules.has_communes = false;  // the database decided
    tiles::LayerPacker packer(std::move(rules), coord.z);
    const db::Result rows = connection.query(part.rows->sql(), part.rows->parameters());
    std::vector<tiles::Cell> cells(static_cast<std::size_t>(rows.columns()));
    for (int i = 0; i < rows.rows(); ++i) {
        for (int c = 0; c < rows.columns(); ++c)
            cells[static_cast<std::size_t>(c)] = rows.is_null(i, c) ? std::nullopt : std::optional(rows.bytes(i, c));
        packer.add(cells);
    }
    std::string tile;
    tiles::encode_layer(packer.finish(), coord, tile);
    return tile;
}

Part part_by_sql(const gis::Layer& layer, tiles::TileCoord coord) {
    Part part;
    part.layer = &layer;
    const gis::GeographicBox box = tiles::tile_box(coord);
    if (coord.z <= tiles::deepest_world_zoom) {
        part.rows = gis::tile_rows_in_sql(layer, coord.z, box);
        return part;
    }
    const int x = static_cast<int>(coord.x);
    const int y = static_cast<int>(coord.y);
    if (auto shapes = gis::tile_sql(layer, coord.z, x, y, box)) part.whole.push_back(std::move(*shapes));
    if (auto labels = gis::label_tile_sql(layer, coord.z, x, y, box)) part.whole.push_back(std::move(*labels));
    return part;
}

/// Layer by layer, in the database where memory cannot.
boost::asio::awaitable<ReadyTilePtr> tile_by_sql(const Services& services, CallPtr call,
                                                 std::vector<const gis::Layer*> layers, tiles::TileCoord coord) {
    std::vector<Part> parts;
    bool asks_database = false;
    const bool current = services.tiles.is_current() && coord.z <= tiles::deepest_world_zoom;
    for (const gis::Layer* layer : layers) {
        Part part = part_by_sql(*layer, coord);
        if (current) part.view = services.tiles.view_of({layer}, call->caller->scope);
        asks_database = asks_database || part.view || part.rows || !part.whole.empty();
        parts.push_back(std::move(part));
    }
    auto work = [parts, coord, call, &engine = services.tiles](db::Connection& connection) {
        std::string tile;
        for (const Part& part : parts) {
            if (part.view && engine.encode(*part.view, coord, tile)) continue;
            if (part.rows) tile += encode_rows(connection, part, coord);
            for (const gis::SqlStatement& statement : part.whole)
                tile += connection.query(statement.sql(), statement.parameters()).bytes(0, 0);
        }
        return tile;  // layers of a vector tile simply follow each other
    };
    std::string bytes;
    if (asks_database)
        bytes = co_await services.database.run(call->reader(), query_for(*call->request), std::move(work));
    co_return ready(std::move(bytes));
}

}  // namespace

ReadyTilePtr tile_at_once(TileEngine& engine, const live::TileView& view, tiles::TileCoord coord) {
    Found found;
    return is_found_or_made(engine, view, coord, found) ? found.tile : nullptr;
}

Response respond_with(const tiles::ReadyTile& tile, bool as_gzip) {
    Response response;
    if (tile.is_empty()) {
        response = Response::no_content();
    } else {
        response = Response::bytes(mvt_type, tile.bytes());
        response.etag = tile.etag();
        if (as_gzip) response.gzip = tile.gzip(compress);
    }
    // Asked again each time: an edit shows at once, an unchanged tile is a 304.
    response.set_header("Cache-Control", "private, no-cache");
    return response;
}

Answer answer_tile(const Services& services, CallPtr call, std::vector<const gis::Layer*> layers,
                   tiles::TileCoord coord) {
    for (const gis::Layer* layer : layers) services.tile_use.add(*call->caller, layer->name);
    TileEngine& engine = services.tiles;
    if (!engine.is_current()) {
        std::function<void(std::function<void()>)> begin = [&engine](std::function<void()> over) {
            engine.when_current(std::move(over));
        };
        co_await wait_for(std::move(begin), longest_tile_wait);
    }
    if (engine.is_current() && coord.z <= tiles::deepest_world_zoom) {
        if (const live::TileViewPtr view = engine.view_of(layers, call->caller->scope)) {
            const ReadyTilePtr tile = co_await tile_from_memory(engine, view, coord);
            if (tile) co_return respond(*call->request, tile);
        }
    }
    const ReadyTilePtr tile = co_await tile_by_sql(services, call, layers, coord);
    co_return respond(*call->request, tile);
}

}  // namespace api
