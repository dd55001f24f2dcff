#include "gis/layer/value_text.hpp"

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <string>

namespace gis {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Takes exactly `count` digits off `text`: their number, or -1.
int take_digits(std::string_view& text, std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (i >= text.size() || !is_digit(text[i])) return -1;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool take(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

bool take_date(std::string_view& text) {
    const int year = take_digits(text, 4);
    const bool first = take(text, '-');
    const int month = take_digits(text, 2);
    const bool second = take(text, '-');
    const int day = take_digits(text, 2);
    if (!first || !second || year < 1 || month < 1 || day < 1) return false;
    return std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                       std::chrono::day(static_cast<unsigned>(day)))
        .ok();
}

bool take_number(std::string_view& text, std::size_t digits, int most) {
    const int value = take_digits(text, digits);
    return value >= 0 && value <= most;
}

bool take_zone(std::string_view& text) {
    if (take(text, 'Z') || take(text, 'z')) return true;
    if (!take(text, '+') && !take(text, '-')) return false;
    return take_number(text, 2, 15) && take(text, ':') && take_number(text, 2, 59);
}

/// Length of the UTF-8 character at the beginning; 0 when there is none.
std::size_t character_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const bool overlong = first == 0xe0 && byte(1) < 0xa0;
        const bool surrogate = first == 0xed && byte(1) > 0x9f;
        return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const bool overlong = first == 0xf0 && byte(1) < 0x90;
        const bool beyond = first == 0xf4 && byte(1) > 0x8f;
        return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
    }
    return 0;
}

}  // namespace

bool is_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

bool is_number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() && std::isfinite(value);
}

bool is_calendar_date(std::string_view text) {
    return take_date(text) && text.empty();
}

bool is_instant(std::string_view text) {
    if (!take_date(text) || !(take(text, 'T') || take(text, 't'))) return false;
    if (!take_number(text, 2, 23) || !take(text, ':') || !take_number(text, 2, 59) || !take(text, ':') ||
        !take_number(text, 2, 60))
        return false;
    if (take(text, '.')) {
        std::size_t digits = 0;
        while (take_digits(text, 1) >= 0) ++digits;
        if (digits < 1 || digits > 9) return false;
    }
    return take_zone(text) && text.empty();
}

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        const bool hex = is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (hyphen ? c != '-' : !hex) return false;
    }
    return true;
}

bool fits_integer_type(std::string_view sql_type, std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    if (sql_type == "smallint") return value >= INT16_MIN && value <= INT16_MAX;
    if (sql_type == "integer") return value >= INT32_MIN && value <= INT32_MAX;
    return true;
}

bool fits_number_type(std::string_view sql_type, std::string_view text) {
    if (sql_type != "real") return true;
    float value = 0;
    return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{};
}

bool is_storable_text(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        if (length == 0 || text.front() == '\0') return false;
        text.remove_prefix(length);
    }
    return true;
}

}  // namespace gis
