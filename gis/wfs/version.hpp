#pragma once

#include <optional>
#include <string_view>

namespace gis::wfs {

/// The versions of the Web Feature Service that are spoken: OGC 02-058, 04-094, 09-025r2.
enum class Version { V1_0_0, V1_1_0, V2_0_0 };

constexpr std::string_view to_string(Version version) {
    return version == Version::V1_0_0 ? "1.0.0" : version == Version::V1_1_0 ? "1.1.0" : "2.0.0";
}

/// "1.0.0", "1.1.0", "2.0.0", and "2.0.2", which is the corrigendum of 2.0.0. Nothing for any other.
constexpr std::optional<Version> parse_version(std::string_view text) {
    if (text == "2.0.0" || text == "2.0.2") return Version::V2_0_0;
    if (text == "1.1.0") return Version::V1_1_0;
    if (text == "1.0.0") return Version::V1_0_0;
    return std::nullopt;
}

/// The XML namespaces that a version speaks.
struct Namespaces {
    std::string_view wfs;
    std::string_view filter;
    std::string_view gml;
    std::string_view ows;
};

constexpr Namespaces namespaces_of(Version version) {
    if (version == Version::V2_0_0) {
        return {"http://www.opengis.net/wfs/2.0", "http://www.opengis.net/fes/2.0", "http://www.opengis.net/gml/3.2",
                "http://www.opengis.net/ows/1.1"};
    }
    return {"http://www.opengis.net/wfs", "http://www.opengis.net/ogc", "http://www.opengis.net/gml",
            "http://www.opengis.net/ows"};
}

}  // namespace gis::wfs
