#include "gis/write/time_text.hpp"

#include <chrono>
#include <limits>

#include "gis/write/number_text.hpp"

namespace gis {

namespace {

constexpr std::chrono::sys_days epoch = std::chrono::year(2000) / 1 / 1;
constexpr std::int64_t microseconds_per_day = 86'400'000'000;

void append_digits(std::string& out, std::int64_t value, int width) {
    std::string digits;
    append_integer(digits, value);
    if (digits.size() < static_cast<std::size_t>(width))
        out.append(static_cast<std::size_t>(width) - digits.size(), '0');
    out += digits;
}

/// Proleptic Gregorian by whole 400-year cycles: std::chrono's years end at 32767, PostgreSQL's dates do not.
void append_day(std::string& out, std::int64_t days) {
    constexpr std::int64_t cycle = 146'097;
    const std::int64_t cycles = days >= 0 ? days / cycle : -((-days + cycle - 1) / cycle);
    const auto within = std::chrono::days(static_cast<int>(days - cycles * cycle));
    const std::chrono::year_month_day date{epoch + within};
    const std::int64_t year = static_cast<int>(date.year()) + 400 * cycles;
    if (year < 0) out += '-';
    append_digits(out, year < 0 ? -year : year, 4);
    out += '-';
    append_digits(out, static_cast<unsigned>(date.month()), 2);
    out += '-';
    append_digits(out, static_cast<unsigned>(date.day()), 2);
}

}  // namespace

void append_date(std::string& out, std::int64_t days) {
    using Limits = std::numeric_limits<std::int32_t>;
    if (days == Limits::max() || days == Limits::min()) {
        out += days == Limits::max() ? "infinity" : "-infinity";
        return;
    }
    append_day(out, days);
}

void append_date_time(std::string& out, std::int64_t microseconds) {
    using Limits = std::numeric_limits<std::int64_t>;
    if (microseconds == Limits::max() || microseconds == Limits::min()) {
        out += microseconds == Limits::max() ? "infinity" : "-infinity";
        return;
    }
    std::int64_t days = microseconds / microseconds_per_day;
    std::int64_t rest = microseconds % microseconds_per_day;
    if (rest < 0) {
        rest += microseconds_per_day;
        --days;
    }
    append_day(out, days);
    const std::int64_t milliseconds = rest / 1000;
    out += 'T';
    append_digits(out, milliseconds / 3'600'000, 2);
    out += ':';
    append_digits(out, milliseconds / 60'000 % 60, 2);
    out += ':';
    append_digits(out, milliseconds / 1000 % 60, 2);
    out += '.';
    append_digits(out, milliseconds % 1000, 3);
    if (rest % 1000 != 0) append_digits(out, rest % 1000, 3);
    out += 'Z';
}

}  // namespace gis
