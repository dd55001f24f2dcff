#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gis {

/// Which EPSG code a file's own description of its CRS stands for, and how that is known.
struct IdentifiedCrs {
    enum class How { Declared, ByParameters };
    int srid = 0;
    How how = How::Declared;
    std::string name;  ///< as the EPSG registry spells it
};

/// Reads WKT 1 (OGC or ESRI), WKT 2, PROJJSON, a PROJ string or "EPSG:2154". A description without code is matched by
/// name and parameters in PROJ's database, then by parameters alone against the systems in use in France.
/// Heights of a compound CRS are dropped. Nothing when it cannot be read or matches no code.
std::optional<IdentifiedCrs> identify_crs(std::string_view definition);

}  // namespace gis
