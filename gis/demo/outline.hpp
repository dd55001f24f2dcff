#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gis/demo/facts.hpp"
#include "gis/demo/plane.hpp"

namespace gis::demo {

/// A border two communes share, or a commune and the outside.
struct Border {
    std::size_t a = 0;
    std::size_t b = 0;        ///< `outside` when nobody's
    std::vector<Point> line;  ///< from node to node; `a` lies on its left
    static constexpr std::size_t outside = static_cast<std::size_t>(-1);
};

struct Outlines {
    std::vector<Ring> communes;  ///< in the order of the facts
    std::vector<Vec> centres;    ///< where the roads meet: the true centre, or as near to it as the outline allows
    std::vector<Border> borders;
};

/// Schematic outlines from centre and area alone: a power diagram whose weights are relaxed until the areas fit, with
/// edges roughened once for both neighbours. No gap and no overlap: neighbours share their border's points exactly.
Outlines make_outlines(const std::vector<CommuneFact>& communes, std::uint64_t seed);

}  // namespace gis::demo
