// For supervisors: is the process alive, is it ready, what does it do.

#include <fmt/format.h>

#include <unistd.h>
#include <fstream>
#include <optional>
#include <vector>

#include "gis/error.hpp"
#include "server/api/documents.hpp"
#include "server/api/handlers.hpp"
#include "server/api/page_cache.hpp"
#include "server/gate/gatekeeper.hpp"
#include "server/gate/visible_catalog.hpp"
#include "server/live/tile_engine.hpp"

namespace api {

namespace {

long resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    long total = 0;
    long resident = 0;
    statm >> total >> resident;
    return resident * sysconf(_SC_PAGESIZE);
}

/// Of this moment only.
Response fresh(Response response) {
    response.set_header("Cache-Control", "no-store");
    return response;
}

Response not_ready(std::string_view reason) {
    Response response = Response::json(Json{{"status", "unavailable"}, {"reason", reason}}.dump(), 503);
    response.set_header("Retry-After", "5");
    return fresh(std::move(response));
}

}  // namespace

Answer healthz(const Services&, RequestPtr) {
    co_return fresh(Response::json(R"({"status":"ok"})"));
}

Answer readyz(const Services& services, RequestPtr request) {
    if (services.draining()) co_return not_ready("draining");
    bool answers = false;
    const db::As owner;
    try {
        auto work = [](db::Connection& connection) { return connection.query("select true").boolean(0, 0); };
        answers = co_await services.database.run(owner, query_for(*request), std::move(work));
    } catch (const gis::Unavailable&) {
        answers = false;
    }
    if (!answers) co_return not_ready("database");
    if (!services.catalog.is_connected()) co_return not_ready("catalogue");
    co_return fresh(Response::json(R"({"status":"ready"})"));
}

namespace {

/// Whether numbers of all of the layer's features are for this caller.
bool knows_all_of(const gate::Caller& caller, const gis::Catalog& visible, const std::string& name) {
    const gis::Layer* layer = visible.find(name);
    return caller.scope.administers || (layer != nullptr && caller.scope.of(*layer).grant(gis::Right::Read).everything);
}

/// What the tile engine does, and what of it concerns these layers.
void append_tile_metrics(std::string& text, const live::TileEngine& engine,
                         const std::vector<live::TileEngine::LayerReport>& layers) {
    const tiles::TileCache::Counters cache = engine.cache().counters();
    const auto one = [&](std::string_view name, std::string_view type, std::string_view help, auto value) {
        text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help, type, value);
    };
    one("carreau_tile_feed_lag_seconds", "gauge", "Since the change feed was last read", engine.feed_lag());
    one("carreau_tile_layers_loading", "gauge", "Layers being read into memory", engine.loading());
    one("carreau_tile_cache_tiles", "gauge", "Tiles ready to be sent", cache.tiles);
    one("carreau_tile_cache_bytes", "gauge", "Their bytes", cache.bytes);
    one("carreau_tile_cache_hits_total", "counter", "Tiles answered ready", cache.hits);
    one("carreau_tile_cache_misses_total", "counter", "Tiles made", cache.misses);
    one("carreau_tile_cache_evicted_total", "counter", "Tiles forgotten for lack of room", cache.evicted);
    one("carreau_tile_cache_repacked_total", "counter", "Tiles compressed anew while nobody asked", cache.replaced);
    const auto each = [&](std::string_view name, std::string_view type, std::string_view help, auto value_of) {
        text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
        for (const auto& layer : layers)
            text += fmt::format("{}{{layer=\"{}\"}} {}\n", name, layer.name, value_of(layer));
    };
    using Report = live::TileEngine::LayerReport;
    each("carreau_tile_layer_features", "gauge", "Features held", [](const Report& r) { return r.features; });
    each("carreau_tile_layer_bytes", "gauge", "Bytes held", [](const Report& r) { return r.bytes; });
    each("carreau_tile_layer_build_seconds", "gauge", "The last reading",
         [](const Report& r) { return r.build_seconds; });
    each("carreau_tile_layer_builds_total", "counter", "Readings", [](const Report& r) { return r.builds; });
    each("carreau_tile_layer_changes_total", "counter", "Changes followed", [](const Report& r) { return r.changes; });
    each("carreau_tile_layer_dropped_total", "counter", "Tiles that changes dropped",
         [](const Report& r) { return r.dropped; });
    each("carreau_tile_layer_hits_total", "counter", "Tiles with it answered ready",
         [](const Report& r) { return r.hits; });
    each("carreau_tile_layer_misses_total", "counter", "Tiles with it made", [](const Report& r) { return r.misses; });
    text +=
        "# HELP carreau_tile_layer_by_sql Tiles come from the database, and why\n# TYPE carreau_tile_layer_by_sql "
        "gauge\n";
    for (const auto& layer : layers) {
        if (!layer.reason.empty())
            text +=
                fmt::format("carreau_tile_layer_by_sql{{layer=\"{}\",reason=\"{}\"}} 1\n", layer.name, layer.reason);
    }
}

}  // namespace

