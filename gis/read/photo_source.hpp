#pragma once

#include <memory>

#include "gis/read/input.hpp"

namespace gis::read {

/// A photo (JPEG): where it was taken as one point, what it shows of the ground as one polygon when the camera's pose
/// and its height above the ground are known, and the picture to be kept. A photo that cannot be used is one feature
/// with a defect, so that it does not stop those beside it.
std::unique_ptr<Source> open_photo_source(const Input& input);

}  // namespace gis::read
