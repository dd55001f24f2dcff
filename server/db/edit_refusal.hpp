#pragma once

#include "gis/edit/edit_check.hpp"
#include "server/db/connection.hpp"

namespace db {

/// What PostgreSQL's refusal of an edit means to who sent it. The connection is outside the failed part of its
/// transaction: constraints are looked up. Rethrows what is no fault of the edit.
gis::EditProblem problem_of(Connection& connection, const gis::CheckedEdit& edit, const SqlError& error);

}  // namespace db
