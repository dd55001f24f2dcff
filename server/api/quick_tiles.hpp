#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "server/api/services.hpp"
#include "server/gate/gatekeeper.hpp"
#include "server/gate/tile_use.hpp"
#include "server/http/quick.hpp"
#include "server/live/tile_engine.hpp"

namespace api {

/// Tiles that are ready, for callers whom the gatekeeper remembers: what the common way would answer, without making a
/// request of it. Anything but a ready tile is left to the common way.
class QuickTiles {
  public:
    /// `services` outlives it. `base_path` is what stands before "/tiles".
    QuickTiles(const Services& services, std::string base_path);

    http::PreparedPtr look(const http::QuickRequest& request, const http::Preparer& preparer);

  private:
    /// What is known of a layer and who asks, while both stay what they are.
    struct Known {
        gate::Gatekeeper::Standing who;
        gis::CatalogPtr catalog;
        live::TileViewPtr view;  ///< null: by its declaration never from memory
        gate::TileUse::Counter counter;
    };
    using KnownPtr = std::shared_ptr<const Known>;
    /// What is known of one who asks, by layer; a part of all, behind a lock of its own.
    struct Shard {
        std::mutex mutex;
        std::unordered_map<gate::ShownKey, std::map<std::string, KnownPtr, std::less<>>> known;
    };
    KnownPtr known_of(const gate::ShownKey& shown, std::string_view layer);
    KnownPtr learn(const gate::ShownKey& shown, std::string_view layer, gis::CatalogPtr catalog);

    const Services& services_;
    std::string prefix_;
    std::array<Shard, 16> shards_;
};

}  // namespace api
