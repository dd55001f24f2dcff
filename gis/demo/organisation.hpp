#pragma once

#include "gis/demo/facts.hpp"
#include "gis/demo/outline.hpp"
#include "gis/layer/row.hpp"

namespace gis::demo {

/// Writes org.commune, organisation, service and membership.
void write_organisation(const ParsedFacts& facts, const Outlines& outlines, RowSink& sink);

}  // namespace gis::demo
