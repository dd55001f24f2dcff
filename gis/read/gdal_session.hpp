#pragma once

#include <string>
#include <vector>

#include "gis/gdal_messages.hpp"

namespace gis::read {

/// Opens a vector file read-only with one driver and no other. Nothing when that driver cannot.
DatasetPtr open_with(const std::string& driver, const std::string& path, const std::vector<std::string>& open_options);
/// The same of an image.
DatasetPtr open_image(const std::string& driver, const std::string& path);

}  // namespace gis::read
