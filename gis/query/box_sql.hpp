#pragma once

#include <optional>

#include "gis/crs/envelope.hpp"
#include "gis/query/sql_statement.hpp"

namespace gis {

/// The box in the CRS `storage` as an SQL geometry. A box in another CRS is first cut to where `storage` is defined,
/// and its edges, which are meridians and parallels there, are given points in between; nothing when nothing is left.
std::optional<SqlStatement> box_sql(const Envelope& bbox, const Crs& storage);

}  // namespace gis
