#include "gis/read/convert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

#include "gis/read/text.hpp"

namespace gis::read {

namespace {

bool is_null(const Value& value) {
    return std::holds_alternative<std::monostate>(value);
}

/// Blank text is NULL; other text loses the blanks DBF pads with. False when nothing is left to convert.
bool something_in(Value& value) {
    auto* text = std::get_if<std::string>(&value);
    if (!text) return !is_null(value);
    const auto kept = trimmed(*text);
    if (kept.empty()) {
        value = std::monostate{};
        return false;
    }
    if (kept.size() != text->size()) value = std::string(kept);
    return true;
}

std::optional<std::int64_t> whole(double number) {
    constexpr double most = 9e15;
    if (!std::isfinite(number) || std::abs(number) > most || std::round(number) != number) return std::nullopt;
    return static_cast<std::int64_t>(number);
}

bool is_date(int year, int month, int day) {
    using namespace std::chrono;
    const year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                              std::chrono::day(static_cast<unsigned>(day))};
    return date.ok() && year >= 1500 && year <= 2200;
}

std::optional<std::string> date_of(int year, int month, int day) {
    if (!is_date(year, month, day)) return std::nullopt;
    return fmt::format("{:04}-{:02}-{:02}", year, month, day);
}

/// "2014-06-18" and its like as their three numbers, whatever separates them.
std::optional<std::array<int, 3>> three_numbers(std::string_view text) {
    std::array<int, 3> numbers{};
    const char* at = text.data();
    const char* end = at + text.size();
    for (std::size_t i = 0; i < 3; ++i) {
        const auto [stop, error] = std::from_chars(at, end, numbers[i]);
        if (error != std::errc{}) return std::nullopt;
        at = stop;
        if (i == 2) break;
        if (at == end || (*at != '-' && *at != '/' && *at != '.')) return std::nullopt;
        ++at;
    }
    // A time behind the date is dropped.
    if (at != end && *at != ' ' && *at != 'T') return std::nullopt;
    return numbers;
}

std::optional<std::string> parse_date(std::string_view text) {
    if (text.size() == 8 && text.find_first_not_of("0123456789") == std::string_view::npos) {
        int number = 0;
        std::from_chars(text.data(), text.data() + 8, number);
        return date_of(number / 10000, number / 100 % 100, number % 100);
    }
    const auto numbers = three_numbers(text);
    if (!numbers) return std::nullopt;
    const auto& [a, b, c] = *numbers;
    return a > 31 ? date_of(a, b, c) : date_of(c, b, a);
}

}  // namespace

bool to_text(Value& value, const MappingContext&) {
    if (!something_in(value) || std::holds_alternative<std::string>(value)) return true;
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        value = fmt::format("{}", *number);
    } else if (const auto* flag = std::get_if<bool>(&value)) {
        value = std::string(*flag ? "true" : "false");
    } else if (const auto* real = std::get_if<double>(&value)) {
        const auto integral = whole(*real);
        value = integral ? fmt::format("{}", *integral) : fmt::format("{}", *real);
    }
    return true;
}

bool to_integer(Value& value, const MappingContext&) {
    if (!something_in(value) || std::holds_alternative<std::int64_t>(value)) return true;
    if (const auto* real = std::get_if<double>(&value)) {
        const auto integral = whole(std::round(*real));
        if (!integral || std::abs(*real - std::round(*real)) > 1e-6) return false;
        value = *integral;
        return true;
    }
    if (const auto* flag = std::get_if<bool>(&value)) {
        value = std::int64_t{*flag ? 1 : 0};
        return true;
    }
    const auto& text = std::get<std::string>(value);
    std::int64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || stop != text.data() + text.size()) return false;
    value = number;
    return true;
}

bool to_number(Value& value, const MappingContext&) {
    if (!something_in(value)) return true;
    if (const auto* integer = std::get_if<std::int64_t>(&value)) value = static_cast<double>(*integer);
    if (const auto* real = std::get_if<double>(&value)) return std::isfinite(*real);
    auto* text = std::get_if<std::string>(&value);
    if (!text) return false;
    if (const auto comma = text->find(','); comma != std::string::npos) (*text)[comma] = '.';
    double number = 0;
    const auto [stop, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc{} || stop != text->data() + text->size() || !std::isfinite(number)) return false;
    value = number;
    return true;
}

bool to_boolean(Value& value, const MappingContext&) {
    if (!something_in(value) || std::holds_alternative<bool>(value)) return true;
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        if (*number != 0 && *number != 1) return false;
        value = *number == 1;
        return true;
    }
    const auto* text = std::get_if<std::string>(&value);
    if (!text) return false;
    constexpr std::array<std::string_view, 8> yes{"true", "t", "oui", "o", "1", "a", "vrai", "y"};
    constexpr std::array<std::string_view, 6> no{"false", "f", "non", "n", "0", "faux"};
    const auto is = [&](std::string_view word) { return same_name(*text, word); };
    if (std::ranges::any_of(yes, is))
        value = true;
    else if (std::ranges::any_of(no, is))
        value = false;
    else
        return false;
    return true;
}

bool is_iso_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    std::array<int, 3> numbers{};  // year, month, day
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i == 4 || i == 7) continue;
        if (text[i] < '0' || text[i] > '9') return false;
        int& number = numbers[i < 4 ? 0 : i < 7 ? 1 : 2];
        number = number * 10 + (text[i] - '0');
    }
    return is_date(numbers[0], numbers[1], numbers[2]);
}

bool to_date(Value& value, const MappingContext& context) {
    if (const auto* text = std::get_if<std::string>(&value); text && is_iso_date(*text)) return true;
    if (!something_in(value)) return true;
    Value text = value;
    to_text(text, context);
    const auto& written = std::get<std::string>(text);
    // DBF writers fill an unknown date with zeros.
    if (written.find_first_not_of("0/-") == std::string::npos) {
        value = std::monostate{};
        return true;
    }
    auto date = parse_date(written);
    if (!date) return false;
    value = std::move(*date);
    return true;
}

bool to_datetime(Value& value, const MappingContext& context) {
    if (!something_in(value)) return true;
    const auto* text = std::get_if<std::string>(&value);
    const auto time = text ? text->find_first_of("T ") : std::string::npos;
    if (time == std::string::npos) return to_date(value, context);
    const std::string written = *text;
    const auto date = parse_date(std::string_view(written).substr(0, time));
    const std::string clock = written.substr(time + 1);
    if (!date || clock.size() < 5 || clock.find_first_not_of("0123456789:.,+-Z") != std::string::npos) return false;
    value = *date + "T" + clock;
    return true;
}

}  // namespace gis::read
