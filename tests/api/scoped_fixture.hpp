#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "tests/api/tile_fixture.hpp"

namespace test {

/// The features of a tile; their ids are properties.
std::set<std::string> ids_of(const std::string& tile);

/// Tiles of callers who see parts of layers, held against what the policies of the database give them.
class ScopedTest : public TileTest {
  protected:
    /// A line of right on the layer for a person, who is made when needed. `codes`: of communes, "all", or "" (none).
    void give(const std::string& login, const std::string& layer, const std::string& codes, const std::string& rights);
    /// An engagement of that person on the layer, over a box in Lambert-93.
    void engage(const std::string& login, const std::string& layer, const std::string& box, const std::string& rights);

    /// The tile as the server answers it to a person ("": to nobody); empty too where he has no such layer.
    std::string answered(const std::string& login, const std::string& layer, tiles::TileCoord at);
    /// The tile made of the rows that the policies give.
    std::string by_policies(const std::string& login, const gis::Layer& layer, tiles::TileCoord at);
    /// Fails when they are not the same bytes. The number of features.
    std::size_t expect_right(const std::string& login, const gis::Layer& layer, tiles::TileCoord at);

    /// Tiles of the layer that came from memory so far.
    std::uint64_t from_memory(const std::string& layer);
    gis::Layer declared(const std::string& layer);
};

}  // namespace test
