#pragma once

#include <string>
#include <string_view>

namespace gis {

/// Well-known text (OGC 06-103r4, clause 7) of a WKB geometry, x before y: "POINT Z (1 2 3)", "POLYGON ((...))",
/// "POINT EMPTY". M is dropped. Throws std::runtime_error on WKB that is no simple-feature geometry.
void append_wkt(std::string& out, std::string_view wkb, int decimals);

}  // namespace gis
