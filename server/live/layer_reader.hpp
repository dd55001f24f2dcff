#pragma once

#include <functional>

#include "server/db/connection.hpp"
#include "tiles/store/packed_layer.hpp"

namespace live {

/// Reads all rows of the packer's layer by COPY in binary, as the connection's transaction sees them. `go_on` is asked
/// now and then; false when it said no: the packer then holds a part only, and the connection is good for nothing but
/// to be closed.
bool read_layer(db::Connection& connection, tiles::LayerPacker& packer, const std::function<bool()>& go_on);

}  // namespace live
