#pragma once

#include <string_view>

namespace gis {

/// True for well-formed UTF-8: no surrogate, no overlong form, nothing beyond U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace gis
