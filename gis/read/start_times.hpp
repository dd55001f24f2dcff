#pragma once

#include <memory>

#include "gis/read/source.hpp"

namespace gis::read {

/// Tracks and routes of a GPX get the field `releve_le`: when their first point that says so was taken.
std::unique_ptr<Source> with_start_times(std::unique_ptr<Source> gpx);

}  // namespace gis::read
