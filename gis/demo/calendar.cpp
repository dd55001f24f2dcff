#include "gis/demo/calendar.hpp"

#include <fmt/format.h>

#include <charconv>

#include "gis/error.hpp"

namespace gis::demo {

std::string iso(Day day) {
    const std::chrono::year_month_day date(day);
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()));
}

Day parse_iso(const std::string& text) {
    int year = 0;
    unsigned month = 0, day_of_month = 0;
    if (text.size() == 10) {
        std::from_chars(text.data(), text.data() + 4, year);
        std::from_chars(text.data() + 5, text.data() + 7, month);
        std::from_chars(text.data() + 8, text.data() + 10, day_of_month);
    }
    const auto date = std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day_of_month);
    if (!date.ok()) throw InvalidRequest("date", fmt::format("YYYY-MM-DD expected, got '{}'", text));
    return date;
}

Day months_later(Day day, int months) {
    auto date = std::chrono::year_month_day(day) + std::chrono::months(months);
    if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
    return date;
}

Day working_day(Random& random, Day first, Day last) {
    Day out = first + std::chrono::days(random.whole(0, static_cast<int>((last - first).count())));
    while (std::chrono::weekday(out).iso_encoding() > 5 && out > first) out -= std::chrono::days(1);
    return out;
}

}  // namespace gis::demo
