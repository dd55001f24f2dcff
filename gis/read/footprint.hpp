#pragma once

#include <array>
#include <optional>
#include <string>

namespace gis::read {

/// How a camera stood: degrees; yaw clockwise from true north, pitch above the horizon (-90: straight down), roll
/// clockwise seen from behind.
struct Pose {
    double longitude = 0, latitude = 0;
    double height = 0;  ///< metres above the ground
    double yaw = 0, pitch = 0, roll = 0;
};

/// A camera without distortion: all lengths in pixels of its picture.
struct PinholeCamera {
    double focal = 0;
    double width = 0, height = 0;
};

/// What a picture shows of a level ground.
struct Footprint {
    std::array<double, 8> corners{};  ///< longitude, latitude: upper left of the picture, then clockwise as it is seen
    double resolution = 0;            ///< metres of ground under a pixel at the picture's middle
};

/// Nothing when a corner looks less than 5 degrees below the horizon: the ground would be seen without end.
std::optional<Footprint> footprint_of(const Pose& pose, const PinholeCamera& camera);

}  // namespace gis::read
