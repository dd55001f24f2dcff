#pragma once

#include <nlohmann/json.hpp>

#include <string_view>

namespace auth {

/// A JSON object (RFC 8259) written by somebody else, read so that two readers cannot understand it differently: a name
/// may come once in an object (RFC 7515 section 10.12), at most 16 levels. Throws std::invalid_argument.
nlohmann::json parse_strict_object(std::string_view text);

}  // namespace auth
