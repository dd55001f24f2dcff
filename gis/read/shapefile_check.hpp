#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "gis/read/text.hpp"

namespace gis::read {

/// What the files of a shapefile say before GDAL opens it.
struct ShapefileFacts {
    bool has_geometry = true;  ///< false for a .dbf alone
    Encoding encoding = Encoding::Utf8;
    std::string encoding_shown;  ///< "UTF-8", "Windows-1252 (supposé)"
    std::string prj;             ///< text of the .prj; empty: none
};

/// `path` is the .shp, or a .dbf without one. `stated` is the encoding the person gave. Throws InvalidRequest when a
/// companion is missing, sizes contradict each other or a record lies outside the file.
ShapefileFacts check_shapefile(const std::filesystem::path& path, const std::string& shown_name,
                               const std::optional<std::string>& stated);

}  // namespace gis::read
