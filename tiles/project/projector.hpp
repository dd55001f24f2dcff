#pragma once

#include <cstddef>
#include <memory>

#include "tiles/project/world.hpp"

namespace tiles {

/// Brings coordinates of one CRS to the world grid. The Lambert zones (gis::closed_form), Web Mercator and WGS 84 by
/// formula, any other by PROJ. Belongs to one thread.
class Projector {
  public:
    /// Throws gis::InvalidRequest when PROJ knows no sound transformation of EPSG:`srid` to Web Mercator.
    explicit Projector(int srid);
    ~Projector();
    Projector(Projector&&) noexcept;

    /// `xy` holds `count` pairs, x before y; they are overwritten. False when a point has no image.
    bool to_world(double* xy, std::size_t count, WorldPoint* points);

  private:
    void to_mercator(double* xy, std::size_t count);

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The calling thread's projector of that CRS: one for PROJ takes milliseconds to make.
Projector& thread_projector(int srid);

}  // namespace tiles
