#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gis/demo/geos.hpp"
#include "gis/demo/mesh.hpp"
#include "gis/demo/network.hpp"
#include "gis/demo/settlement.hpp"

namespace gis::demo {

/// A piece of a commune between ways: a block of houses, a quarter of fields, a wood.
struct Cell {
    Mesh::Face face;
    Use use = Use::Field;
    bool fringe = false;  ///< open land beside the built-up area
};

/// Cells by number, in the order they were made: neighbours mostly follow each other.
using CellGroup = std::vector<std::size_t>;

struct Section {
    std::string code;               ///< two characters: "AB", "0A"
    std::vector<CellGroup> sheets;  ///< feuilles
};

struct Place {
    std::string name;
    CellGroup cells;
};

/// The layout of one commune. The cells cover it without gap or overlap; sections, sheets, places are groups of cells.
struct CommunePlan {
    Mesh mesh;
    std::vector<Cell> cells;
    std::vector<Section> sections;
    std::vector<Place> places;

    Ring cell_ring(std::size_t cell) const { return mesh.ring(mesh.expanded(cells[cell].face)); }
};

struct CommuneSetting {
    const CommuneFact& commune;
    const Ring& outline;
    Vec centre;
    const Network& network;
    std::size_t index = 0;  ///< of the commune in facts, outlines and network
    double parcels = 0;     ///< wanted, about
    bool mining = false;
    std::uint64_t seed = 0;
};

CommunePlan plan_commune(const CommuneSetting& setting, const Geos& geos);

}  // namespace gis::demo
