#pragma once

#include <optional>
#include <string>

#include "gis/crs/envelope.hpp"
#include "gis/layer/layer.hpp"
#include "gis/query/sql_statement.hpp"

namespace gis {

/// Appends " from ..." of a layer's features as they stood at `moment` (RFC 3339), under the name of its table and with
/// its columns id, geometry and fields. `id` and `box` only make it cheaper: they are conditions still to be said.
void add_past(SqlStatement& statement, const Layer& layer, const std::string& moment,
              const std::optional<std::string>& id, const std::optional<Envelope>& box);

}  // namespace gis
