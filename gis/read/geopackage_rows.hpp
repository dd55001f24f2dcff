#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gis/read/input.hpp"
#include "gis/read/source.hpp"

namespace gis::read {

/// Reads the rows of one feature table that check_geopackage allowed, in the order they are stored. `fields` are the
/// wanted columns, nothing for those the table has not; `geometry_column` is empty for a table without geometry.
/// GDAL does the same at half the speed; it still reads what is no simple feature (curves, surfaces of triangles).
/// Throws InvalidRequest when the file breaks off before `announced` rows.
void read_geopackage_rows(const Input& input, const std::string& table, const std::string& geometry_column,
                          const std::vector<std::optional<SourceField>>& fields, std::optional<std::int64_t> announced,
                          const std::function<void(SourceFeature&)>& take);

}  // namespace gis::read
