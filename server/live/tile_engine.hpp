#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "gis/access/scope.hpp"
#include "gis/layer/catalog.hpp"
#include "server/live/awaited_changes.hpp"
#include "server/live/catalog_watch.hpp"
#include "server/live/layer_loader.hpp"
#include "server/live/layer_store.hpp"
#include "server/live/tile_feed.hpp"
#include "server/live/tile_views.hpp"
#include "tiles/cache/tile_cache.hpp"

namespace live {

/// Keeps layers in memory as fresh as the database, and the tiles made of them.
///
/// A layer is read by COPY in one snapshot; from there its changes are followed in the change feed, snapshot by
/// snapshot, so that no order of commits loses one. A notification wakes the follower, and a look four times a second
/// makes up for lost ones. Tiles that a change touches are dropped after the new state stands and before anybody is
/// told that it does. Whatever cannot be known to be current is not answered from here. One object may be used by
/// several threads.
class TileEngine {
  public:
    struct Options {
        std::size_t store_bytes = std::size_t{4} << 30U;  ///< for layers; one that does not fit comes from SQL
        std::size_t cache_bytes = std::size_t{256} << 20U;
    };

    TileEngine(std::string dsn, CatalogWatch& watch, Options options, std::function<void(const std::string&)> log);
    ~TileEngine();
    TileEngine(const TileEngine&) = delete;
    TileEngine& operator=(const TileEngine&) = delete;

    /// True when everything that was told to `expect_change` is known here and the database was heard of lately.
    bool is_current() const;
    /// Something was committed: nothing older is answered from now on. `known` is called, on another thread, when the
    /// engine has caught up; at once when too many wait already.
    void expect_change(std::function<void()> known);

    /// Calls `known` when what was expected is known here: at once, or on another thread. At once too when there is
    /// nothing to wait for, the database being away, or when too many wait already.
    void when_current(std::function<void()> known);

    /// The layers as the scope sees them; null when memory cannot decide it: a layer is not held, or the scope has
    /// perimeters.
    TileViewPtr view_of(const std::vector<const gis::Layer*>& layers, const gis::Scope& scope);
    /// The layer as it is; null when it is not held.
    LayerStatePtr state_of(int layer_id) const;
    /// Appends the view's tile to `tile`; false when a layer is not held any more.
    bool encode(const TileView& view, tiles::TileCoord coord, std::string& tile) const;
    tiles::TileCache& cache() { return cache_; }
    const tiles::TileCache& cache() const { return cache_; }

    struct LayerReport {
        int layer_id = 0;
        std::string name;
        std::string reason;  ///< why tiles come from SQL; empty: from memory
        std::size_t features = 0;
        std::size_t bytes = 0;
        double build_seconds = 0;
        std::uint64_t builds = 0;
        std::uint64_t changes = 0;
        std::uint64_t dropped = 0;  ///< tiles, by changes
        std::uint64_t hits = 0;
        std::uint64_t misses = 0;
    };
    std::vector<LayerReport> report() const;
    /// Seconds since the feed was last read.
    double feed_lag() const;
    /// Layers that wait to be read or are being read.
    std::size_t loading() const;

  private:
    struct Entry;
    struct Published {
        LayerStatePtr state;
        LayerReport report;
    };

    void wake();

    void read_declarations(const gis::CatalogPtr& catalog);
    void declare(Entry& entry, const gis::Layer& layer);
    void reload(Entry& entry);
    void publish(const Entry& entry, LayerStatePtr state, const std::string& reason = "");
    void withdraw(Entry& entry, const std::string& reason);
    void give_up(Entry& entry);
    std::size_t drop_tiles(const Entry& entry, const LayerStore::Changed& changed);
    std::size_t held_beside(int layer_id) const;

    void follow();
    void follow_by(db::Connection& connection);
    void sync(db::Connection& connection);
    void bring_up(db::Connection& connection, Entry& entry, const FeedNews::OfLayer& news);
    void apply(db::Connection& connection, Entry& entry, const FeedNews::OfLayer& news);
    void take(db::Connection& connection, LoadedLayer loaded);
    void hold(db::Connection& connection, Entry& entry, LoadedLayer loaded);

    std::string dsn_;
    CatalogWatch& watch_;
    std::function<void(const std::string&)> log_;
    tiles::TileCache cache_;
    TileViews views_;
    AwaitedChanges changes_;

    // The follower's own.
    std::map<int, Entry> entries_;
    gis::CatalogPtr declared_;
    std::string feed_snapshot_;
    std::chrono::steady_clock::time_point last_sync_;

    mutable std::mutex mutex_;
    std::map<int, Published> published_;  // under the mutex

    std::atomic<std::chrono::steady_clock::rep> heard_at_{std::chrono::steady_clock::now().time_since_epoch().count()};
    std::atomic<bool> is_lost_{true};
    std::atomic<bool> stopping_{false};
    int wake_fd_ = -1;
    LayerLoader loader_;
    std::thread follower_;
};

}  // namespace live
