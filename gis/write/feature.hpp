#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

namespace gis {

/// A value as it leaves the database. Dates and times are ISO 8601 text: "2026-01-31", "2026-01-31T12:00:00.000Z".
using Scalar = std::variant<std::monostate, bool, std::int64_t, double, std::string_view>;

/// A feature as it leaves the database; the views live until the next one is read.
struct Feature {
    std::string_view id;
    std::string_view wkb;            ///< ISO WKB in the output CRS, x before y, either byte order; empty: no geometry
    std::span<const Scalar> values;  ///< in the order of the fields that were asked for
};

}  // namespace gis
