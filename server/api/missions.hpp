#pragma once

#include "server/api/call.hpp"
#include "server/api/documents.hpp"
#include "server/db/connection.hpp"

namespace api {

/// The links between a mission and what it holds, as far as the caller may see the one and the other: from a mission,
/// the items of each layer that has some of it, with their `count`; from a feature that belongs to one, the mission.
/// Reads in the caller's name.
Json mission_links(db::Connection& connection, const Call& call, const gis::Layer& layer, const std::string& id);

}  // namespace api
