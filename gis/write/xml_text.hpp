#pragma once

#include <string>
#include <string_view>

#include "gis/write/feature.hpp"

namespace gis {

/// `text` (UTF-8) as character data or attribute value of XML 1.0; characters that XML cannot hold become spaces.
void append_xml_text(std::string& out, std::string_view text);
std::string xml_text(std::string_view text);

/// <name>text</name>, or nothing at all for an empty text.
std::string xml_element(std::string_view name, std::string_view text);

/// A value as XML Schema writes its type: "true", "12", "0.5", "INF". Not for NULL.
void append_xml_scalar(std::string& out, const Scalar& value);

}  // namespace gis
