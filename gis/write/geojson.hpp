#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "gis/layer/layer.hpp"

namespace gis {

/// A value as it leaves the database.
using Scalar = std::variant<std::monostate, bool, std::int64_t, double, std::string_view>;

/// A feature as it leaves the database; the views live as long as the row does.
struct Feature {
    std::string_view id;
    std::string_view wkb;                    ///< ISO WKB, either byte order; empty: no geometry
    std::span<const Scalar> values;          ///< in the order of `fields`
    std::span<const Field* const> fields{};  ///< what the values are of; empty: the layer's fields in order
};

/// A JSON string with its quotes. `text` is UTF-8.
void append_json_string(std::string& out, std::string_view text);

/// `value` with at most `decimals` digits after the point, without trailing zeros. Finite values only.
void append_decimal(std::string& out, double value, int decimals);

/// A GeoJSON geometry (RFC 7946) from WKB. `northing_first` swaps x and y, as the CRS's authority wants them.
/// Z is kept, M dropped. Throws std::runtime_error on WKB that is no simple-feature geometry.
void append_geojson_geometry(std::string& out, std::string_view wkb, bool northing_first, int decimals);

/// Digits that lose nothing a cadastre holds: 1e-8 degree is a millimetre, and 1e-4 metre a tenth of one.
inline int coordinate_decimals(const Crs& crs) {
    return crs.geographic ? 8 : 4;
}

/// {"type":"Feature","id":...,"geometry":...,"properties":{...}` without the closing brace, so that a caller may add
/// members.
void append_geojson_feature(std::string& out, const Layer& layer, const Feature& feature, const Crs& output_crs);

}  // namespace gis
