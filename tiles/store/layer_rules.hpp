#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gis/access/scope.hpp"
#include "gis/layer/layer.hpp"
#include "gis/query/tile_rows.hpp"

namespace tiles {

/// An attribute as tiles carry it.
struct AttributeRule {
    std::string name;
    gis::TileValue kind = gis::TileValue::Text;
    int min_zoom = 0;
    friend bool operator==(const AttributeRule&, const AttributeRule&) = default;
};

/// The statement that gives the rows of the features as they are shown at one resolution.
struct HeldRows {
    gis::Resolution shown_at = gis::Resolution::Exact;
    std::string sql;
    friend bool operator==(const HeldRows&, const HeldRows&) = default;
};

/// What of a layer's declaration decides how its rows become tiles. Equal rules make equal tiles of equal rows.
struct LayerRules {
    std::string name;
    std::string label_name;  ///< of the second tile layer, of label points; empty: none
    int label_zoom = 0;      ///< its lowest zoom
    int min_zoom = 0;
    int max_zoom = 0;
    int merge_zoom = 0;  ///< below, polygons that differ in nothing but their id are drawn as one, without it
    int srid = 0;
    bool numbered = false;      ///< ids are whole numbers, and the features' ids; else they are the first attribute
    bool has_communes = false;  ///< rows say the communes they belong to
    std::vector<gis::Resolution> by_right;  ///< gis::resolutions_by_right
    std::vector<HeldRows> held;             ///< of each of them but None, the finest last
    std::vector<AttributeRule> attributes;  ///< as the row's columns follow, after a text id

    /// From this zoom on nothing is simplified or left out: the layer's deepest tiles, and those of a town's streets.
    int full_zoom() const { return max_zoom < 14 ? max_zoom : 14; }
    bool merges(int z) const { return z < merge_zoom; }
    /// Numbers of the attributes that tiles of zoom z carry.
    std::vector<std::uint32_t> attributes_at(int z) const;
    bool has_labels() const { return !label_name.empty(); }
    friend bool operator==(const LayerRules&, const LayerRules&) = default;
};

LayerRules rules_of(const gis::Layer& layer);

}  // namespace tiles
