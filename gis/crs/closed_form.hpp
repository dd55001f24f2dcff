#pragma once

#include <string>

#include "gis/crs/crs.hpp"

namespace gis {

/// A coordinate transformation by formulas that this program holds itself, several times faster than asking PROJ for
/// each point: from the French Lambert zones (Lambert-93, the conical zones CC42 to CC50) to longitude and latitude,
/// and to web Mercator. x (easting, longitude) before y on both sides. Immutable; any thread may use it.
class ClosedForm {
  public:
    enum class Target { Degrees, WebMercator };

    void apply(double& x, double& y) const;
    /// Turns every position of a WKB geometry in place, whatever its byte order. Heights stay. Throws
    /// std::runtime_error on bytes that are no geometry.
    void apply(std::string& wkb) const;

  private:
    friend const ClosedForm* closed_form(int source_srid, const Crs& target);
    ClosedForm(int source_srid, Target target);
    bool agrees_with_proj(int source_srid, int target_srid) const;

    Target target_;
    double false_easting_ = 0;
    double centre_y_ = 0;          ///< northing of the cone's apex
    double inverse_cone_ = 0;      ///< 1 / n
    double radius_ = 0;            ///< a F: the apex' distance at unit t
    double central_meridian_ = 0;  ///< radians
};

/// The formulas from EPSG:`source_srid` to `target`; null when there are none, or when on a grid over the zone they do
/// not give what PROJ's best operation gives, within 1e-9 degree or 0.1 mm. Then PROJ must do it.
const ClosedForm* closed_form(int source_srid, const Crs& target);

}  // namespace gis
