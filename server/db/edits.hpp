#pragma once

#include <vector>

#include "gis/edit/edit.hpp"
#include "server/db/connection.hpp"

namespace db {

/// Checks a request against the layers' declarations and applies all of it or nothing. The connection is in a
/// transaction of As::Role::Editor with the caller's session and `write`: ConnectionPool::run commits it. Row policies
/// decide what he may edit; history, change feed, counts and tiles follow by the triggers of the tables.
/// Throws gis::EditRefused with every problem found, gis::Unavailable when a feature stays locked by somebody else.
std::vector<gis::EditResult> apply_edits(Connection& connection, const gis::EditRequest& request);

}  // namespace db
