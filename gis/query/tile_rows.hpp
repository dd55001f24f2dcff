#pragma once

#include <optional>
#include <vector>

#include "gis/access/scope.hpp"
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
/// empty without commune column), then tile_fields as int8, float8, boolean or text. As the connection's role sees
/// them: requests see the rows that the access policy gives them, and not the tables that link features to communes.
SqlStatement tile_rows_sql(const Layer& layer);

/// The same of all features of the layer, as they are shown at one resolution, with all communes they belong to: for
/// who owns the database to hold.
SqlStatement held_rows_sql(const Layer& layer, Resolution shown_at);

/// Those of the given ids, a JSON array of texts.
SqlStatement held_rows_of_sql(const Layer& layer, Resolution shown_at, const std::string& ids_json);

/// Rows of tile_rows_sql that may touch the tile or its buffer, as the connection's role sees them. Nothing where the
/// tile cannot hold a feature.
std::optional<SqlStatement> tile_rows_in_sql(const Layer& layer, int z, const GeographicBox& tile_box);

}  // namespace gis
