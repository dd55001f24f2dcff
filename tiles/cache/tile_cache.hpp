#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "tiles/grid/tile_coord.hpp"

namespace tiles {

/// A tile ready to be sent. Immutable but for its gzip form, which is made when first asked for and then kept.
class ReadyTile {
  public:
    using Bytes = std::shared_ptr<const std::string>;

    /// `bytes` empty: there is nothing in the tile. `etag` tells the content.
    ReadyTile(std::string bytes, std::string etag);
    /// The same content with another gzip form.
    ReadyTile(const ReadyTile& same, std::string gzip);

    bool is_empty() const { return bytes_->empty(); }
    const Bytes& bytes() const { return bytes_; }
    const std::string& etag() const { return etag_; }
    /// Made by `compress` the first time; null where compressing is not worth it (`compress` gave nothing).
    const Bytes& gzip(const std::function<std::string(std::string_view)>& compress) const;
    /// Something made of the tile once, by `make`, and kept with it: there is room for a few.
    template <typename T, typename Make>
    std::shared_ptr<const T> attachment(std::size_t slot, Make make) const {
        std::call_once(attached_once_.at(slot), [&] { attached_[slot] = make(); });
        return std::static_pointer_cast<const T>(attached_[slot]);
    }
    std::size_t memory() const;

  private:
    static constexpr std::size_t slots = 5;
    Bytes bytes_;
    std::string etag_;
    mutable std::once_flag once_;
    mutable Bytes gzip_;
    mutable std::array<std::once_flag, slots> attached_once_;
    mutable std::array<std::shared_ptr<const void>, slots> attached_;
};

using ReadyTilePtr = std::shared_ptr<const ReadyTile>;

/// Which tile, for whom: `view` stands for the layers and what the caller may see of them.
struct TileKey {
    std::uint32_t view = 0;
    TileCoord coord;
    friend bool operator==(const TileKey&, const TileKey&) = default;
};

/// A rectangle of tiles of one zoom, ends included.
struct TileArea {
    int z = 0;
    TileRange range;
    bool holds(TileCoord c) const {
        return c.z == z && c.x >= range.min_x && c.x <= range.max_x && c.y >= range.min_y && c.y <= range.max_y;
    }
    std::uint64_t count() const {
        return (std::uint64_t{range.max_x} - range.min_x + 1) * (std::uint64_t{range.max_y} - range.min_y + 1);
    }
};

/// Tiles that were made, up to a number of bytes; the least recently used go first. One maker for a tile at a time: who
/// comes meanwhile waits for it. A drop that comes while a tile is being made keeps that tile from being kept.
class TileCache {
  public:
    /// A tile being made.
    class Flight {
      private:
        friend class TileCache;
        TileKey key_;
        std::mutex mutex_;
        bool done_ = false;
        ReadyTilePtr tile_;
        std::vector<std::function<void(ReadyTilePtr)>> waiting_;
    };
    using FlightPtr = std::shared_ptr<Flight>;

    struct Found {
        ReadyTilePtr tile;      ///< null: not there
        FlightPtr flight;       ///< the one that makes it
        bool is_maker = false;  ///< the caller must make it, and call finish
    };

    explicit TileCache(std::size_t max_bytes);

    /// The tile, or null.
    ReadyTilePtr find(const TileKey& key);
    /// The tile, or who makes it. What the maker reads, it must read after this call.
    Found find_or_make(const TileKey& key);
    /// The maker is done; null when he failed. Waiters hear of it on this thread.
    void finish(const FlightPtr& flight, const ReadyTilePtr& tile);
    /// Calls `done` when the flight ends: on the maker's thread, or at once.
    static void wait(const FlightPtr& flight, std::function<void(ReadyTilePtr)> done);

    /// Forgets the tiles of these areas in these views; gives how many there were.
    std::size_t drop(std::span<const std::uint32_t> views, std::span<const TileArea> areas);
    std::size_t drop_views(std::span<const std::uint32_t> views, int below_zoom = max_zoom + 1);

    struct Hot {
        TileKey key;
        ReadyTilePtr tile;
    };
    /// Of the tiles used last and not put in by `replace`, those asked for most often again; at most `most`.
    std::vector<Hot> hottest(std::size_t most) const;
    /// Puts another form of the same content in its place; false when the tile is not there any more.
    bool replace(const Hot& known, ReadyTilePtr fresh);

    /// All keys, for tests.
    std::vector<TileKey> keys() const;

    struct Counters {
        std::uint64_t hits = 0;
        std::uint64_t misses = 0;
        std::uint64_t evicted = 0;
        std::uint64_t replaced = 0;
        std::size_t tiles = 0;
        std::size_t bytes = 0;
    };
    Counters counters() const;

  private:
    struct Hash {
        std::size_t operator()(const TileKey& key) const;
    };
    struct Entry {
        TileKey key;
        ReadyTilePtr tile;
        std::size_t bytes = 0;
        std::uint64_t hits = 0;
        bool replaced = false;
    };
    struct Shard {
        mutable std::mutex mutex;
        std::list<Entry> entries;  // the most recently used first
        std::unordered_map<TileKey, std::list<Entry>::iterator, Hash> places;
        std::unordered_map<TileKey, FlightPtr, Hash> flights;
        std::size_t bytes = 0;
        Counters counters;
    };
    static constexpr std::size_t shard_count = 16;

    Shard& shard_of(const TileKey& key);
    ReadyTilePtr find_in(Shard& shard, const TileKey& key);
    static std::size_t erase(Shard& shard, const TileKey& key);
    template <typename Wanted>
    std::size_t drop_where(Wanted wanted);

    std::size_t max_shard_bytes_;
    std::array<Shard, shard_count> shards_;
};

}  // namespace tiles
