#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>

#include "tiles/cache/tile_cache.hpp"

namespace api {

/// While hardly anybody asks, compresses the tiles asked for most often anew, as small as what is stored: they were
/// made in a hurry. In the background, a few tiles a second.
class TileRepacker {
  public:
    explicit TileRepacker(tiles::TileCache& cache);
    ~TileRepacker();
    TileRepacker(const TileRepacker&) = delete;
    TileRepacker& operator=(const TileRepacker&) = delete;

    /// Does it now for at most `most` tiles; gives how many it looked at.
    static std::size_t repack(tiles::TileCache& cache, std::size_t most);

  private:
    void work();

    tiles::TileCache& cache_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace api
