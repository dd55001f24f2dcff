#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "gis/access/scope.hpp"
#include "gis/layer/catalog.hpp"
#include "server/live/catalog_watch.hpp"
#include "server/live/layer_store.hpp"
#include "server/live/tile_feed.hpp"
#include "tiles/cache/tile_cache.hpp"

namespace live {

/// Why a layer's tiles come from the database each time: "view", "untracked", "sensitive", "communes by a table",
/// "declared", "id type", "zoom"; empty where they can come from memory. Loading and memory are not known here.
std::string sql_reason(const gis::Layer& layer);

/// Layers as one caller sees them. Callers of equal scope share views, and the tiles kept for them.
struct TileView {
    struct Part {
        int layer_id = 0;
        bool everything = false;
        bool has_communes = false;  ///< the features say their communes
        gis::Grant grant;           ///< decides by communes where not everything is seen
    };
    std::uint32_t id = 0;  ///< 0: one of too many, whose tiles are not kept
    std::vector<Part> parts;
    mutable std::atomic<std::uint64_t> hits{0};
    mutable std::atomic<std::uint64_t> misses{0};
};
using TileViewPtr = std::shared_ptr<const TileView>;

/// Keeps layers in memory as fresh as the database, and the tiles made of them.
///
/// A layer is read by COPY in one snapshot; from there its changes are followed in the change feed, snapshot by
/// snapshot, so that no order of commits loses one. A notification wakes the follower, and a look four times a second
/// makes up for lost ones. Tiles that a change touches are dropped after the new state stands and before anybody is
/// told that it does. Whatever cannot be known to be current is not answered from here.
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
    /// engine has caught up.
    void expect_change(std::function<void()> known = nullptr);

    /// Calls `known` when what was expected is known here: at once, or on another thread. At once too when there is
    /// nothing to wait for, the database being away.
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
    struct Load {
        gis::Layer layer;
        std::uint64_t generation = 0;
    };
    struct Loaded {
        int layer_id = 0;
        std::uint64_t generation = 0;
        std::string snapshot;
        std::optional<tiles::PackedLayer> packed;
        std::string reason;  ///< why there is none
        double seconds = 0;
    };

    void follow();
    void load_layers();
    Loaded load(const Load& wanted);
    void read_declarations(const gis::CatalogPtr& catalog);
    void take_loaded(db::Connection& connection);
    void take(db::Connection& connection, Entry& entry, Loaded& loaded);
    void give_up(Entry& entry);
    void sync(db::Connection& connection);
    void apply(db::Connection& connection, Entry& entry, const FeedNews::OfLayer& news);
    void request_load(Entry& entry);
    void withdraw(Entry& entry, const std::string& reason);
    void publish(Entry& entry, LayerStatePtr state);
    std::vector<std::uint32_t> views_of(int layer_id) const;
    void wake();
    void tell_known(std::uint64_t ticket);

    std::string dsn_;
    CatalogWatch& watch_;
    Options options_;
    std::function<void(const std::string&)> log_;
    tiles::TileCache cache_;

    // The follower's own.
    std::map<int, Entry> entries_;
    gis::CatalogPtr declared_;
    std::string feed_snapshot_;
    std::chrono::steady_clock::time_point last_sync_;

    mutable std::mutex mutex_;  // of what follows
    std::map<int, LayerStatePtr> published_;
    std::map<int, LayerReport> reports_;
    std::unordered_map<std::string, std::shared_ptr<TileView>> views_;
    std::size_t lists_ = 0;  ///< views of several layers
    std::vector<std::pair<std::uint64_t, std::function<void()>>> waiting_;
    std::deque<Load> to_load_;
    std::deque<Loaded> loaded_;
    std::condition_variable load_wanted_;

    std::atomic<std::uint64_t> asked_{0};
    std::atomic<std::uint64_t> known_{0};
    std::atomic<std::chrono::steady_clock::rep> heard_at_{std::chrono::steady_clock::now().time_since_epoch().count()};
    std::atomic<bool> is_lost_{true};
    std::atomic<std::size_t> loading_{0};
    std::atomic<bool> stopping_{false};
    int wake_fd_ = -1;
    std::thread follower_;
    std::thread loader_;
};

}  // namespace live
