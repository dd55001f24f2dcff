#pragma once

#include "gis/filter/filter.hpp"
#include "gis/query/sql_statement.hpp"

namespace gis {

/// A spatial relation. With the layer's geometry always `geometry && literal and ST_...`: the box operator is the part
/// that row policies let through to the index.
void add_spatial(SqlStatement& statement, const Layer& layer, const Spatial& spatial);

void add_distance(SqlStatement& statement, const Layer& layer, const Distance& distance);

}  // namespace gis
