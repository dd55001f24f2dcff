#include "tiles/project/projector.hpp"

#include <cmath>
#include <map>
#include <numbers>
#include <optional>

#include "gis/crs/closed_form.hpp"
#include "gis/crs/transformation.hpp"

namespace tiles {

namespace {

constexpr int web_mercator = 3857;
constexpr int wgs84 = 4326;
constexpr double world_half = 20037508.342789244;
constexpr double steps_per_metre = 4294967296.0 / (2 * world_half);
constexpr double radius = 6378137;
constexpr double degree = std::numbers::pi / 180;
constexpr double pole_guard = 89.999;

std::uint32_t step_of(double metres) {
    // Beyond the square of the world nothing can be drawn; what reaches there ends at its edge.
    const double step = std::nearbyint(metres * steps_per_metre);
    return static_cast<std::uint32_t>(std::clamp(step, 0.0, 4294967295.0));
}

}  // namespace

struct Projector::Impl {
    int srid = 0;
    const gis::ClosedForm* formula = nullptr;
    std::optional<gis::Transformation> proj;
};

Projector::Projector(int srid) : impl_(std::make_unique<Impl>()) {
    impl_->srid = srid;
    if (srid == wgs84 || srid == web_mercator) return;
    if (const auto target = gis::crs_from_epsg(web_mercator)) impl_->formula = gis::closed_form(srid, *target);
    if (impl_->formula == nullptr) impl_->proj.emplace(srid, web_mercator);
}

Projector::~Projector() = default;
Projector::Projector(Projector&&) noexcept = default;

void Projector::to_mercator(double* xy, std::size_t count) {
    if (impl_->proj) {
        impl_->proj->apply(xy, count);
        return;
    }
    for (double* p = xy; p != xy + 2 * count; p += 2) {
        if (impl_->formula != nullptr) {
            impl_->formula->apply(p[0], p[1]);
        } else if (impl_->srid == wgs84) {
            p[0] *= radius * degree;
            p[1] = radius * std::asinh(std::tan(std::clamp(p[1], -pole_guard, pole_guard) * degree));
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
        points[i] = {step_of(x + world_half), step_of(world_half - y)};
    }
    return all;
}

Projector& thread_projector(int srid) {
    static thread_local std::map<int, Projector> known;
    const auto found = known.find(srid);
    return found == known.end() ? known.emplace(srid, Projector(srid)).first->second : found->second;
}

}  // namespace tiles
