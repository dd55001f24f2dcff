#pragma once

#include <string>
#include <string_view>

#include "gis/filter/filter.hpp"

namespace gis {

/// What a filter text is about: the layer whose properties it names, and the CRS of its geometries ("filter-crs"; a CRS
/// whose authority puts the northing first is written so).
struct FilterReading {
    const Layer* layer = nullptr;
    Crs crs;
    std::string parameter = "filter";  ///< what an InvalidRequest names
};

/// Reads CQL2 text (OGC 21-065r2, 8.3 and annex B). Functions of servers and array functions do not exist here.
/// Throws InvalidRequest saying what was expected and at which character. The result is still to be bound.
Filter parse_cql2_text(std::string_view text, const FilterReading& reading);

/// Reads CQL2 JSON (OGC 21-065r2, 8.4 and annex C), in the same way; the reason names the path ("args/0/op").
Filter parse_cql2_json(std::string_view text, const FilterReading& reading);

}  // namespace gis
