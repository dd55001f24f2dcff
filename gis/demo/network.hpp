#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gis/demo/facts.hpp"
#include "gis/demo/mesh.hpp"
#include "gis/demo/outline.hpp"

namespace gis::demo {

/// A watercourse: real name, invented course.
struct Watercourse {
    std::string name;
    Way way = Way::Stream;
    Line line;
    double flood_width = 0;  ///< metres each side that the Lawe plan regulates, about; 0: not in the plan
};

/// A main road inside one commune, from its centre to a point of its border.
struct MainRoad {
    std::size_t commune = 0;
    Line line;
};

/// The lines that cross communes and that everything else is laid out around.
struct Network {
    std::vector<Watercourse> water;
    std::vector<MainRoad> roads;
};

Network make_network(const ParsedFacts& facts, const Outlines& outlines, std::uint64_t seed);

}  // namespace gis::demo
