#include "tiles/cache/tile_cache.hpp"

#include <algorithm>
#include <utility>

namespace tiles {

namespace {

constexpr std::size_t entry_overhead = 1200;      // list node, two map nodes, key, tag, control blocks, prepared heads
constexpr std::size_t most_looked_at = 64;        // of each shard, for the hottest: who looks holds it
constexpr std::uint64_t most_addresses = 20'000;  // beyond, looking at every tile is cheaper than at every address

}  // namespace

ReadyTile::ReadyTile(std::string bytes, std::string etag)
    : bytes_(std::make_shared<const std::string>(std::move(bytes))), etag_(std::move(etag)) {}

ReadyTile::ReadyTile(const ReadyTile& same, std::string gzip) : bytes_(same.bytes_), etag_(same.etag_) {
    std::call_once(once_, [&] { gzip_ = std::make_shared<const std::string>(std::move(gzip)); });
}

const ReadyTile::Bytes& ReadyTile::gzip(const std::function<std::string(std::string_view)>& compress) const {
    std::call_once(once_, [&] {
        std::string made = compress(*bytes_);
        if (made.empty()) return;
        gzip_ = std::make_shared<const std::string>(std::move(made));
    });
    return gzip_;
}

std::size_t ReadyTile::memory() const {
    // The gzip form is counted from the start: it comes later, when nobody counts any more.
    return bytes_->capacity() + bytes_->size() * 2 / 3 + entry_overhead;
}

std::size_t TileCache::Hash::operator()(const TileKey& key) const {
    std::uint64_t mixed = (std::uint64_t{key.view} << 5U) + static_cast<std::uint64_t>(key.coord.z);
    mixed = mixed * 0x9E3779B97F4A7C15U + key.coord.x;
    mixed = (mixed ^ (mixed >> 29U)) * 0xBF58476D1CE4E5B9U + key.coord.y;
    mixed = (mixed ^ (mixed >> 32U)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31U);
}

TileCache::TileCache(std::size_t max_bytes) : max_shard_bytes_(max_bytes / shard_count) {}

TileCache::Shard& TileCache::shard_of(const TileKey& key) {
    return shards_[Hash{}(key) >> 60U];
}

ReadyTilePtr TileCache::find_in(Shard& shard, const TileKey& key) {
    const auto found = shard.places.find(key);
    if (found == shard.places.end()) return nullptr;
    shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
    ++shard.counters.hits;
    ++found->second->hits;
    return found->second->tile;
}

ReadyTilePtr TileCache::find(const TileKey& key) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    return find_in(shard, key);
}

TileCache::Found TileCache::find_or_make(const TileKey& key) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    Found found;
    found.tile = find_in(shard, key);
    if (found.tile) return found;
    FlightPtr& flight = shard.flights[key];
    found.is_maker = flight == nullptr;
    if (found.is_maker) {
        ++shard.counters.misses;
        flight = std::make_shared<Flight>();
        flight->key_ = key;
    }
    found.flight = flight;
    return found;
}

void TileCache::finish(const FlightPtr& flight, const ReadyTilePtr& tile) {
    Shard& shard = shard_of(flight->key_);
    {
        const std::lock_guard lock(shard.mutex);
        const auto still = shard.flights.find(flight->key_);
        // Not there any more, or another's: what it was made from has changed.
        if (still != shard.flights.end() && still->second == flight) {
            shard.flights.erase(still);
            const std::size_t bytes = tile ? tile->memory() : 0;
            if (tile && bytes <= max_shard_bytes_) {
                shard.entries.push_front({flight->key_, tile, bytes, 0, false});
                shard.places[flight->key_] = shard.entries.begin();
                shard.bytes += bytes;
            }
            while (shard.bytes > max_shard_bytes_) {
                erase(shard, shard.entries.back().key);
                ++shard.counters.evicted;
            }
        }
    }
    std::vector<std::function<void(ReadyTilePtr)>> waiting;
    {
        const std::lock_guard lock(flight->mutex_);
        flight->done_ = true;
        flight->tile_ = tile;
        waiting.swap(flight->waiting_);
    }
    for (const auto& done : waiting) done(tile);
}

