#pragma once

#include <string>
#include <string_view>

namespace gis::wfs {

/// `text` (UTF-8) as character data or attribute value of XML 1.0. Control characters that XML cannot hold become
/// spaces.
std::string xml_text(std::string_view text);

/// <name>text</name>, or nothing at all for an empty text.
std::string xml_element(std::string_view name, std::string_view text);

}  // namespace gis::wfs
