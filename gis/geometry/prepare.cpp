#include "gis/geometry/prepare.hpp"

#include <fmt/format.h>
#include <geos_c.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "gis/crs/transformation.hpp"
#include "gis/error.hpp"
#include "gis/geometry/wkb_builder.hpp"

namespace gis {

namespace {

constexpr double longest_edge_metres = 2000;
constexpr double longest_edge_degrees = 0.02;
constexpr double most_added_positions = 20'000;  // longer steps for a literal that would need more
constexpr std::size_t remembered_transformations = 16;

/// Making one reads PROJ's database: some milliseconds.
Transformation& transformation_between(int source, int target) {
    thread_local std::map<std::pair<int, int>, Transformation> known;
    const auto found = known.find({source, target});
    if (found != known.end()) return found->second;
    if (known.size() >= remembered_transformations) known.clear();
    return known.emplace(std::pair(source, target), Transformation(source, target)).first->second;
}

/// Goes through WKB that a WkbBuilder made (little endian, two dimensions) and writes it again.
class Rewriter {
  public:
    Rewriter(std::string_view wkb, Transformation& transformation, double step)
        : rest_(wkb), transformation_(transformation), step_(step) {}

    void geometry() {
        copy(1);
        const auto type = static_cast<WkbType>(copied_number());
        if (type == WkbType::Point) {
            positions(1, false);
            return;
        }
        const std::uint32_t count = type == WkbType::LineString ? 1 : copied_number();
        for (std::uint32_t i = 0; i < count; ++i) {
            if (type == WkbType::LineString || type == WkbType::Polygon) {
                positions(number(), true);
            } else {
                geometry();
            }
        }
    }

    std::string out;
    bool all_finite = true;

  private:
    void positions(std::uint32_t count, bool counted) {
        std::vector<double> given(2 * std::size_t{count});
        std::memcpy(given.data(), rest_.data(), given.size() * sizeof(double));
        rest_.remove_prefix(given.size() * sizeof(double));
        std::vector<double> xy = with_points_between(given);
        transformation_.apply(xy.data(), xy.size() / 2);
        all_finite = all_finite && std::all_of(xy.begin(), xy.end(), [](double v) { return std::isfinite(v); });
        if (counted) append(static_cast<std::uint32_t>(xy.size() / 2));
        out.append(reinterpret_cast<const char*>(xy.data()), xy.size() * sizeof(double));
    }

    std::vector<double> with_points_between(const std::vector<double>& given) const {
        std::vector<double> xy{given[0], given[1]};
        for (std::size_t i = 2; i < given.size(); i += 2) {
            const double dx = given[i] - given[i - 2];
            const double dy = given[i + 1] - given[i - 1];
            const double pieces = std::max(1.0, std::ceil(std::hypot(dx, dy) / step_));
            for (double piece = 1; piece < pieces; ++piece) {
                xy.push_back(given[i - 2] + dx * piece / pieces);
                xy.push_back(given[i - 1] + dy * piece / pieces);
            }
            xy.push_back(given[i]);
            xy.push_back(given[i + 1]);
        }
        return xy;
    }

    std::uint32_t number() {
        std::uint32_t value = 0;
        std::memcpy(&value, rest_.data(), sizeof value);
        rest_.remove_prefix(sizeof value);
        return value;
    }
    std::uint32_t copied_number() {
        const std::uint32_t value = number();
        append(value);
        return value;
    }
    void append(std::uint32_t value) { out.append(reinterpret_cast<const char*>(&value), sizeof value); }
    void copy(std::size_t bytes) {
        out.append(rest_.substr(0, bytes));
        rest_.remove_prefix(bytes);
    }

