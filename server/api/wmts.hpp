#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/api/raster_facts.hpp"

// The documents of the Web Map Tile Service 1.0 (OGC 07-057r7).

namespace api {

inline constexpr std::string_view wmts_matrix_set = "PM";  ///< IGN's name for WebMercatorQuad
inline constexpr std::string_view wmts_photo_style = "normal";

std::string wmts_capabilities_document(const std::string& base_url, const std::string& contact,
                                       const std::vector<RasterFacts>& rasters);
/// OGC 06-121r3, clause 8.
std::string wmts_exception_report(std::string_view code, std::string_view locator, std::string_view text);

}  // namespace api
