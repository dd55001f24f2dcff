#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace gis {

/// Brings coordinates from one CRS into another, x (easting, longitude) before y on both sides. Belongs to one thread.
class Transformation {
  public:
    /// The best operation PROJ knows for the target's area. Throws InvalidRequest when a code is unknown, or when that
    /// operation needs a grid that is not installed: the reason names the grid and the package, nothing is shifted
    /// silently by metres.
    Transformation(int source_srid, int target_srid);
    ~Transformation();
    Transformation(Transformation&&) noexcept;
    Transformation& operator=(Transformation&&) noexcept;

    /// `count` interleaved x, y pairs, in place. A point without image becomes infinite.
    void apply(double* xy, std::size_t count);

    /// True where the target CRS is meant to be used, with a margin; false for NaN and infinite coordinates.
    bool in_target_area(double min_x, double min_y, double max_x, double max_y) const;

    bool is_identity() const;
    bool target_is_geographic() const;

    /// PROJ's name of the operation; empty when source and target are the same.
    const std::string& operation_name() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace gis
