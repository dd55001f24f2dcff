#include "gis/wfs/feature_names.hpp"

#include "gis/text/xml_name.hpp"

namespace gis::wfs {

std::string feature_name(const Layer& layer, std::string_view id) {
    return xml_name(layer.name) + '.' + xml_name_part(id);
}

std::optional<std::string> id_of_feature_name(const Layer& layer, std::string_view name) {
    const std::string prefix = xml_name(layer.name) + '.';
    if (!name.starts_with(prefix) || name.size() == prefix.size()) return std::nullopt;
    return from_xml_name(name.substr(prefix.size()));
}

std::string_view type_of_feature_name(std::string_view name) {
    return name.substr(0, name.find('.'));
}

}  // namespace gis::wfs
