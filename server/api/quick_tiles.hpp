#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/api/services.hpp"
#include "server/gate/caller.hpp"
#include "server/http/quick.hpp"
#include "server/live/tile_engine.hpp"

namespace api {

/// Tiles that are ready, for who asks without showing anything: what the common way would answer, without making a
/// request of it. Anything but a ready tile is left to the common way.
class QuickTiles {
  public:
    /// `services` outlives it. `base_path` is what stands before "/tiles".
    QuickTiles(const Services& services, std::string base_path);

    http::PreparedPtr look(const http::QuickRequest& request, const http::Preparer& preparer);

  private:
    /// What is known of a list of layers, while caller and catalogue stay what they are.
    struct Known {
        gate::CallerPtr caller;
        gis::CatalogPtr catalog;
        live::TileViewPtr view;
        std::vector<std::shared_ptr<std::atomic<std::int64_t>>> counters;
    };
    std::shared_ptr<const Known> known_of(std::string_view names);

    const Services& services_;
    std::string prefix_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<const Known>, std::less<>> known_;
};

}  // namespace api
