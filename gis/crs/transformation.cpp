#include "gis/crs/transformation.hpp"

#include <fmt/format.h>
#include <proj.h>

#include <cmath>

#include "gis/error.hpp"

namespace gis {

namespace {
constexpr int points_per_edge = 21;  // PROJ's own advice for proj_trans_bounds
}

class Transformation::Impl {
  public:
    Impl(const Crs& from, const Crs& to) : to_(to), context_(proj_context_create(), proj_context_destroy) {
        proj_log_level(context_.get(), PJ_LOG_NONE);
        const std::unique_ptr<PJ, decltype(&proj_destroy)> raw(
            proj_create_crs_to_crs(context_.get(), from.code().c_str(), to.code().c_str(), nullptr), proj_destroy);
        if (raw) operation_.reset(proj_normalize_for_visualization(context_.get(), raw.get()));
        if (!operation_) {
            throw Unavailable(fmt::format("no coordinate operation from {} to {}", from.code(), to.code()));
        }
    }

    std::optional<Point> transform(Point point) const {
        const PJ_COORD out = proj_trans(operation_.get(), PJ_FWD, proj_coord(point.x, point.y, 0, HUGE_VAL));
        if (!std::isfinite(out.xy.x) || !std::isfinite(out.xy.y)) return std::nullopt;
        return Point{out.xy.x, out.xy.y};
    }

    std::optional<Envelope> transform(const Envelope& in) const {
        Envelope out{0, 0, 0, 0, to_};
        const int done = proj_trans_bounds(context_.get(), operation_.get(), PJ_FWD, in.min_x, in.min_y, in.max_x,
                                           in.max_y, &out.min_x, &out.min_y, &out.max_x, &out.max_y, points_per_edge);
        if (done == 0 || !out.is_finite()) return std::nullopt;
        return out;
    }

  private:
    Crs to_;
    std::unique_ptr<PJ_CONTEXT, decltype(&proj_context_destroy)> context_;
    std::unique_ptr<PJ, decltype(&proj_destroy)> operation_{nullptr, proj_destroy};
};

Transformation::Transformation(const Crs& from, const Crs& to) : impl_(std::make_unique<Impl>(from, to)) {}
Transformation::~Transformation() = default;
Transformation::Transformation(Transformation&&) noexcept = default;
Transformation& Transformation::operator=(Transformation&&) noexcept = default;

std::optional<Transformation::Point> Transformation::transform(Point point) const {
    return impl_->transform(point);
}
std::optional<Envelope> Transformation::transform(const Envelope& envelope) const {
    return impl_->transform(envelope);
}

Envelope area_of_use(const Crs& crs) {
    const GeographicBox& area = crs.area_of_use;
    const Envelope degrees{area.west, area.south, area.east, area.north, crs84()};
    if (crs.geographic) return {area.west, area.south, area.east, area.north, crs};
    return Transformation(crs84(), crs).transform(degrees).value_or(Envelope{-1e8, -1e8, 1e8, 1e8, crs});
}

}  // namespace gis
