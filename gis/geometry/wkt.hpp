#pragma once

#include <string_view>

#include "gis/geometry/geometry_literal.hpp"

namespace gis {

/// Reads one geometry at the beginning of `text` as OGC 21-065r2 writes it (WKT, 06-103r4, without curves, measures and
/// EMPTY; `Z` and heights are read and dropped; words in any case), and takes what it read off `text`.
/// Throws InvalidRequest.
GeometryLiteral read_wkt(std::string_view& text, const GeometryReading& reading);

/// The same of a whole text: anything after the geometry is refused.
GeometryLiteral parse_wkt(std::string_view text, const GeometryReading& reading);

/// True for the words that begin a geometry ("polygon", in any case), curves and surfaces too: these `read_wkt`
/// refuses.
bool is_wkt_word(std::string_view word);

}  // namespace gis
