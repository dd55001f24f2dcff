#pragma once

#include <memory>
#include <optional>
#include <string_view>

namespace gis {

/// Finds the point that stands for a geometry: a point's own, else one that lies on it. Belongs to one thread.
class InnerPoint {
  public:
    InnerPoint();
    ~InnerPoint();

    struct Position {
        double x = 0;
        double y = 0;
    };
    /// Nothing for an empty geometry and for one that GEOS cannot read.
    std::optional<Position> of(std::string_view wkb);

  private:
    struct Geos;
    std::unique_ptr<Geos> geos_;
};

}  // namespace gis
