#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "tiles/grid/tile_coord.hpp"
#include "tiles/store/merged_layer.hpp"
#include "tiles/store/packed_layer.hpp"

namespace tiles {

/// Features of one pack, as far as they are to be drawn.
struct TileSource {
    const PackedLayer* pack = nullptr;
    const std::vector<bool>* removed = nullptr;       ///< by feature; null: none
    const std::vector<bool>* visible_sets = nullptr;  ///< by commune set; null: all
};

/// What zooms below the merge zoom draw instead.
struct MergedSource {
    const MergedLayer* layer = nullptr;
    /// By the communes of a group; none: all are seen.
    std::function<bool(const std::vector<std::string>& communes)> sees{};
};

/// Appends the layer's part of the tile (its shapes, then its label points) to `tile`: what ST_AsMVT gives of the same
/// rows, polygons valid and rings turned as MVT 2.1 asks. Below the layer's full zoom lines are simplified by less than
/// a pixel, and polygons below a pixel are gathered: one square of a pixel stands for a pixel's area of them.
/// Below the merge zoom polygons of equal attributes are one feature without id.
/// All packs have equal rules, and z is at most deepest_world_zoom. Bytes depend on the features only.
void encode_layer(std::span<const TileSource> sources, const MergedSource& merged, TileCoord coord, std::string& tile);

/// The same of a whole layer, all of it seen.
void encode_layer(const PackedLayer& pack, TileCoord coord, std::string& tile);

/// False when nothing of the pack is in the tile or its buffer, nor in any tile below it.
bool may_hold(const PackedLayer& pack, TileCoord coord);

}  // namespace tiles
