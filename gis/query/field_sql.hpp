#pragma once

#include <string>
#include <string_view>

#include "gis/layer/layer.hpp"
#include "gis/query/sql_statement.hpp"

namespace gis {

/// The field as SQL compares and sorts it: the column as it stands where its type is one of the field's (indexes work),
/// else cast to the field's type.
void add_field(SqlStatement& statement, const Field& field);

/// The PostgreSQL type that values of a field are read in, whatever the column's.
std::string_view canonical_type(FieldType type);

/// The PostgreSQL type of a parameter that is compared with `add_field`: never one that would cut or round the value.
std::string_view parameter_type(const Field& field);

}  // namespace gis
