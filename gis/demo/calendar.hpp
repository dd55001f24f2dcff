#pragma once

#include <chrono>
#include <string>

#include "gis/demo/random.hpp"

namespace gis::demo {

using Day = std::chrono::sys_days;

constexpr Day day(int year, unsigned month, unsigned day_of_month) {
    return std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day_of_month);
}

/// Nothing generated happens after this day.
constexpr Day last_day = day(2026, 9, 30);

/// "2016-03-01"
std::string iso(Day day);
/// Throws gis::InvalidRequest when the text is no such date.
Day parse_iso(const std::string& text);
/// The same day of a later month; the month's last when it has no such day.
Day months_later(Day day, int months);
/// A working day, both ends included.
Day working_day(Random& random, Day first, Day last);

}  // namespace gis::demo
