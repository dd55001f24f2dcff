#include "gis/read/footprint.hpp"

#include <cmath>
#include <numbers>

namespace gis::read {

namespace {

/// North, east, down.
struct Direction {
    double n = 0, e = 0, d = 0;
};

Direction operator+(Direction a, Direction b) {
    return {a.n + b.n, a.e + b.e, a.d + b.d};
}

Direction operator*(double k, Direction a) {
    return {k * a.n, k * a.e, k * a.d};
}

constexpr double radians = std::numbers::pi / 180;
const double least_descent = std::sin(5 * radians);

/// Metres to degrees around a latitude, on the ellipsoid of WGS 84.
struct LocalScale {
    double per_north = 0, per_east = 0;

    explicit LocalScale(double latitude) {
        constexpr double a = 6378137, e2 = 0.00669437999014;
        const double sine = std::sin(latitude * radians);
        const double w = std::sqrt(1 - e2 * sine * sine);
        per_north = w * w * w / (a * (1 - e2)) / radians;
        per_east = w / (a * std::cos(latitude * radians)) / radians;
    }
};

}  // namespace

std::optional<Footprint> footprint_of(const Pose& pose, const PinholeCamera& camera) {
    if (!(pose.height > 0) || !(camera.focal > 0) || !(camera.width > 0) || !(camera.height > 0)) return std::nullopt;
    const double yaw = pose.yaw * radians, pitch = pose.pitch * radians, roll = pose.roll * radians;
    const Direction forward{std::cos(pitch) * std::cos(yaw), std::cos(pitch) * std::sin(yaw), -std::sin(pitch)};
    const Direction level_right{-std::sin(yaw), std::cos(yaw), 0};
    const Direction level_down{forward.e * level_right.d - forward.d * level_right.e,
                               forward.d * level_right.n - forward.n * level_right.d,
                               forward.n * level_right.e - forward.e * level_right.n};
    const Direction right = std::cos(roll) * level_right + std::sin(roll) * level_down;
    const Direction down = std::cos(roll) * level_down + -std::sin(roll) * level_right;
    const LocalScale scale(pose.latitude);
    constexpr double sides[4][2] = {{-0.5, -0.5}, {0.5, -0.5}, {0.5, 0.5}, {-0.5, 0.5}};
    Footprint footprint;
    for (std::size_t i = 0; i < 4; ++i) {
        const Direction ray =
            camera.focal * forward + sides[i][0] * camera.width * right + sides[i][1] * camera.height * down;
        const double length = std::sqrt(ray.n * ray.n + ray.e * ray.e + ray.d * ray.d);
        if (!(ray.d >= least_descent * length)) return std::nullopt;
        const double reach = pose.height / ray.d;
        footprint.corners[2 * i] = pose.longitude + reach * ray.e * scale.per_east;
        footprint.corners[2 * i + 1] = pose.latitude + reach * ray.n * scale.per_north;
    }
    // Along the picture's middle ray the ground is further away than it is below.
    footprint.resolution = pose.height / forward.d / camera.focal;
    return footprint;
}

}  // namespace gis::read
