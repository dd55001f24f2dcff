#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "server/api/services.hpp"
#include "server/gate/gatekeeper.hpp"
#include "server/gate/tile_use.hpp"
#include "server/http/quick.hpp"
#include "server/live/tile_engine.hpp"

namespace api {

/// Tiles from memory, for callers whom the gatekeeper remembers: what the common way would answer, without making a
/// request of it. What must be waited for or asked of the database is left to the common way. Used by one thread: each
/// I/O thread has its own.
class QuickTiles {
  public:
    /// `services` outlives it. `base_path` is what stands before "/tiles".
    QuickTiles(const Services& services, std::string base_path);

    /// For http::ServerConfig::quick.
    static http::QuickLook look_of_thread(const Services& services, std::string base_path);

    http::PreparedPtr look(const http::QuickRequest& request, const http::Preparer& preparer);

  private:
    /// What is known of a layer and who asks, while both stay what they are.
    struct Known {
        gate::Gatekeeper::Standing who;
        gis::CatalogPtr catalog;
        live::TileViewPtr view;  ///< null: by its declaration never from memory
        gate::TileUse::Counter counter;
    };
    /// Null: it is not known who asks, or whether from memory.
    const Known* known_of(const gate::ShownKey& shown, std::string_view layer);
    std::optional<Known> learn(const gate::ShownKey& shown, std::string_view layer);

    const Services& services_;
    std::string prefix_;
    std::unordered_map<gate::ShownKey, std::map<std::string, Known, std::less<>>> known_;
};

}  // namespace api
