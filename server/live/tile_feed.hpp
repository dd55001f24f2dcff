#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "server/db/connection.hpp"

namespace live {

/// What became visible of the change feed between two snapshots, layer by layer.
struct FeedNews {
    struct OfLayer {
        std::vector<std::string> ids;  ///< each once
        bool whole = false;            ///< a version swap, a TRUNCATE: every row may have changed
        std::size_t changes = 0;
    };
    std::map<int, OfLayer> layers;
};

/// The snapshot of the connection's transaction, as text.
std::string snapshot_of(db::Connection& connection);

/// The changes that the connection's transaction sees and `snapshot` did not: transactions become visible in another
/// order than they number their changes, so it is the snapshots that are compared. `layer` 0: of all layers.
FeedNews news_since(db::Connection& connection, const std::string& snapshot, int layer = 0);

}  // namespace live
