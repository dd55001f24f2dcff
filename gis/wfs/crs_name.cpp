#include "gis/wfs/crs_name.hpp"

#include <fmt/format.h>

#include "gis/wfs/service_error.hpp"

namespace gis::wfs {

CrsName read_crs_name(std::string_view text, const std::vector<Crs>& offered, Version version,
                      const std::string& locator) {
    constexpr std::string_view old_uri = "http://www.opengis.net/gml/srs/epsg.xml#";
    constexpr std::string_view old_urn = "urn:x-ogc:def:crs:";
    std::string spelling(text);
    if (text.starts_with(old_uri)) spelling = "EPSG:" + std::string(text.substr(old_uri.size()));
    if (text.starts_with(old_urn)) spelling = "urn:ogc:def:crs:" + std::string(text.substr(old_urn.size()));
    if (const auto crs = find_crs(spelling, offered)) {
        const bool by_authority = spelling.starts_with("urn:") || spelling.starts_with("http");
        return {*crs, crs->northing_first && by_authority && version != Version::V1_0_0};
    }
    std::vector<std::string> names;
    for (const Crs& crs : offered) names.push_back(crs_name(crs, version));
    throw invalid(locator, fmt::format("the CRS '{}' is not offered; expected one of {}", text.substr(0, 100),
                                       fmt::join(names, ", ")));
}

std::string crs_name(const Crs& crs, Version version) {
    if (version == Version::V1_0_0) return fmt::format("EPSG:{}", crs.srid);
    return crs.is_crs84 ? "urn:ogc:def:crs:OGC:1.3:CRS84" : fmt::format("urn:ogc:def:crs:EPSG::{}", crs.srid);
}

std::vector<Crs> offered_in(Version version, const std::vector<Crs>& offered) {
    std::vector<Crs> named;
    for (const Crs& crs : offered) {
        if (version != Version::V1_0_0 || !crs.is_crs84) named.push_back(crs);
    }
    return named;
}

}  // namespace gis::wfs
