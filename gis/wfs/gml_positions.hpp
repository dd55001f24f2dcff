#pragma once

#include <pugixml.hpp>
#include <string>
#include <vector>

// The many ways GML writes coordinates.

namespace gis::wfs {

struct Position {
    double x = 0;
    double y = 0;
    double z = 0;
    friend bool operator==(const Position&, const Position&) = default;
};

struct Positions {
    std::vector<Position> list;
    bool has_z = false;
};

/// Reads what stands in `element`: pos, posList, coordinates (with cs, ts, decimal), coord with X, Y and Z,
/// lowerCorner and upperCorner, pointProperty and pointMember. At most `most` positions; `northing_first` turns them.
/// Throws ServiceError at `locator`.
Positions read_positions(const pugi::xml_node& element, bool northing_first, std::size_t most,
                         const std::string& locator);

}  // namespace gis::wfs
