#pragma once

#include <optional>

#include "gis/crs/crs.hpp"
#include "server/import/version_loader.hpp"
#include "server/jobs/task.hpp"

namespace jobs {

/// Where the communes are, in degrees; nothing when none is known.
std::optional<gis::GeographicBox> territory_of(db::Connection& connection);

/// What a report says of a draft: rows, duplicates left out, extent in degrees, rows outside the territory, and where
/// the table has them, how many rows of each precision class, and are worse than the class `asked` ("": none was).
Json facts_of(db::Connection& connection, const importing::Draft& draft, const std::string& asked);

}  // namespace jobs
