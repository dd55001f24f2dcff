#include "server/api/tile_repacker.hpp"

#include <chrono>
#include <utility>
#include <vector>

#include "server/db/priority.hpp"
#include "server/http/compression.hpp"

namespace api {

namespace {

using namespace std::chrono_literals;
constexpr auto step = 1s;
constexpr std::uint64_t idle_requests = 20;  // a step with no more tiles asked for is idle
constexpr std::size_t tiles_a_step = 32;     // a tenth of a second of work

}  // namespace

TileRepacker::TileRepacker(tiles::TileCache& cache) : cache_(cache), thread_([this] { work(); }) {}

TileRepacker::~TileRepacker() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

std::size_t TileRepacker::repack(tiles::TileCache& cache, std::size_t most) {
    const std::vector<tiles::TileCache::Hot> hottest = cache.hottest(most);
    for (const tiles::TileCache::Hot& hot : hottest) {
        const std::string& bytes = *hot.tile->bytes();
        // Put in all the same when it is not compressed at all: it is not looked at again.
        tiles::ReadyTilePtr fresh = hot.tile;
        if (bytes.size() >= http::smallest_compressed)
            fresh = std::make_shared<const tiles::ReadyTile>(*hot.tile, http::gzip(bytes, http::stored_level));
        cache.replace(hot, std::move(fresh));
    }
    return hottest.size();
}

void TileRepacker::work() {
    db::move_thread_to_background();
    std::uint64_t before = 0;
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, step, [this] { return stopping_; })) {
        const tiles::TileCache::Counters counters = cache_.counters();
        const std::uint64_t asked = counters.hits + counters.misses;
        if (asked - std::exchange(before, asked) > idle_requests) continue;
        lock.unlock();
        repack(cache_, tiles_a_step);
        lock.lock();
    }
}

}  // namespace api
