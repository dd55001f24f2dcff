#include "gis/query/feature_query.hpp"

#include <fmt/format.h>

#include "gis/error.hpp"
#include "gis/layer/value_text.hpp"

namespace gis {

namespace {

constexpr std::size_t max_value_length = 1000;

/// A date alone stands for its whole day.
std::string begin_of(const std::string& text) {
    return is_calendar_date(text) ? text + "T00:00:00Z" : text;
}
std::string end_of(const std::string& text) {
    return is_calendar_date(text) ? text + "T23:59:59.999999Z" : text;
}

}  // namespace

TimeInterval parse_datetime(const std::string& text) {
    const auto check = [&](const std::string& part) {
        if (!is_calendar_date(part) && !is_instant(part)) {
            throw InvalidRequest(
                "datetime", fmt::format("a date (2026-01-31), a date-time (2026-01-31T12:00:00Z) or an interval of two "
                                        "(.. for an open end) expected, got '{}'",
                                        text.substr(0, 100)));
        }
    };
    const auto slash = text.find('/');
    if (slash == std::string::npos) {
        check(text);
        return {begin_of(text), end_of(text)};
    }
    const auto open = [](const std::string& part) { return part.empty() || part == ".."; };
    const std::string first = text.substr(0, slash);
    const std::string last = text.substr(slash + 1);
    TimeInterval interval;
    if (!open(first)) {
        check(first);
        interval.begin = begin_of(first);
    }
    if (!open(last)) {
        check(last);
        interval.end = end_of(last);
    }
    if (open(first) && open(last) && text != "../..") check(text);
    const std::string begin = interval.begin.value_or("");
    const std::string end = interval.end.value_or("");
    // Times of other zones are compared by the database; UTC texts compare as they stand.
    if (begin.ends_with('Z') && end.ends_with('Z') && begin > end) {
        throw InvalidRequest("datetime", fmt::format("the interval '{}' ends before it begins", text.substr(0, 100)));
    }
    return interval;
}

void require_value_of(const Field& field, const std::string& value) {
    const auto refuse = [&](std::string_view expected) {
        throw InvalidRequest(field.name, fmt::format("{} expected, got '{}'", expected, value.substr(0, 100)));
    };
    if (value.size() > max_value_length) refuse(fmt::format("at most {} bytes", max_value_length));
    switch (field.type) {
        case FieldType::Integer:
            if (!is_integer(value) || !fits_integer_type(field.sql_type, value)) refuse("a whole number");
            break;
        case FieldType::Number:
            if (!is_number(value) || !fits_number_type(field.sql_type, value)) refuse("a number");
            break;
        case FieldType::Boolean:
            if (value != "true" && value != "false") refuse("true or false");
            break;
        case FieldType::Date:
            if (!is_calendar_date(value)) refuse("a date such as 2026-01-31");
            break;
        case FieldType::DateTime:
            if (!is_instant(value)) refuse("a date-time such as 2026-01-31T12:00:00Z");
            break;
        case FieldType::Text:
            if (field.sql_type == "uuid" && !is_uuid(value)) refuse("a UUID");
            break;
    }
}

std::vector<const Field*> fields_of(const FeatureQuery& query) {
    if (!query.fields.empty()) return query.fields;
    std::vector<const Field*> all;
    for (const Field& field : query.layer->fields) all.push_back(&field);
    return all;
}

}  // namespace gis
