#include "gis/crs/closed_form.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <numbers>
#include <optional>
#include <vector>

#include "gis/crs/transformation.hpp"
#include "gis/error.hpp"
#include "gis/write/wkb_cursor.hpp"

namespace gis {

namespace {

// GRS 80, of RGF93 and, to a tenth of a millimetre, of WGS 84.
constexpr double semi_major = 6378137;
constexpr double flattening = 1 / 298.257222101;
constexpr double e2 = flattening * (2 - flattening);
constexpr double radians = std::numbers::pi / 180;

/// A conformal cone with two standard parallels; EPSG method 9802.
struct Cone {
    double origin_latitude, central_meridian, first_parallel, second_parallel;  ///< degrees
    double false_easting, false_northing;                                       ///< metres
    double reach;  ///< degrees of latitude to either side of the origin, where its area of use ends at the latest
};

std::optional<Cone> cone_of(int srid) {
    if (srid == 2154) return Cone{46.5, 3, 49, 44, 700'000, 6'600'000, 6};
    if (srid < 3942 || srid > 3950) return std::nullopt;
    const int parallel = srid - 3900;  // EPSG:3950 is CC50, around 50° north
    return Cone{static_cast<double>(parallel),   3,  parallel - 0.75, parallel + 0.75, 1'700'000,
                (parallel - 41) * 1e6 + 200'000, 2.5};
}

std::optional<ClosedForm::Target> target_of(int srid) {
    if (srid == 4326 || srid == 4258 || srid == 4171) return ClosedForm::Target::Degrees;
    if (srid == 3857) return ClosedForm::Target::WebMercator;
    return std::nullopt;
}

double m_of(double latitude) {
    const double s = std::sin(latitude);
    return std::cos(latitude) / std::sqrt(1 - e2 * s * s);
}

double t_of(double latitude) {
    const double e = std::sqrt(e2);
    const double es = e * std::sin(latitude);
    return std::tan(std::numbers::pi / 4 - latitude / 2) / std::pow((1 - es) / (1 + es), e / 2);
}

/// Conformal to geodetic latitude: the series in sin 2x, sin 4x, sin 6x, sin 8x of J. P. Snyder, "Map Projections - A
/// Working Manual" (USGS PP 1395, 3-5), re-arranged in powers of cos 2x. What is left out is below 1e-10 degree.
constexpr double s2 = e2 / 2 + 5 * e2 * e2 / 24 + e2 * e2 * e2 / 12 + 13 * e2 * e2 * e2 * e2 / 360;
constexpr double s4 = 7 * e2 * e2 / 48 + 29 * e2 * e2 * e2 / 240 + 811 * e2 * e2 * e2 * e2 / 11520;
constexpr double s6 = 7 * e2 * e2 * e2 / 120 + 81 * e2 * e2 * e2 * e2 / 1120;
constexpr double s8 = 4279 * e2 * e2 * e2 * e2 / 161280;
constexpr double p0 = s2 - s6;
constexpr double p1 = 2 * s4 - 4 * s8;
constexpr double p2 = 4 * s6;
constexpr double p3 = 8 * s8;

}  // namespace

ClosedForm::ClosedForm(int source_srid, Target target) : target_(target) {
    const Cone cone = cone_of(source_srid).value();
    const double first = cone.first_parallel * radians;
    const double second = cone.second_parallel * radians;
    const double n =
        (std::log(m_of(first)) - std::log(m_of(second))) / (std::log(t_of(first)) - std::log(t_of(second)));
    inverse_cone_ = 1 / n;
    radius_ = semi_major * m_of(first) / (n * std::pow(t_of(first), n));
    false_easting_ = cone.false_easting;
    centre_y_ = cone.false_northing + radius_ * std::pow(t_of(cone.origin_latitude * radians), n);
    central_meridian_ = cone.central_meridian * radians;
    x_unit_ = target == Target::Degrees ? 1 / radians : semi_major;
    const auto distance = [&](double latitude) { return radius_ * std::pow(t_of(latitude * radians), n); };
    fit(distance(cone.origin_latitude + cone.reach), distance(cone.origin_latitude - cone.reach));
}

/// Interpolates at Chebyshev's points, then gathers by powers. Over such a zone each term is a tenth of the one before.
void ClosedForm::fit(double lowest, double highest) {
    middle_ = (lowest * lowest + highest * highest) / 2;
    stretch_ = 2 / (highest * highest - lowest * lowest);
    std::array<double, terms> values;
    for (std::size_t k = 0; k < terms; ++k) {
        const double place = std::cos(std::numbers::pi * (static_cast<double>(k) + 0.5) / terms);
        double x = false_easting_;
        double y = centre_y_ - std::sqrt(middle_ + place / stretch_);
        exactly(x, y);
        values[k] = y;
    }
    std::array<double, terms> previous{1};  // Chebyshev polynomials by powers: T0, T1 ...
    std::array<double, terms> current{0, 1};
    for (std::size_t j = 0; j < terms; ++j) {
        double coefficient = 0;
        for (std::size_t k = 0; k < terms; ++k) {
            coefficient += values[k] *
                           std::cos(std::numbers::pi * static_cast<double>(j) * (static_cast<double>(k) + 0.5) / terms);
        }
        coefficient *= (j == 0 ? 1.0 : 2.0) / terms;
        for (std::size_t i = 0; i < terms; ++i) series_[i] += coefficient * previous[i];
        std::array<double, terms> next{};
        for (std::size_t i = 0; i < terms; ++i) next[i] = (i > 0 ? 2 * current[i - 1] : 0) - previous[i];
        previous = current;
        current = next;
    }
}

void ClosedForm::exactly(double& x, double& y) const {
    const double east = x - false_easting_;
    const double south = centre_y_ - y;
    const double longitude = std::atan2(east, south) * inverse_cone_ + central_meridian_;
    const double t = std::exp(std::log((east * east + south * south) / (radius_ * radius_)) * (inverse_cone_ / 2));
    // The conformal latitude is pi / 2 - 2 atan t; its double angle's sine and cosine follow from t alone.
    const double scale = 1 / (1 + t * t);
    const double sine = (1 - t * t) * scale;
    const double cosine = 2 * t * scale;
    const double sine2 = 2 * sine * cosine;
    const double cosine2 = 1 - 2 * sine * sine;
    const double latitude =
        std::numbers::pi / 2 - 2 * std::atan(t) + sine2 * (p0 + cosine2 * (p1 + cosine2 * (p2 + cosine2 * p3)));
    if (target_ == Target::Degrees) {
        x = longitude / radians;
        y = latitude / radians;
    } else {
        x = semi_major * longitude;
        y = semi_major * std::asinh(std::tan(latitude));
    }
}

namespace {

/// Walks over a WKB geometry and turns its positions where they stand.
class Turner {
  public:
    Turner(const ClosedForm& form, std::string& wkb) : form_(form), wkb_(wkb) {}

    void geometry(int depth) {
        if (depth > WkbCursor::max_depth) throw std::runtime_error("WKB: collections too deep");
        WkbCursor cursor(std::string_view(wkb_).substr(at_));
        const std::uint32_t type = cursor.header();
        swap_ = (wkb_[at_] == 1) != (std::endian::native == std::endian::little);
        at_ = wkb_.size() - cursor.rest().size();
        const std::size_t stride = std::size_t{8} * (2U + cursor.has_z() + cursor.has_m());
        switch (type) {
            case WkbCursor::Point:
                return positions(1, stride);
            case WkbCursor::LineString:
                return positions(count(), stride);
            case WkbCursor::Polygon:
                for (std::uint32_t rings = count(); rings > 0; --rings) positions(count(), stride);
                return;
            default:
                if (type > WkbCursor::GeometryCollection) throw std::runtime_error("WKB: unexpected geometry type");
                for (std::uint32_t parts = count(); parts > 0; --parts) geometry(depth + 1);
        }
    }

  private:
    template <typename Number>
    Number load(std::size_t at) const {
        std::array<char, sizeof(Number)> bytes;
        std::memcpy(bytes.data(), wkb_.data() + at, bytes.size());
        if (swap_) std::reverse(bytes.begin(), bytes.end());
        return std::bit_cast<Number>(bytes);
    }

    void store(std::size_t at, double value) {
        auto bytes = std::bit_cast<std::array<char, 8>>(value);
        if (swap_) std::reverse(bytes.begin(), bytes.end());
        std::memcpy(wkb_.data() + at, bytes.data(), bytes.size());
    }

    std::uint32_t count() {
        if (wkb_.size() - at_ < 4) throw std::runtime_error("WKB: too short");
        const auto value = load<std::uint32_t>(at_);
        at_ += 4;
        return value;
    }

    void positions(std::size_t count, std::size_t stride) {
        if ((wkb_.size() - at_) / stride < count) throw std::runtime_error("WKB: too short");
        for (; count > 0; --count, at_ += stride) {
            double x = load<double>(at_);
            double y = load<double>(at_ + 8);
            form_.apply(x, y);
            store(at_, x);
            store(at_ + 8, y);
        }
    }

    const ClosedForm& form_;
    std::string& wkb_;
    std::size_t at_ = 0;
    bool swap_ = false;
};

}  // namespace

void ClosedForm::apply(std::string& wkb) const {
    Turner(*this, wkb).geometry(0);
}

bool ClosedForm::agrees_with_proj(int source_srid, int target_srid) const {
    constexpr int steps = 16;
    const auto source = crs_from_epsg(source_srid);
    if (!source) return false;
    const GeographicBox& area = source->native_area;
    std::vector<double> points;
    for (int i = 0; i <= steps; ++i) {
        for (int j = 0; j <= steps; ++j) {
            points.push_back(area.west + (area.east - area.west) * i / steps);
            points.push_back(area.south + (area.north - area.south) * j / steps);
        }
    }
    std::vector<double> expected = points;
    try {
        Transformation(source_srid, target_srid).apply(expected.data(), expected.size() / 2);
    } catch (const InvalidRequest&) {
        return false;
    }
    const double tolerance = target_ == Target::Degrees ? 1e-9 : 1e-4;
    for (std::size_t i = 0; i < points.size(); i += 2) {
        apply(points[i], points[i + 1]);
        const bool same =
            std::abs(points[i] - expected[i]) <= tolerance && std::abs(points[i + 1] - expected[i + 1]) <= tolerance;
        if (!same) return false;
    }
    return true;
}

const ClosedForm* closed_form(int source_srid, const Crs& target) {
    static std::mutex mutex;
    static std::map<std::pair<int, int>, std::unique_ptr<const ClosedForm>> known;
    const auto kind = target_of(target.srid);
    if (!kind || !cone_of(source_srid)) return nullptr;
    const std::lock_guard lock(mutex);
    const auto [entry, is_new] = known.try_emplace({source_srid, target.srid});
    if (is_new) {
        std::unique_ptr<const ClosedForm> made(new ClosedForm(source_srid, *kind));
        if (made->agrees_with_proj(source_srid, target.srid)) entry->second = std::move(made);
    }
    return entry->second.get();
}

}  // namespace gis
