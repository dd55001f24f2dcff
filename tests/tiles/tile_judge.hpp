#pragma once

#include <string>
#include <vector>

#include "tests/support/mvt.hpp"

namespace test {

/// What came of comparing a tile with the oracle's.
struct Judgement {
    std::size_t features = 0;
    std::size_t borderline = 0;  ///< in one tile only, by a unit: at the buffer's edge, or thinner than a unit
    std::size_t moved = 0;   ///< outlines that lie further apart than the tolerance, up to 4 units: repaired otherwise
    std::size_t spikes = 0;  ///< polygons further apart than that, but only by what is not two units wide
    double farthest = 0;     ///< between the outlines of one feature in both tiles, in units
    std::string problem;     ///< the first thing that is wrong; empty: equal
};

/// Same layers, same features (told by id or by all attributes), equal attributes, outlines within `tolerance` units.
Judgement judge_tile(const std::string& ours, const std::string& oracle, double tolerance);

/// Why the feature's polygons are not valid by GEOS, or its rings not turned as MVT 2.1 asks; empty: they are.
std::string polygon_problem(const MvtFeature& feature);

/// Where the polygons of `truth` are and those of `drawn` are not, of that as much as is wider than `width` units: its
/// area, in square units.
double gap_area(const std::vector<MvtFeature>& drawn, const std::vector<MvtFeature>& truth, double width);

/// Area of the feature's polygons, square units.
double polygon_area(const MvtFeature& feature);

}  // namespace test
