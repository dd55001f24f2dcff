#pragma once

#include <array>
#include <optional>
#include <string>

#include "gis/layer/layer.hpp"
#include "gis/query/sql_statement.hpp"

namespace gis {

/// Extent of a tile in tile units, and how far around it features are kept.
inline constexpr int tile_extent = 4096;
inline constexpr int tile_buffer = 64;

/// The condition that a row's geometry may touch the tile or its buffer. Nothing where they cannot meet the area of the
/// layer's CRS.
std::optional<SqlStatement> tile_search_sql(const Layer& layer, const GeographicBox& tile_box);

/// One layer's part of a vector tile by ST_AsMVT: one bytea. `tile_box` is the tile in degrees (its edges are meridians
/// and parallels), `z`, `x`, `y` its WebMercatorQuad address. Features of the buffer around the tile are found too, and
/// the search box is densified before it is transformed, for a Mercator edge is a curve in Lambert-93. Nothing where
/// the tile cannot hold a feature: outside the layer's zooms or its CRS's area.
std::optional<SqlStatement> tile_sql(const Layer& layer, int z, int x, int y, const GeographicBox& tile_box);

/// Where a polygon's text goes: a second tile layer of one point for each polygon, in the one tile that holds the
/// point, so that a polygon over several tiles is named once. Nothing for layers that are no polygons or have no text
/// at that zoom.
std::optional<SqlStatement> label_tile_sql(const Layer& layer, int z, int x, int y, const GeographicBox& tile_box);

/// The name of that tile layer: "commune_label".
std::string label_layer_name(const Layer& layer);

}  // namespace gis
