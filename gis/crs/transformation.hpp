#pragma once

#include <memory>
#include <optional>

#include "gis/crs/envelope.hpp"

namespace gis {

/// Coordinates from one Crs to another, x before y on both sides. Belongs to one thread at a time (PROJ's context
/// does).
class Transformation {
  public:
    /// Throws gis::Unavailable when PROJ knows no operation between the two.
    Transformation(const Crs& from, const Crs& to);
    ~Transformation();
    Transformation(Transformation&&) noexcept;
    Transformation& operator=(Transformation&&) noexcept;

    struct Point {
        double x = 0;
        double y = 0;
    };
    /// Nothing where the operation is not defined.
    std::optional<Point> transform(Point point) const;

    /// The smallest box holding the transformed edges of `envelope` (densified, for edges become curves).
    /// Nothing where the operation is not defined.
    std::optional<Envelope> transform(const Envelope& envelope) const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// The CRS's area of use as an envelope in that CRS; the world where PROJ gives none.
Envelope area_of_use(const Crs& crs);

}  // namespace gis
