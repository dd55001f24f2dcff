#pragma once

#include <memory>
#include <string>

#include "gis/read/shape.hpp"

namespace gis::read {

/// True only when a polygon is valid beyond doubt (OGC 06-103r4, 6.1.11): no two edges meet except neighbours at their
/// common vertex, holes lie inside. Exact where it says yes (floating-point filter of Shewchuk 1997); where it says no
/// the polygon may still be valid, and GEOS decides. Rings must be closed. One polygon only; several parts are a no.
bool surely_valid(const Shape& shape);

/// Validity and repair by GEOS. Belongs to one thread.
class Repairer {
  public:
    Repairer();
    ~Repairer();
    Repairer(const Repairer&) = delete;
    Repairer& operator=(const Repairer&) = delete;

    /// Why a polygon is not valid, in French; empty when it is.
    std::string why_invalid(const Shape& shape);

    /// The polygons of what GEOS makes valid of it; empty when no area is left.
    Shape repaired(const Shape& shape);

    /// One area for several: pieces of one section on several sheets.
    Shape united(const Shape& a, const Shape& b);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace gis::read
