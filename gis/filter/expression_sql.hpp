#pragma once

#include "gis/filter/filter.hpp"
#include "gis/query/sql_statement.hpp"

namespace gis {

/// The expression as an SQL value. A literal that stands opposite to a field becomes a parameter of the field's type:
/// `opposite` is that other side.
void add_value(SqlStatement& statement, const Expression& expression, const Expression& opposite);

/// A text of any field or literal, as text.
void add_text(SqlStatement& statement, const Expression& expression);

/// How fine times are compared: when a day is among what is compared, by the days of UTC.
enum class Granularity { Day, Instant };

/// A date, date-time or field of these, as date or timestamptz.
void add_time(SqlStatement& statement, const Expression& expression, Granularity granularity);

/// Where the interval or instant begins and where it ends; unbounded is infinity.
void add_begin(SqlStatement& statement, const Expression& expression, Granularity granularity);
void add_end(SqlStatement& statement, const Expression& expression, Granularity granularity);

/// Day when the expression is a day, or an interval with one.
Granularity granularity_of(const Expression& expression);

}  // namespace gis
