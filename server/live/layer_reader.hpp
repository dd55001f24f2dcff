#pragma once

#include <functional>
#include <string>

#include "server/db/connection.hpp"
#include "tiles/store/packed_layer.hpp"

namespace live {

/// Reads the rows of a statement without parameters (gis::tile_rows_sql, gis::held_rows_sql) by COPY in binary, as the
/// connection's transaction sees them. `go_on` is asked now and then; false when it said no: the packer then holds a
/// part only, and the connection is good for nothing but to be closed.
bool read_rows(db::Connection& connection, const std::string& sql, tiles::LayerPacker& packer,
               const std::function<bool()>& go_on);

}  // namespace live
