#pragma once

#include <string>
#include <string_view>

#include "gis/write/feature.hpp"

namespace gis {

/// A JSON string with its quotes. `text` is UTF-8.
void append_json_string(std::string& out, std::string_view text);

/// A value as JSON; NaN and infinity, which JSON cannot say, are null.
void append_json_scalar(std::string& out, const Scalar& value);

}  // namespace gis
