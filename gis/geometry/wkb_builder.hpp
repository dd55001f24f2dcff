#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gis/geometry/geometry_literal.hpp"

namespace gis {

/// The kinds of ISO 19125 (WKB numbers).
enum class WkbType : std::uint32_t {
    Point = 1,
    LineString,
    Polygon,
    MultiPoint,
    MultiLineString,
    MultiPolygon,
    GeometryCollection
};

/// Writes WKB while a text is read, and refuses what no simple feature is: coordinates that are not finite or that no
/// longitude can be, lines of one position, rings that are short or open, empty parts, too many positions.
/// Parts are begun before and ended after what they hold; counts are written when a part ends.
class WkbBuilder {
  public:
    explicit WkbBuilder(const GeometryReading& reading) : reading_(reading) {}

    void begin(WkbType type);
    /// A ring of a polygon, which has no header of its own.
    void begin_ring();
    void end();
    /// In the order of the text; heights are the reader's to skip.
    void position(double first, double second);

    /// Throws InvalidRequest: the reason after the reading's field.
    [[noreturn]] void refuse(std::string_view reason) const;
    std::string take() { return std::move(wkb_); }

  private:
    struct Open {
        WkbType type;
        bool ring;
        std::size_t count_at;  ///< where its count stands; a point has none
        std::uint32_t count = 0;
        double first_x = 0, first_y = 0, last_x = 0, last_y = 0;
    };
    template <typename Number>
    void append(Number value);
    void check(const Open& part) const;
    void count_in_parent();

    GeometryReading reading_;
    std::string wkb_;
    std::vector<Open> open_;
    std::size_t positions_ = 0;
};

}  // namespace gis
