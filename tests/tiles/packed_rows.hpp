#pragma once

#include "gis/layer/layer.hpp"
#include "server/db/connection.hpp"
#include "tiles/store/packed_layer.hpp"

namespace test {

/// The rows of a statement in binary, packed.
tiles::PackedLayer pack_rows(db::Connection& connection, const gis::Layer& layer, const gis::SqlStatement& rows);

/// The whole layer, packed.
tiles::PackedLayer pack_layer(db::Connection& connection, const gis::Layer& layer);

/// ST_AsMVT's tile of the layer, labels included.
std::string oracle_tile(db::Connection& connection, const gis::Layer& layer, int z, unsigned x, unsigned y);

}  // namespace test
