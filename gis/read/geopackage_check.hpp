#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace gis::read {

/// What SQLite says about a GeoPackage before GDAL runs any query of its own.
struct GeoPackageFacts {
    std::map<std::string, std::string> refused;  ///< layer -> why: a view, computed columns, unknown triggers
    std::map<std::string, std::int64_t> counts;  ///< rows of the layers that may be read
};

/// Looks only at the schema and at real tables. Throws InvalidRequest when the file is truncated, is no GeoPackage,
/// or one of its own (gpkg_*) tables is a view.
GeoPackageFacts check_geopackage(const std::filesystem::path& path, const std::string& shown_name);

}  // namespace gis::read
