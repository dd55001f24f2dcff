#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <string>

#include "gis/crs/crs.hpp"

namespace gis {

/// A coordinate transformation by formulas that this program holds itself, several times faster than asking PROJ for
/// each point: from the French Lambert zones (Lambert-93, the conical zones CC42 to CC50) to longitude and latitude,
/// and to web Mercator. x (easting, longitude) before y on both sides. Immutable; any thread may use it.
class ClosedForm {
  public:
    enum class Target { Degrees, WebMercator };

    void apply(double& x, double& y) const {
        const double east = x - false_easting_;
        const double south = centre_y_ - y;
        const double place = (east * east + south * south - middle_) * stretch_;
        const double slope = east / south;
        if (std::abs(place) <= 1 && std::abs(slope) <= 0.15) {
            x = (arc_tangent(slope) * inverse_cone_ + central_meridian_) * x_unit_;
            y = northing(place);
        } else {  // also for NaN
            exactly(x, y);
        }
    }
    /// Turns every position of a WKB geometry in place, whatever its byte order. Heights stay. Throws
    /// std::runtime_error on bytes that are no geometry.
    void apply(std::string& wkb) const;

  private:
    friend const ClosedForm* closed_form(int source_srid, const Crs& target);
    ClosedForm(int source_srid, Target target);
    bool agrees_with_proj(int source_srid, int target_srid) const;
    /// The projection's own formulas, anywhere.
    void exactly(double& x, double& y) const;
    void fit(double lowest, double highest);

    /// For |u| <= 0.15, to the last digit.
    static double arc_tangent(double u) {
        const double w = u * u;
        return u *
               (1 - w * (1.0 / 3 - w * (1.0 / 5 - w * (1.0 / 7 - w * (1.0 / 9 - w * (1.0 / 11 - w * (1.0 / 13)))))));
    }

    /// The target's y depends on the distance to the apex alone: a polynomial in its square, -1 to 1 over the zone.
    double northing(double place) const {
        const double w = place * place;
        double even = series_[terms - 1];
        double odd = series_[terms - 2];
        for (std::size_t i = terms - 1; i >= 2; i -= 2) {
            even = even * w + series_[i - 2];
            if (i >= 3) odd = odd * w + series_[i - 3];
        }
        return even + place * odd;
    }
    static constexpr std::size_t terms = 15;

    Target target_;
    double false_easting_ = 0;
    double centre_y_ = 0;          ///< northing of the cone's apex
    double inverse_cone_ = 0;      ///< 1 / n
    double radius_ = 0;            ///< a F: the apex' distance at unit t
    double central_meridian_ = 0;  ///< radians
    double x_unit_ = 1;            ///< target units in a radian of longitude
    double middle_ = 0;            ///< square of the distance to the apex, in the middle of the zone
    double stretch_ = 0;
    std::array<double, terms> series_{};  ///< by rising power
};

/// The formulas from EPSG:`source_srid` to `target`; null when there are none, or when on a grid over the zone they do
/// not give what PROJ's best operation gives, within 1e-9 degree or 0.1 mm. Then PROJ must do it.
const ClosedForm* closed_form(int source_srid, const Crs& target);

}  // namespace gis
