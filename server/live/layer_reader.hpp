#pragma once

#include <functional>

#include "server/db/connection.hpp"
#include "tiles/store/packed_layer.hpp"

namespace live {

/// Reads all rows of the packer's layer by COPY in binary, as the connection's transaction sees them. `go_on` is asked
/// now and then; false when it said so and the packer holds a part only.
bool read_layer(db::Connection& connection, tiles::LayerPacker& packer, const std::function<bool()>& go_on);

}  // namespace live
