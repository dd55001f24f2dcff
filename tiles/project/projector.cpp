#include "tiles/project/projector.hpp"

#include <cmath>
#include <map>
#include <numbers>
#include <optional>

#include "gis/crs/transformation.hpp"
#include "tiles/project/lambert93.hpp"

namespace tiles {

namespace {

constexpr int web_mercator = 3857;
constexpr int lambert93 = 2154;
constexpr int wgs84 = 4326;
constexpr double half_world = 20037508.342789244;
constexpr double steps_per_metre = 4294967296.0 / (2 * half_world);
constexpr double radius = 6378137;
constexpr double degree = std::numbers::pi / 180;
constexpr double max_latitude = 89.999;

std::uint32_t step_of(double metres) {
    // Beyond the square of the world nothing can be drawn; what reaches there ends at its edge.
    const double step = std::nearbyint(metres * steps_per_metre);
    return static_cast<std::uint32_t>(std::clamp(step, 0.0, 4294967295.0));
}

}  // namespace

struct Projector::Impl {
    int srid = 0;
    Lambert93 lambert;
    std::optional<gis::Transformation> proj;
};

Projector::Projector(int srid) : impl_(std::make_unique<Impl>()) {
    impl_->srid = srid;
    if (srid != lambert93 && srid != wgs84 && srid != web_mercator) impl_->proj.emplace(srid, web_mercator);
}

Projector::~Projector() = default;
Projector::Projector(Projector&&) noexcept = default;

void Projector::to_mercator(double* xy, std::size_t count) {
    if (impl_->proj) {
        impl_->proj->apply(xy, count);
        return;
    }
    for (double* p = xy; p != xy + 2 * count; p += 2) {
        if (impl_->srid == lambert93) {
            const auto [x, y] = impl_->lambert.to_mercator(p[0], p[1]);
            p[0] = x;
            p[1] = y;
        } else if (impl_->srid == wgs84) {
            p[0] *= radius * degree;
            p[1] = radius * std::asinh(std::tan(std::clamp(p[1], -max_latitude, max_latitude) * degree));
        }
    }
}

bool Projector::to_world(double* xy, std::size_t count, WorldPoint* points) {
    to_mercator(xy, count);
    bool all = true;
    for (std::size_t i = 0; i < count; ++i) {
        const double x = xy[2 * i];
        const double y = xy[2 * i + 1];
        if (!std::isfinite(x) || !std::isfinite(y)) {
            all = false;
            points[i] = {};
            continue;
        }
        points[i] = {step_of(x + half_world), step_of(half_world - y)};
    }
    return all;
}

Projector& thread_projector(int srid) {
    static thread_local std::map<int, Projector> known;
    const auto found = known.find(srid);
    return found == known.end() ? known.emplace(srid, Projector(srid)).first->second : found->second;
}

double lambert93_deviation() {
    const Lambert93 closed;
    gis::Transformation proj(lambert93, web_mercator);
    double greatest = 0;
    for (double x = 0; x <= 1300000; x += 50000) {
        for (double y = 6000000; y <= 7200000; y += 50000) {
            double xy[2] = {x, y};
            proj.apply(xy, 1);
            const auto [cx, cy] = closed.to_mercator(x, y);
            greatest = std::max(greatest, std::hypot(cx - xy[0], cy - xy[1]));
        }
    }
    return greatest;
}

}  // namespace tiles
