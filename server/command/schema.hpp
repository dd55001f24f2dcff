#pragma once

#include <string>
#include <vector>

#include "server/db/migrate.hpp"

namespace command {

/// schema/*.sql as the program carries them.
std::vector<db::Migration> program_schema();

/// Throws gis::Conflict when the database is newer than the program, or older: then `carreau migrate` is the remedy.
void require_current_schema(const std::string& dsn);

}  // namespace command
