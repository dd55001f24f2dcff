#pragma once

#include <span>
#include <string>
#include <vector>

#include "gis/crs/crs.hpp"

namespace gis {

/// A CRS that puts coordinates of unknown origin where they are expected.
struct CrsProposal {
    int srid = 0;
    std::string name;
    bool swapped = false;   ///< x and y must change places first
    double confidence = 0;  ///< 0 to 1: the share of positions inside, less what is doubtful
    std::string reason;     ///< French
    GeographicBox box;      ///< where the positions come to lie
};

/// Below this nobody but a person may choose it.
inline constexpr double sure_enough = 0.8;

/// Which of the systems in use in France put `xy` (interleaved) into `territory`, also with axes swapped or, doubtful,
/// a sign lost; the surest first, at most five. Empty when none does.
std::vector<CrsProposal> propose_crs(std::span<const double> xy, const GeographicBox& territory);

}  // namespace gis
