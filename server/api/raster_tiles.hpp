#pragma once

#include "server/http/awaitable.hpp"
#include "tiles/cache/tile_cache.hpp"
#include "tiles/raster/raster_file.hpp"
#include "tiles/raster/raster_pool.hpp"

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace api {

/// A picture of a raster: everything that decides its bytes but the address of the tile.
struct RasterPicture {
    std::string file;
    raster::Style style;
    raster::ImageFormat format = raster::ImageFormat::Png;
    int size = 256;  ///< pixels a side
};

/// Draws tiles of rasters on threads of its own and keeps them. Who may see a raster is decided before it is asked.
/// Used by all threads.
class RasterTiles {
  public:
    struct Options {
        std::filesystem::path folder;  ///< where the files are
        int threads = 2;
        std::size_t cache_bytes = std::size_t{128} << 20U;
    };
    explicit RasterTiles(Options options);
    ~RasterTiles();
    RasterTiles(const RasterTiles&) = delete;
    RasterTiles& operator=(const RasterTiles&) = delete;

    /// Kept or drawn; clear where there is nothing. Throws gis::Unavailable when too many wait, or the file cannot be
    /// read.
    boost::asio::awaitable<tiles::ReadyTilePtr> tile(RasterPicture picture, tiles::TileCoord coord);

    /// The value of the raster's pixel at a place; nothing where there is none. Throws as `tile` does.
    boost::asio::awaitable<std::optional<double>> value(std::string file, double longitude, double latitude);

    const tiles::TileCache& cache() const { return cache_; }

  private:
    std::uint32_t view_of(const RasterPicture& picture);
    std::string path_of(const std::string& file) const { return options_.folder / file; }
    void take_place();

    Options options_;
    raster::RasterPool files_;
    tiles::TileCache cache_;
    std::mutex mutex_;
    std::map<std::string, std::uint32_t> views_;
    std::uint32_t last_view_ = 0;
    std::atomic<int> waiting_{0};
    boost::asio::thread_pool threads_;  // last: stopped before what its work uses
};

}  // namespace api
