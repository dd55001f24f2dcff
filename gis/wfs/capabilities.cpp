#include "gis/wfs/capabilities.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gis/wfs/capabilities_common.hpp"
#include "gis/wfs/crs_name.hpp"

namespace gis::wfs {

bool Sections::has(std::string_view name) const {
    const auto asks = [&](const std::string& section) { return section == name || section == "All"; };
    return names.empty() || std::any_of(names.begin(), names.end(), asks);
}

bool may_edit(const Catalog& catalog, const ServiceFacts& facts) {
    return std::any_of(catalog.layers().begin(), catalog.layers().end(), facts.editable);
}

std::string abstract_of(const Layer& layer) {
    std::string text = layer.description;
    if (layer.fictive && text.find("fictive") == std::string::npos)
        text += (text.empty() ? "" : " ") + std::string("Données fictives, générées pour la démonstration.");
    if (!layer.licence.empty()) text += (text.empty() ? "" : " ") + std::string("Licence : ") + layer.licence + ".";
    return text;
}

GeographicBox extent_of(const Layer& layer) {
    return layer.extent.value_or(layer.crs.area_of_use);
}

std::vector<Crs> crs_of(const Layer& layer, const ServiceFacts& facts, Version version) {
    std::vector<Crs> all{layer.crs};
    for (const Crs& crs : offered_in(version, facts.offered)) {
        if (!(crs == layer.crs)) all.push_back(crs);
    }
    return all;
}

std::string degrees(double value) {
    return fmt::format("{}", std::round(value * 1e7) / 1e7);
}

std::string capabilities(Version version, const Catalog& catalog, const ServiceFacts& facts, const Sections& sections) {
    if (version == Version::V2_0_0) return capabilities_2_0(catalog, facts, sections);
    if (version == Version::V1_1_0) return capabilities_1_1(catalog, facts, sections);
    return capabilities_1_0(catalog, facts);
}

}  // namespace gis::wfs
