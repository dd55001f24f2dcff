#include "server/api/tileset_facts.hpp"

#include <algorithm>

#include "gis/crs/join_box.hpp"
#include "tiles/grid/tile_coord.hpp"
#include "tiles/store/layer_rules.hpp"

namespace api {

namespace {

Json described_fields(const tiles::LayerRules& rules) {
    Json fields = Json::object();
    for (const auto& attribute : rules.attributes) {
        fields[attribute.name] = attribute.kind == gis::TileValue::Boolean ? "Boolean"
                                 : attribute.kind == gis::TileValue::Text  ? "String"
                                                                           : "Number";
    }
    return fields;
}

}  // namespace

TilesetFacts tileset_facts(const std::vector<const gis::Layer*>& layers) {
    TilesetFacts facts;
    facts.min_zoom = tiles::max_zoom;
    for (const gis::Layer* layer : layers) {
        facts.title += (facts.title.empty() ? "" : ", ") + layer->title;
        if (facts.attribution.find(layer->attribution) == std::string::npos)
            facts.attribution += (facts.attribution.empty() ? "" : " · ") + layer->attribution;
        facts.min_zoom = std::min(facts.min_zoom, layer->min_zoom);
        facts.max_zoom = std::max(facts.max_zoom, layer->max_zoom);
        if (layer->extent) gis::join_box(facts.extent, *layer->extent);
        const tiles::LayerRules rules = tiles::rules_of(*layer);
        for (const std::string& name : {rules.name, rules.label_name}) {
            if (name.empty()) continue;
            facts.vector_layers.push_back({{"id", name},
                                           {"description", layer->title},
                                           {"minzoom", layer->min_zoom},
                                           {"maxzoom", layer->max_zoom},
                                           {"fields", described_fields(rules)}});
            if (const gis::Field* field = layer->time_field())
                facts.vector_layers.back()["carreau:timeField"] = field->name;
        }
    }
    return facts;
}

}  // namespace api
