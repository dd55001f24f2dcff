#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gis/read/input.hpp"

namespace gis::read {

/// Whether the columns are those of a list of permits of the national base (SDES, Sitadel): the commune, the number of
/// the permit and its cadastral references.
bool is_permit_list(const std::vector<std::string>& columns);

/// A list of permits as two tables: `dossiers`, one row a permit with the columns of the list, and `references`, one
/// row for each parcel that a permit names, with the columns that identify the permit and: reference (as it is
/// written), designation (the 14 characters of the parcel, '_' for a prefix that is not said; nothing when it cannot be
/// read), ligne (of the list, from 1).
std::unique_ptr<Source> open_sitadel_source(const Input& input, const Options& options);

}  // namespace gis::read
