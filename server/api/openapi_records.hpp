#pragma once

#include "server/api/documents.hpp"

namespace api {

/// Adds where records of data sets are found: OGC API – Records and the catalogue service (CSW).
void add_record_paths(Json& paths);

}  // namespace api
