#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gis {

/// `name` as an XML name without colon. Characters that such a name cannot hold are written "_xHHHH_", as ISO/IEC 9075-14
/// writes SQL identifiers; nothing changes in names of letters, digits, '_', '-' and '.' that begin with a letter.
std::string xml_name(std::string_view name);

/// The same for what stands after other characters of a name, so that a digit may come first.
std::string xml_name_part(std::string_view text);

/// What `xml_name` or `xml_name_part` was given.
std::string from_xml_name(std::string_view name);

}  // namespace gis
