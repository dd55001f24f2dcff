#pragma once

#include <string>
#include <string_view>

#include "gis/filter/filter.hpp"

namespace gis {

/// How filters, queryables and schemas name the layer's geometry: "geometry", or its column where a field has that
/// name; empty for a layer without one.
std::string geometry_property(const Layer& layer);

/// The field or geometry that `name` names, the only way from a name of a request to a column. The geometry answers to
/// `geometry_property` and to its column. Throws InvalidRequest naming `parameter`, the unknown name, the names near it
/// and all there are.
Expression property_of(const Layer& layer, std::string_view name, const std::string& parameter = "filter");

/// The same where only a field will do.
const Field& field_of(const Layer& layer, std::string_view name, const std::string& parameter);

/// A pattern of other wildcards (FES: wildCard, singleChar, escapeChar; each empty or one UTF-8 character) in the form
/// of `Like`. Throws InvalidRequest when it ends with the escape character.
std::string like_pattern(std::string_view pattern, std::string_view any, std::string_view one, std::string_view escape,
                         const std::string& parameter = "filter");

}  // namespace gis
