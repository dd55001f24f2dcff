#pragma once

#include <vector>

#include "gis/demo/lots.hpp"

namespace gis::demo {

struct Building {
    Ring ring;
    bool light = false;  ///< cadastre type 02, else 01
};

/// Houses, sheds, halls of one lot: strictly inside it, aligned to its street, not touching each other.
std::vector<Building> build_on(const Lot& lot, Random& random);

}  // namespace gis::demo
