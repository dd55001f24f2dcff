#pragma once

#include <cmath>

#include "gis/crs/crs.hpp"

namespace gis {

/// A min/max box with its Crs, x (easting, longitude) before y. Degenerate boxes (a point) are valid. In degrees a
/// western edge beyond the eastern one means that the box lies across the 180° meridian (RFC 7946, 5.2).
struct Envelope {
    double min_x = 0;
    double min_y = 0;
    double max_x = 0;
    double max_y = 0;
    Crs crs;

    bool is_finite() const {
        return std::isfinite(min_x) && std::isfinite(min_y) && std::isfinite(max_x) && std::isfinite(max_y);
    }
    bool crosses_antimeridian() const { return crs.geographic && min_x > max_x; }
    friend bool operator==(const Envelope&, const Envelope&) = default;
};

}  // namespace gis