Answer metrics(const Services& services, RequestPtr request) {
    std::vector<live::TileEngine::LayerReport> layers;
    std::optional<std::size_t> visible_layers;
    try {
        const gate::CallerPtr caller = co_await services.gatekeeper.admit(request);
        const live::Snapshot visible = services.visible.of(services.catalog.current(), caller);
        visible_layers = visible.catalog->layers().size();
        layers = services.tiles.report();
        std::erase_if(layers, [&](const auto& r) { return !knows_all_of(*caller, *visible.catalog, r.name); });
    } catch (const gis::Unavailable&) {
        // Nobody's rights are known: the numbers of layers wait until the database is back.
    }
    const db::ConnectionPool::Counters pool = services.database.counters();
    const CountCache::Counters counts = services.counts.counters();
    const PageCache::Counters pages = services.pages.counters();
    std::string text = services.server_metrics();
    const auto gauge = [&](std::string_view name, auto value, std::string_view help, std::string_view type = "gauge") {
        text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help, type, value);
    };
    gauge("carreau_database_waiting", pool.waiting, "Requests waiting for a database thread");
    gauge("carreau_database_running", pool.running, "Statements in progress");
    gauge("carreau_database_done_total", pool.done, "Database jobs done", "counter");
    gauge("carreau_database_failed_total", pool.failed, "Database jobs failed", "counter");
    gauge("carreau_database_refused_total", pool.refused, "Database jobs refused, the queue being full", "counter");
    gauge("carreau_count_cache_hits_total", counts.hits, "Counts answered without counting", "counter");
    gauge("carreau_count_cache_misses_total", counts.misses, "Counts counted", "counter");
    gauge("carreau_page_cache_pages", pages.pages, "Pages of features ready to be sent");
    gauge("carreau_page_cache_bytes", pages.bytes, "Their bytes");
    gauge("carreau_page_cache_hits_total", pages.hits, "Pages answered ready", "counter");
    gauge("carreau_page_cache_misses_total", pages.misses, "Pages made that may be kept", "counter");
    gauge("carreau_page_cache_evicted_total", pages.evicted, "Pages forgotten for lack of room", "counter");
    if (visible_layers) gauge("carreau_layers", *visible_layers, "Layers that the asker sees");
    gauge("carreau_resident_bytes", resident_bytes(), "Resident memory of the process");
    append_tile_metrics(text, services.tiles, layers);
    text += fmt::format(
        "# HELP carreau_build_info Version\n# TYPE carreau_build_info gauge\ncarreau_build_info{{version=\"{}\"}} 1\n",
        services.version);
    co_return fresh(Response::bytes("text/plain; version=0.0.4; charset=utf-8", std::move(text)));
}

}  // namespace api