    std::string_view rest_;
    Transformation& transformation_;
    double step_;
};

struct GeosDeleter {
    GEOSContextHandle_t context;
    void operator()(GEOSGeometry* geometry) const { GEOSGeom_destroy_r(context, geometry); }
    void operator()(GEOSWKBReader* reader) const { GEOSWKBReader_destroy_r(context, reader); }
    void operator()(GEOSWKBWriter* writer) const { GEOSWKBWriter_destroy_r(context, writer); }
    void operator()(char* text) const { GEOSFree_r(context, text); }
    void operator()(unsigned char* bytes) const { GEOSFree_r(context, bytes); }
};
template <typename T>
using GeosPtr = std::unique_ptr<T, GeosDeleter>;

struct GeosContext {
    GEOSContextHandle_t handle = GEOS_init_r();
    GeosContext() = default;
    GeosContext(const GeosContext&) = delete;
    GeosContext& operator=(const GeosContext&) = delete;
    ~GeosContext() { GEOS_finish_r(handle); }
    GeosDeleter deleter() const { return {handle}; }
};

GeosPtr<GEOSGeometry> geometry_of_wkb(const GeosContext& geos, const std::string& wkb) {
    const GeosPtr<GEOSWKBReader> reader(GEOSWKBReader_create_r(geos.handle), geos.deleter());
    const auto* bytes = reinterpret_cast<const unsigned char*>(wkb.data());
    return {GEOSWKBReader_read_r(geos.handle, reader.get(), bytes, wkb.size()), geos.deleter()};
}

/// Why the geometry is not valid, and where; empty: it is.
std::string defect_of(const GeosContext& geos, const GEOSGeometry& geometry) {
    char* reason = nullptr;
    GEOSGeometry* place = nullptr;
    const char valid = GEOSisValidDetail_r(geos.handle, &geometry, 0, &reason, &place);
    const GeosPtr<char> owned_reason(reason, geos.deleter());
    const GeosPtr<GEOSGeometry> owned_place(place, geos.deleter());
    if (valid == 1) return "";
    double x = 0;
    double y = 0;
    const bool placed =
        place != nullptr && GEOSGeomGetX_r(geos.handle, place, &x) == 1 && GEOSGeomGetY_r(geos.handle, place, &y) == 1;
    return (reason == nullptr ? std::string("not valid") : std::string(reason)) +
           (placed ? fmt::format(" at x {} y {}", x, y) : "");
}

std::uint32_t type_of_wkb(std::string_view wkb) {
    std::uint32_t type = 0;
    std::memcpy(&type, wkb.data() + 1, sizeof type);
    return type;
}

constexpr auto collection = static_cast<std::uint32_t>(WkbType::GeometryCollection);

/// Length of the geometry at the beginning of `wkb`; the members of collections are gathered in `singles`, without
/// multi-geometries and collections around them.
std::size_t gather(std::string_view wkb, std::vector<std::string_view>& singles) {
    const auto number_at = [&](std::size_t at) {
        std::uint32_t value = 0;
        std::memcpy(&value, wkb.data() + at, sizeof value);
        return std::size_t{value};
    };
    const auto type = static_cast<WkbType>(type_of_wkb(wkb));
    std::size_t at = 5;
    switch (type) {
        case WkbType::Point:
            at += 16;
            break;
        case WkbType::LineString:
            at += 4 + 16 * number_at(at);
            break;
        case WkbType::Polygon: {
            const std::size_t rings = number_at(at);
            at += 4;
            for (std::size_t i = 0; i < rings; ++i) at += 4 + 16 * number_at(at);
            break;
        }
        default: {
            const std::size_t parts = number_at(at);
            at += 4;
            for (std::size_t i = 0; i < parts; ++i) at += gather(wkb.substr(at), singles);
            return at;
        }
    }
    singles.push_back(wkb.substr(0, at));
    return at;
}

/// A collection of one kind as the multi-geometry of that kind.
std::string homogeneous(const std::string& wkb) {
    if (type_of_wkb(wkb) != collection) return wkb;
    std::vector<std::string_view> singles;
    gather(wkb, singles);
    const std::uint32_t kind = type_of_wkb(singles.front());
    if (!std::all_of(singles.begin(), singles.end(), [&](std::string_view s) { return type_of_wkb(s) == kind; }))
        return wkb;
    const std::uint32_t multi = kind + 3;
    const auto count = static_cast<std::uint32_t>(singles.size());
    std::string result(1, '\1');
    result.append(reinterpret_cast<const char*>(&multi), sizeof multi);
    result.append(reinterpret_cast<const char*>(&count), sizeof count);
    for (const std::string_view single : singles) result += single;
    return result;
}

}  // namespace

GeometryLiteral prepare_geometry(const GeometryLiteral& geometry, const Crs& target, const std::string& field) {
    GeometryLiteral prepared{homogeneous(geometry.wkb), target};
    const GeosContext geos;
    const auto shape = geometry_of_wkb(geos, prepared.wkb);
    if (!shape) throw InvalidRequest(field, "the geometry cannot be read");
    if (const std::string defect = defect_of(geos, *shape); !defect.empty())
        throw InvalidRequest(field, "the geometry is not valid: " + defect);
    if (geometry.crs.srid == target.srid) return prepared;
    double length = 0;
    GEOSLength_r(geos.handle, shape.get(), &length);
    const double step = geometry.crs.geographic ? longest_edge_degrees : longest_edge_metres;
    Rewriter rewriter(prepared.wkb, transformation_between(geometry.crs.srid, target.srid),
                      std::max(step, length / most_added_positions));
    rewriter.geometry();
    if (!rewriter.all_finite) {
        throw InvalidRequest(
            field, fmt::format("the geometry reaches where {} is not defined ({})", target.code(), target.name));
    }
    prepared.wkb = std::move(rewriter.out);
    return prepared;
}

struct ValidityCheck::Geos {
    GeosContext context;
};

ValidityCheck::ValidityCheck() : geos_(std::make_unique<const Geos>()) {}
ValidityCheck::~ValidityCheck() = default;

std::string ValidityCheck::defect(const std::string& wkb) const {
    const auto shape = geometry_of_wkb(geos_->context, wkb);
    return shape ? defect_of(geos_->context, *shape) : "the geometry cannot be read";
}

bool is_mixed_collection(const GeometryLiteral& geometry) {
    return type_of_wkb(geometry.wkb) == collection;
}

}  // namespace gis
