#include "gis/read/ogr_value.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace gis::read {

Value time_value(const OGRField& time, FieldType type) {
    std::string text = fmt::format("{:04}-{:02}-{:02}", time.Date.Year, time.Date.Month, time.Date.Day);
    if (type == FieldType::Date) return text;
    text += fmt::format("T{:02}:{:02}:{:02}", time.Date.Hour, time.Date.Minute, static_cast<int>(time.Date.Second));
    constexpr int utc = 100;  // OGR: quarters of an hour from UTC, plus 100; 0 and 1 say nothing
    if (time.Date.TZFlag > 1) {
        const int quarters = time.Date.TZFlag - utc;
        const int minutes = std::abs(quarters) * 15;
        text +=
            quarters == 0 ? "Z" : fmt::format("{}{:02}:{:02}", quarters < 0 ? '-' : '+', minutes / 60, minutes % 60);
    }
    return text;
}

}  // namespace gis::read
