#include "gis/edit/field_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "gis/error.hpp"
#include "gis/query/feature_query.hpp"
#include "gis/text/ascii.hpp"

namespace gis {

namespace {

constexpr std::size_t max_bytes = 1'000'000;
constexpr std::size_t max_shown = 100;

CheckedValue good(std::string text) {
    return {std::move(text), ""};
}

CheckedValue wrong(std::string expected) {
    return {std::nullopt, std::move(expected)};
}

/// What the reading side calls a value of the field.
bool is_value_of(const Field& field, const std::string& text) {
    try {
        require_value_of(field, text);
        return true;
    } catch (const InvalidRequest&) {
        return false;
    }
}

std::string text_of(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
    if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    return "";
}

bool holds_number(const Value& value) {
    return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
}

std::string range_text(const Field& field) {
    if (field.minimum && field.maximum) return fmt::format(" from {} to {}", *field.minimum, *field.maximum);
    if (field.minimum) return fmt::format(" not below {}", *field.minimum);
    if (field.maximum) return fmt::format(" not above {}", *field.maximum);
    return "";
}

bool in_range(const Field& field, double number) {
    return (!field.minimum || number >= *field.minimum) && (!field.maximum || number <= *field.maximum);
}

CheckedValue check_integer(const Field& field, const Value& value, bool from_text) {
    const std::string expected = "a whole number" + range_text(field) + " expected";
    if (!holds_number(value) && !from_text) return wrong(expected);
    std::string text = text_of(value);
    if (const auto* number = std::get_if<double>(&value)) {  // 3.0 is whole
        if (*number != std::floor(*number) || std::abs(*number) > 9e15) return wrong(expected);
        text = std::to_string(static_cast<std::int64_t>(*number));
    }
    text = trimmed(text);
    if (!is_value_of(field, text) || !in_range(field, std::stod(text))) return wrong(expected);
    return good(std::move(text));
}

CheckedValue check_number(const Field& field, const Value& value, bool from_text) {
    const std::string expected = "a number" + range_text(field) + " expected";
    if (!holds_number(value) && !from_text) return wrong(expected);
    std::string text(trimmed(text_of(value)));
    if (!is_value_of(field, text) || !in_range(field, std::strtod(text.c_str(), nullptr))) return wrong(expected);
    return good(std::move(text));
}

CheckedValue check_flag(const Value& value, bool from_text) {
    std::string text = text_of(value);
    const bool is_flag = std::holds_alternative<bool>(value);
    if (from_text && text == "1") text = "true";
    if (from_text && text == "0") text = "false";
    if ((!is_flag && !from_text) || (text != "true" && text != "false")) return wrong("true or false expected");
    return good(std::move(text));
}

/// A date-time without zone counts as UTC, as all that are written here.
CheckedValue check_time(const Field& field, const Value& value) {
    const bool is_date = field.type == FieldType::Date;
    const char* expected =
        is_date ? "a date such as 2026-01-31 expected" : "a date-time such as 2026-01-31T12:00:00Z expected";
    if (!std::holds_alternative<std::string>(value)) return wrong(expected);
    std::string text(trimmed(text_of(value)));
    if (!is_date && !is_value_of(field, text)) text += 'Z';
    if (!is_value_of(field, text)) return wrong(expected);
    return good(std::move(text));
}

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

CheckedValue check_text(const Field& field, const Value& value) {
    if (!std::holds_alternative<std::string>(value)) return wrong("a text expected");
    std::string text = text_of(value);
    if (text.find('\0') != std::string::npos) return wrong("a text without NUL characters expected");
    if (text.size() > max_bytes) return wrong(fmt::format("a text of at most {} bytes expected", max_bytes));
    if (field.max_length && characters(text) > static_cast<std::size_t>(*field.max_length))
        return wrong(fmt::format("a text of at most {} characters expected", *field.max_length));
    if (field.sql_type == "uuid" && !is_value_of(field, text)) return wrong("a UUID expected");
    return good(std::move(text));
}

CheckedValue check_type(const Field& field, const Value& value, bool from_text) {
    switch (field.type) {
        case FieldType::Integer:
            return check_integer(field, value, from_text);
        case FieldType::Number:
            return check_number(field, value, from_text);
        case FieldType::Boolean:
            return check_flag(value, from_text);
        case FieldType::Date:
        case FieldType::DateTime:
            return check_time(field, value);
        case FieldType::Text:
            break;
    }
    return check_text(field, value);
}

std::string list_of(const std::vector<Code>& codes) {
    std::string text;
    constexpr std::size_t told = 20;
    for (std::size_t i = 0; i < std::min(codes.size(), told); ++i) text += (i > 0 ? ", " : "") + codes[i].value;
    return codes.size() > told ? text + fmt::format(" ... ({} codes, see the schema)", codes.size()) : text;
}

}  // namespace

CheckedValue check_value(const Field& field, const Value& value, bool from_text) {
    if (std::holds_alternative<std::monostate>(value)) return {};
    CheckedValue checked = check_type(field, value, from_text);
    if (!checked.is_good() || field.codes.empty()) return checked;
    const auto same = [&](const Code& code) { return code.value == *checked.text; };
    if (std::none_of(field.codes.begin(), field.codes.end(), same))
        return wrong("one of " + list_of(field.codes) + " expected");
    return checked;
}

std::string shown(const Value& value) {
    std::string text = std::holds_alternative<std::monostate>(value) ? "null" : text_of(value);
    if (text.size() <= max_shown) return text;
    std::size_t end = max_shown;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // not inside a character
    return text.substr(0, end) + "...";
}

}  // namespace gis
