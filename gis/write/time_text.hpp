#pragma once

#include <cstdint>
#include <string>

namespace gis {

/// "2026-01-31", from the days since 2000-01-01 that PostgreSQL's binary form of a date holds; "infinity", "-infinity".
void append_date(std::string& out, std::int64_t days);

/// "2026-01-31T12:00:00.000Z", from the microseconds since 2000-01-01 00:00 UTC of a timestamptz; with six
/// decimals where three do not hold it all.
void append_date_time(std::string& out, std::int64_t microseconds);

}  // namespace gis
