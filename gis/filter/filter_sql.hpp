#pragma once

#include "gis/filter/filter.hpp"
#include "gis/query/sql_statement.hpp"

namespace gis {

/// Appends the condition, in parentheses, for rows of the layer's source. `filter` is one that `bind_filter` gave. No
/// byte of it enters the SQL text but as a parameter; columns are the layer's, quoted. What is unknown (NULL) is not
/// matched, as in SQL. Division by zero is unknown too.
void add_filter(SqlStatement& statement, const Layer& layer, const Filter& filter);

}  // namespace gis
