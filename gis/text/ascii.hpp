#pragma once

#include <string>
#include <string_view>

namespace gis {

/// `text` with A to Z as a to z; other characters stay.
std::string lower(std::string_view text);

/// Without blanks, tabs and line ends on both sides.
std::string_view trimmed(std::string_view text);

}  // namespace gis
