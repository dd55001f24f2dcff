#pragma once

#include <utility>

namespace tiles {

/// EPSG:2154 to EPSG:3857 in closed form: the inverse of Lambert's conformal conic (EPSG guidance note 7-2, 3.1.1.1)
/// down to the isometric latitude, and from there straight to Mercator, for RGF93 and WGS 84 are the same to a
/// Mercator map. Constants are computed once.
class Lambert93 {
  public:
    Lambert93();
    /// Metres of Lambert-93 to metres of Web Mercator.
    std::pair<double, double> to_mercator(double x, double y) const;

  private:
    double n_ = 0;           // cone constant
    double log_radius_ = 0;  // ln(a F)
    double rho_origin_ = 0;
    double c2_ = 0, c4_ = 0, c6_ = 0;  // conformal to geodetic latitude
};

}  // namespace tiles
