#include "tiles/raster/raster_pool.hpp"

#include <algorithm>

namespace raster {

RasterPool::Borrowed RasterPool::borrow(const std::string& path) {
    std::unique_ptr<RasterFile> file;
    {
        const std::lock_guard lock(mutex_);
        const auto found = std::ranges::find(idle_, path, &Idle::path);
        if (found != idle_.end()) {
            file = std::move(found->file);
            idle_.erase(found);
        }
    }
    if (!file) file = std::make_unique<RasterFile>(path);
    return {file.release(), [this, path](RasterFile* used) { give_back(path, std::unique_ptr<RasterFile>(used)); }};
}

void RasterPool::give_back(const std::string& path, std::unique_ptr<RasterFile> file) {
    Idle oldest;  // closed outside the lock
    const std::lock_guard lock(mutex_);
    idle_.push_front({path, std::move(file)});
    if (idle_.size() <= most_idle_) return;
    oldest = std::move(idle_.back());
    idle_.pop_back();
}

}  // namespace raster
