#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace gis {

/// Deepest nesting of a JSON text of a request.
inline constexpr int max_json_depth = 64;

/// Parses a JSON text of a request. Throws InvalidRequest naming `field` where it is not JSON (RFC 8259, UTF-8), has a
/// number no double can hold, names a member twice or nests deeper than `max_json_depth`.
nlohmann::json parse_bounded_json(std::string_view text, const std::string& field);

}  // namespace gis
