#include "tiles/store/layer_rules.hpp"

#include <algorithm>

#include "gis/query/tile_sql.hpp"

namespace tiles {

std::vector<std::uint32_t> LayerRules::attributes_at(int z) const {
    std::vector<std::uint32_t> list;
    for (std::uint32_t i = 0; i < attributes.size(); ++i) {
        const bool is_id = i == 0 && !numbered;
        if (z >= attributes[i].min_zoom && !(is_id && merges(z))) list.push_back(i);
    }
    return list;
}

LayerRules rules_of(const gis::Layer& layer) {
    LayerRules rules;
    rules.name = layer.name;
    if (layer.is_polygonal() && layer.label_zoom) {
        rules.label_name = gis::label_layer_name(layer);
        // The deepest tiles are stretched for the zooms beyond, so they carry text that begins there.
        rules.label_zoom = std::min(*layer.label_zoom, layer.max_zoom);
    }
    rules.min_zoom = layer.min_zoom;
    rules.max_zoom = layer.max_zoom;
    if (layer.is_polygonal()) rules.merge_zoom = std::min(layer.merge_zoom, rules.full_zoom());
    rules.srid = layer.crs.srid;
    rules.numbered = layer.id_type == gis::FieldType::Integer;
    rules.has_communes = layer.has_communes();
    rules.by_right = gis::resolutions_by_right(layer);
    // Who declares a layer anew locks its copies before its table; so does who reads them.
    for (const gis::Resolution shown_at : {gis::Resolution::Public, gis::Resolution::Agents, gis::Resolution::Exact}) {
        if (std::ranges::find(rules.by_right, shown_at) != rules.by_right.end())
            rules.held.push_back({shown_at, gis::held_rows_sql(layer, shown_at).sql()});
    }
    if (!rules.numbered) rules.attributes.push_back({layer.id_column, gis::TileValue::Text, 0});
    for (const gis::Field* field : gis::tile_fields(layer))
        rules.attributes.push_back({field->name, gis::tile_value_of(*field), field->tile_min_zoom});
    return rules;
}

}  // namespace tiles
