#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gis/layer/layer.hpp"
#include "server/api/documents.hpp"

namespace api {

/// What a set of tiles of some layers says of itself (TileJSON 3.0.0, archives).
struct TilesetFacts {
    std::string title;
    std::string attribution;
    Json vector_layers = Json::array();
    int min_zoom = 0;
    int max_zoom = 0;
    std::optional<gis::GeographicBox> extent;  ///< of all of them, as far as they have one
};

/// At least one layer, each with a geometry.
TilesetFacts tileset_facts(const std::vector<const gis::Layer*>& layers);

}  // namespace api
