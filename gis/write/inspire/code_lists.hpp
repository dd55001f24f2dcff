#pragma once

#include <string_view>

namespace gis::inspire {

/// The code list of the INSPIRE registry that a property of an object (both without prefix) takes its value from, when
/// `href` is none of it: of another list, or a value that a closed list does not have. Empty when nothing is wrong, or
/// there is no list. A value stands there as http://inspire.ec.europa.eu/codelist/LIST/VALUE.
std::string_view wrong_code(std::string_view object, std::string_view property, std::string_view href);

}  // namespace gis::inspire