void TileCache::wait(const FlightPtr& flight, std::function<void(ReadyTilePtr)> done) {
    {
        const std::lock_guard lock(flight->mutex_);
        if (!flight->done_) {
            flight->waiting_.push_back(std::move(done));
            return;
        }
    }
    done(flight->tile_);
}

std::size_t TileCache::erase(Shard& shard, const TileKey& key) {
    shard.flights.erase(key);
    const auto found = shard.places.find(key);
    if (found == shard.places.end()) return 0;
    shard.bytes -= found->second->bytes;
    shard.entries.erase(found->second);
    shard.places.erase(found);
    return 1;
}

template <typename Wanted>
std::size_t TileCache::drop_where(Wanted wanted) {
    std::size_t dropped = 0;
    for (Shard& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        std::vector<TileKey> gone;
        for (const auto& [key, place] : shard.places) {
            if (wanted(key)) gone.push_back(key);
        }
        for (const auto& [key, flight] : shard.flights) {
            if (wanted(key)) gone.push_back(key);
        }
        for (const TileKey& key : gone) dropped += erase(shard, key);
    }
    return dropped;
}

std::size_t TileCache::drop(std::span<const std::uint32_t> views, std::span<const TileArea> areas) {
    if (views.empty()) return 0;
    std::uint64_t addresses = 0;
    for (const TileArea& area : areas) addresses += std::min(area.count(), most_addresses + 1) * views.size();
    if (addresses > most_addresses) {
        return drop_where([&](const TileKey& key) {
            return std::ranges::find(views, key.view) != views.end() &&
                   std::ranges::any_of(areas, [&](const TileArea& area) { return area.holds(key.coord); });
        });
    }
    std::size_t dropped = 0;
    for (const TileArea& area : areas) {
        for (std::uint32_t x = area.range.min_x; x <= area.range.max_x; ++x) {
            for (std::uint32_t y = area.range.min_y; y <= area.range.max_y; ++y) {
                for (const std::uint32_t view : views) {
                    const TileKey key{view, {area.z, x, y}};
                    Shard& shard = shard_of(key);
                    const std::lock_guard lock(shard.mutex);
                    dropped += erase(shard, key);
                }
            }
        }
    }
    return dropped;
}

std::size_t TileCache::drop_views(std::span<const std::uint32_t> views, int below_zoom) {
    if (views.empty()) return 0;
    return drop_where([&](const TileKey& key) {
        return key.coord.z < below_zoom && std::ranges::find(views, key.view) != views.end();
    });
}

std::vector<TileCache::Hot> TileCache::hottest(std::size_t most) const {
    struct Known {
        std::uint64_t hits;
        Hot hot;
    };
    std::vector<Known> known;
    for (const Shard& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        std::size_t looked_at = 0;
        for (const Entry& entry : shard.entries) {
            if (++looked_at > most_looked_at) break;
            if (entry.hits > 0 && !entry.replaced && !entry.tile->is_empty())
                known.push_back({entry.hits, {entry.key, entry.tile}});
        }
    }
    std::ranges::sort(known, std::greater(), &Known::hits);
    std::vector<Hot> hottest;
    for (std::size_t i = 0; i < known.size() && i < most; ++i) hottest.push_back(std::move(known[i].hot));
    return hottest;
}

bool TileCache::replace(const Hot& known, ReadyTilePtr fresh) {
    Shard& shard = shard_of(known.key);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.places.find(known.key);
    if (found == shard.places.end() || found->second->tile != known.tile) return false;
    Entry& entry = *found->second;
    entry.tile = std::move(fresh);
    entry.replaced = true;
    ++shard.counters.replaced;
    return true;
}

std::vector<TileKey> TileCache::keys() const {
    std::vector<TileKey> all;
    for (const Shard& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        for (const Entry& entry : shard.entries) all.push_back(entry.key);
    }
    return all;
}

TileCache::Counters TileCache::counters() const {
    Counters sum;
    for (const Shard& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        sum.hits += shard.counters.hits;
        sum.misses += shard.counters.misses;
        sum.evicted += shard.counters.evicted;
        sum.replaced += shard.counters.replaced;
        sum.tiles += shard.entries.size();
        sum.bytes += shard.bytes;
    }
    return sum;
}

}  // namespace tiles
