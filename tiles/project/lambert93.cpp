#include "tiles/project/lambert93.hpp"

#include <cmath>
#include <numbers>

namespace tiles {

namespace {

constexpr double a = 6378137;  // GRS 80, and the sphere of Web Mercator
constexpr double flattening = 1 / 298.257222101;
constexpr double e2 = flattening * (2 - flattening);
constexpr double degree = std::numbers::pi / 180;
constexpr double false_easting = 700000;
constexpr double false_northing = 6600000;
constexpr double central_meridian = 3 * degree;

double isometric(double phi) {
    const double e = std::sqrt(e2);
    return std::asinh(std::tan(phi)) - e * std::atanh(e * std::sin(phi));
}

double m(double phi) {
    const double s = std::sin(phi);
    return std::cos(phi) / std::sqrt(1 - e2 * s * s);
}

}  // namespace

Lambert93::Lambert93() {
    const double phi_1 = 44 * degree;
    const double phi_2 = 49 * degree;
    n_ = (std::log(m(phi_1)) - std::log(m(phi_2))) / (isometric(phi_2) - isometric(phi_1));
    log_radius_ = std::log(a * m(phi_1) / n_) + n_ * isometric(phi_1);
    rho_origin_ = std::exp(log_radius_ - n_ * isometric(46.5 * degree));
    const double e4 = e2 * e2;
    const double e6 = e4 * e2;
    c2_ = e2 / 2 + 5 * e4 / 24 + e6 / 12;
    c4_ = 7 * e4 / 48 + 29 * e6 / 240;
    c6_ = 7 * e6 / 120;
}

std::pair<double, double> Lambert93::to_mercator(double x, double y) const {
    const double dx = x - false_easting;
    const double dy = rho_origin_ - (y - false_northing);
    const double longitude = central_meridian + std::atan2(dx, dy) / n_;
    const double psi = (log_radius_ - 0.5 * std::log(dx * dx + dy * dy)) / n_;
    // Sine and cosine of the conformal latitude, whose isometric latitude on the sphere is psi.
    const double t = std::exp(-2 * std::abs(psi));
    const double s = std::copysign((1 - t) / (1 + t), psi);
    const double c = 2 * std::sqrt(t) / (1 + t);
    const double sin2 = 2 * s * c;
    const double cos2 = 1 - 2 * s * s;
    const double sin4 = 2 * sin2 * cos2;
    const double sin6 = sin4 * cos2 + (1 - 2 * sin2 * sin2) * sin2;
    const double delta = c2_ * sin2 + c4_ * sin4 + c6_ * sin6;  // geodetic less conformal latitude: below 0.0034
    const double d2 = delta * delta;
    const double sin_phi = s * (1 - d2 / 2 + d2 * d2 / 24) + c * delta * (1 - d2 / 6);
    // asinh(tan(phi)) = psi + e atanh(e sin(phi))
    const double u = e2 * sin_phi * sin_phi;
    const double back = e2 * sin_phi * (1 + u / 3 + u * u / 5 + u * u * u / 7);
    return {a * longitude, a * (psi + back)};
}

}  // namespace tiles
