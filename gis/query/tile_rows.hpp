#pragma once

#include <optional>
#include <vector>

#include "gis/layer/layer.hpp"
#include "gis/query/sql_statement.hpp"

namespace gis {

/// How a field travels into a tile: the cast of its column, and the kind of value in the tile.
enum class TileValue { Integer, Number, Boolean, Text };
TileValue tile_value_of(const Field& field);

/// The fields that tiles of some zoom carry, in order. An id that is no number is not among them: it is the row's id
/// and an attribute at every zoom.
std::vector<const Field*> tile_fields(const Layer& layer);

/// The rows that tiles are encoded from, for COPY or a query in binary: id (int8, or text), geometry (EWKB in the
/// layer's CRS; curves are linearised where the layer may hold them), communes (text, INSEE codes separated by commas;
/// empty without commune column), then tile_fields as int8, float8, boolean or text.
SqlStatement tile_rows_sql(const Layer& layer);

/// Those rows of the given ids, a JSON array of texts.
SqlStatement tile_rows_of_sql(const Layer& layer, const std::string& ids_json);

/// Those rows that may touch the tile or its buffer, as the connection's role sees them. Nothing where the tile cannot
/// hold a feature.
std::optional<SqlStatement> tile_rows_in_sql(const Layer& layer, int z, const GeographicBox& tile_box);

}  // namespace gis
