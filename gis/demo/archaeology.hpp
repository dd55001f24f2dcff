#pragma once

#include "gis/demo/facts.hpp"
#include "gis/demo/geos.hpp"
#include "gis/demo/outline.hpp"
#include "gis/layer/row.hpp"

namespace gis::demo {

/// Writes archeo.*: the operations of the founding document, with invented footprints, and invented entities.
void write_archaeology(const ParsedFacts& facts, const Outlines& outlines, const Geos& geos, std::uint64_t seed,
                       RowSink& sink);

}  // namespace gis::demo
