#pragma once

#include <gdal.h>

#include <string>

namespace gis::read {

/// The longer side of a thumbnail, in pixels: a card of the portal on a phone.
inline constexpr int thumbnail_side = 320;

/// An upright JPEG without metadata of an open picture with the EXIF orientation; empty when it cannot be decoded.
std::string thumbnail_of(GDALDatasetH picture, int orientation);

}  // namespace gis::read
