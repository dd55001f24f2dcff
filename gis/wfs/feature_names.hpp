#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gis/layer/layer.hpp"

namespace gis::wfs {

/// The namespace of Carreau's feature types, in every version.
inline constexpr std::string_view feature_namespace = "urn:carreau:features";

/// What a feature is called in every answer and filter: its gml:id, fid and rid. "parcelle.62119000AB0001".
std::string feature_name(const Layer& layer, std::string_view id);

/// The id of the layer's feature of that name; nothing when it names a feature of another layer.
std::optional<std::string> id_of_feature_name(const Layer& layer, std::string_view name);

/// What stands before the first point: the feature type it is of, as an XML name.
std::string_view type_of_feature_name(std::string_view name);

}  // namespace gis::wfs
