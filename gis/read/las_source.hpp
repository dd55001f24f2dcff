#pragma once

#include <memory>

#include "gis/read/input.hpp"

namespace gis::read {

/// A point cloud (LAS, LAZ) as one feature: what its header says, and its extent. Its points are not read; the original
/// is kept (`Source::picture`). Throws InvalidRequest when the header lies.
std::unique_ptr<Source> open_las_source(const Input& input);

}  // namespace gis::read
