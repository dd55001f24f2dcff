#pragma once

#include <string>
#include <vector>

#include "gis/layer/layer.hpp"
#include "server/db/connection.hpp"

namespace api {

/// What a transaction sees in some layers.
struct DataState {
    std::string
        snapshot;  ///< pg_snapshot as text: what the change feed tells of layers with triggers is compared with it
    std::string digest;      ///< of the rows of the others
    bool comparable = true;  ///< false: one of the others has too many rows to be looked at each time
};

DataState state_of(db::Connection& connection, const std::vector<const gis::Layer*>& layers);

/// SQL: whether the transaction at hand sees all that the snapshot in parameter `$number` saw. Who looks from before
/// cannot be told by the feed what came since.
std::string sees_all_of(int number);

/// Whether the transaction at hand sees in those layers what it was then. False where nobody can tell.
bool is_unchanged(db::Connection& connection, const std::vector<const gis::Layer*>& layers, const DataState& then);

}  // namespace api
