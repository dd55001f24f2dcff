#pragma once

#include "gis/demo/facts.hpp"
#include "gis/demo/geos.hpp"
#include "gis/demo/network.hpp"
#include "gis/demo/outline.hpp"
#include "gis/layer/row.hpp"

namespace gis::demo {

/// Writes risque.*: the anticipated plan of the Lawe with its zones, the prescribed plan of the Clarence with its
/// perimeter only (a prescribed plan binds nobody yet), the industrial emergency plan without geometry.
/// The procedures are written before what refers to them.
void write_risk(const ParsedFacts& facts, const Outlines& outlines, const Network& network, const Geos& geos,
                std::uint64_t seed, RowSink& sink);

}  // namespace gis::demo
