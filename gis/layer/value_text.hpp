#pragma once

#include <string_view>

namespace gis {

// Whether a text of a request can stand for a value: PostgreSQL would fail on the others.

/// A whole number of 64 bits.
bool is_integer(std::string_view text);
/// A finite number a double can hold.
bool is_number(std::string_view text);
/// "2026-01-31", a day of the calendar from year 1 on.
bool is_calendar_date(std::string_view text);
/// RFC 3339 with a zone: "2026-01-31T12:00:00.5Z", "...+01:00"; at most nine digits of a second, a zone within 15:59.
bool is_instant(std::string_view text);
bool is_uuid(std::string_view text);
/// A whole number that a column of that PostgreSQL type can hold ("smallint", "integer"; others: any).
bool fits_integer_type(std::string_view sql_type, std::string_view text);
/// A number that a column of that PostgreSQL type can hold ("real"; others: any).
bool fits_number_type(std::string_view sql_type, std::string_view text);
/// RFC 3629, and no NUL, which PostgreSQL's texts cannot hold.
bool is_storable_text(std::string_view text);

}  // namespace gis
