#include "gis/crs/ign69.hpp"

#include <fmt/format.h>
#include <proj.h>

#include <cmath>
#include <string_view>

#include "gis/crs/proj_handles.hpp"

namespace gis {

namespace {

/// The grids hold heights of the geoid above the ellipsoid.
constexpr auto pipeline =
    "+proj=pipeline +step +inv +proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=49 +lat_2=44 +x_0=700000 +y_0=6600000 "
    "+ellps=GRS80 +step +inv +proj=vgridshift +grids={} +multiplier=1";

}  // namespace

struct Ign69::Impl {
    ContextPtr context{proj_context_create()};
    PjPtr operation;
    std::string grid;
};

Ign69::Ign69() : impl_(std::make_unique<Impl>()) {
    proj_log_level(impl_->context.get(), PJ_LOG_NONE);
    for (const std::string_view name : grids) {
        impl_->operation.reset(proj_create(impl_->context.get(), fmt::format(pipeline, name).c_str()));
        if (!impl_->operation) continue;
        impl_->grid = name.substr(name.rfind('_') + 1);
        impl_->grid.resize(impl_->grid.find('.'));
        return;
    }
}

Ign69::~Ign69() = default;

const std::string& Ign69::grid() const {
    return impl_->grid;
}

std::optional<double> Ign69::from_ellipsoidal(double x, double y, double height) const {
    if (!impl_->operation) return std::nullopt;
    const PJ_COORD there = proj_trans(impl_->operation.get(), PJ_FWD, proj_coord(x, y, height, HUGE_VAL));
    proj_errno_reset(impl_->operation.get());
    if (!std::isfinite(there.xyz.z)) return std::nullopt;
    return there.xyz.z;
}

}  // namespace gis
