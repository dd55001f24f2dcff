#pragma once

#include <cstddef>
#include <vector>

#include "gis/demo/geos.hpp"
#include "gis/demo/mesh.hpp"
#include "gis/demo/random.hpp"
#include "gis/demo/settlement.hpp"

namespace gis::demo {

/// The land of a cell that is left when the ways around it have taken their width.
struct Block {
    Ring ring;
    std::vector<Way> ways;  ///< along the edge that starts at each point; None where the neighbour's land follows
};

/// Usually one block, none when the ways take all, several when they cut it through.
std::vector<Block> blocks_of(const Mesh& mesh, const Mesh::Face& face, const Geos& geos);

/// How the houses of one row stand: common to the row, as one builder built it.
struct RowStyle {
    double setback = 4;  ///< metres from the street
    double depth = 9;    ///< of the houses
    int joined = 0;      ///< sides where a house touches its neighbour: 0, 1 (pairs), 2 (terrace)
};

/// One parcel.
struct Lot {
    Ring ring;
    std::vector<Way> ways;  ///< as in Block
    Use use = Use::Field;
    RowStyle style;
    int index = 0;        ///< in its row
    bool garden = false;  ///< behind another lot: no house
};

/// Cuts a block into parcels that share their limits exactly. Neighbours mostly follow each other.
std::vector<Lot> divide_block(const Block& block, Use use, Random random);

}  // namespace gis::demo
