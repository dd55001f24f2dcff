#pragma once

#include <pugixml.hpp>

#include "gis/write/inspire/theme.hpp"

namespace gis::inspire {

/// Makes the mapping of a `c:objects` element. The theme's code lists and the names of all its mappings are there
/// already. Elements of another version (`c:version`) are left out. Throws std::runtime_error.
void read_mapping(const pugi::xml_node& objects, Theme& theme, std::size_t index);

/// True unless `c:version` names versions and `version` is not among them.
bool is_of_version(const pugi::xml_node& element, std::string_view version);

/// Words between blanks; one that holds blanks itself stands between apostrophes.
std::vector<std::string> words_of(std::string_view text);

}  // namespace gis::inspire
