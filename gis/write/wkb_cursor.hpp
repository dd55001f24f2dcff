#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string_view>

namespace gis {

/// Reads well-known binary (ISO or PostGIS's extended form, either byte order) piece after piece. Throws
/// std::runtime_error on bytes that are no geometry: what the database gave is never that.
class WkbCursor {
  public:
    enum Type : std::uint32_t {
        Point = 1,
        LineString,
        Polygon,
        MultiPoint,
        MultiLineString,
        MultiPolygon,
        GeometryCollection
    };
    static constexpr int max_depth = 8;  ///< collections inside collections

    explicit WkbCursor(std::string_view wkb) : rest_(wkb) {}

    /// Byte order and type of the next geometry; the dimensions hold for the coordinates that follow.
    std::uint32_t header() {
        if (rest_.empty()) throw std::runtime_error("WKB: too short");
        swap_ = (rest_.front() == 1) != (std::endian::native == std::endian::little);
        rest_.remove_prefix(1);
        std::uint32_t type = number<std::uint32_t>();
        has_z_ = (type & 0x80000000U) != 0;
        has_m_ = (type & 0x40000000U) != 0;
        if ((type & 0x20000000U) != 0) number<std::uint32_t>();  // the SRID of the extended form
        type &= 0x0fffffffU;
        const std::uint32_t dimensions = type / 1000;
        has_z_ = has_z_ || dimensions == 1 || dimensions == 3;
        has_m_ = has_m_ || dimensions == 2 || dimensions == 3;
        return type % 1000;
    }

    std::uint32_t count() { return number<std::uint32_t>(); }

    struct Position {
        double x = 0;
        double y = 0;
        double z = 0;
    };
    Position position() {
        Position p;
        p.x = number<double>();
        p.y = number<double>();
        if (has_z_) p.z = number<double>();
        if (has_m_) number<double>();
        return p;
    }

    /// True before the coordinates of an empty point: WKB has none but NaN. They are read then.
    bool skip_empty_point() {
        double x = 0;
        if (rest_.size() >= sizeof x) std::memcpy(&x, rest_.data(), sizeof x);
        if (swap_) x = swapped(x);
        if (!std::isnan(x)) return false;
        position();
        return true;
    }

    bool has_z() const { return has_z_; }
    bool has_m() const { return has_m_; }
    bool at_end() const { return rest_.empty(); }
    std::string_view rest() const { return rest_; }

  private:
    template <typename Number>
    static Number swapped(Number value) {
        auto bytes = std::bit_cast<std::array<char, sizeof(Number)>>(value);
        std::reverse(bytes.begin(), bytes.end());
        return std::bit_cast<Number>(bytes);
    }

    template <typename Number>
    Number number() {
        if (rest_.size() < sizeof(Number)) throw std::runtime_error("WKB: too short");
        Number value;
        std::memcpy(&value, rest_.data(), sizeof(Number));
        rest_.remove_prefix(sizeof(Number));
        return swap_ ? swapped(value) : value;
    }

    std::string_view rest_;
    bool swap_ = false;
    bool has_z_ = false;
    bool has_m_ = false;
};

inline bool has_heights(std::string_view wkb) {
    WkbCursor cursor(wkb);
    cursor.header();
    return cursor.has_z();
}

/// True for a point without coordinates and for anything without parts.
inline bool is_empty_geometry(std::string_view wkb) {
    WkbCursor cursor(wkb);
    return cursor.header() == WkbCursor::Point ? cursor.skip_empty_point() : cursor.count() == 0;
}

}  // namespace gis
