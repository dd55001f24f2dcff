#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "tiles/raster/raster_file.hpp"

namespace raster {

/// Open files that are used again: each is one borrower's at a time, and the least recently used is closed when there
/// are too many. Outlives what was borrowed.
class RasterPool {
  public:
    /// `most_idle`: files kept open that nobody uses.
    explicit RasterPool(std::size_t most_idle) : most_idle_(most_idle) {}

    using Borrowed = std::unique_ptr<RasterFile, std::function<void(RasterFile*)>>;
    /// Throws what opening throws.
    Borrowed borrow(const std::string& path);

  private:
    struct Idle {
        std::string path;
        std::unique_ptr<RasterFile> file;
    };
    void give_back(const std::string& path, std::unique_ptr<RasterFile> file);

    std::size_t most_idle_;
    std::mutex mutex_;
    std::list<Idle> idle_;  // the most recently used first
};

}  // namespace raster
