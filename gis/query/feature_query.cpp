#include "gis/query/feature_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <regex>

#include "gis/crs/closed_form.hpp"
#include "gis/error.hpp"

namespace gis {

namespace {

constexpr int segments_per_edge = 32;  // a box edge of 10 degrees in Lambert-93 then errs by less than 200 m of 800 km
constexpr std::size_t max_value_length = 1000;

void add_columns(SqlStatement& statement, const Layer& layer, const Crs& output_crs) {
    statement.text("select ").ident(layer.id_column).text("::text");
    if (layer.has_geometry()) {
        // What formulas turn faster than the database stays as it is stored: who reads the rows applies them.
        const bool same = output_crs.srid == layer.crs.srid || closed_form(layer.crs.srid, output_crs) != nullptr;
        statement.text(same ? ", st_asbinary(" : ", st_asbinary(st_transform(");
        if (layer.geometry_type == GeometryType::Any) statement.text("st_curvetoline(");
        statement.ident(layer.geometry_column);
        if (layer.geometry_type == GeometryType::Any) statement.text(")");
        if (!same) statement.text(fmt::format(", {})", output_crs.srid));
        statement.text(")");
    }
    for (const Field& field : layer.fields) {
        statement.text(", ");
        switch (field.type) {
            case FieldType::Integer:
                statement.ident(field.name).text("::int8");
                break;
            case FieldType::Number:
                statement.ident(field.name).text("::float8");
                break;
            case FieldType::Boolean:
                statement.ident(field.name).text("::bool");
                break;
            case FieldType::DateTime:
                statement.ident(field.name).text("::timestamptz");
                break;
            case FieldType::Date:
                statement.ident(field.name).text("::date");
                break;
            case FieldType::Text:
                statement.ident(field.name).text("::text");
                break;
        }
    }
    statement.text(" from ").table(layer.source_schema, layer.source_name);
}

/// The box in the layer's CRS as SQL. A box in another CRS is first cut to where the layer's CRS is defined.
std::optional<SqlStatement> box_sql(const Envelope& bbox, const Crs& storage) {
    SqlStatement sql;
    if (bbox.min_x == bbox.max_x && bbox.min_y == bbox.max_y) {  // a polygon of no size would meet nothing
        sql.text("st_transform(st_setsrid(st_makepoint(").param(bbox.min_x).text(", ").param(bbox.min_y);
        sql.text(fmt::format("), {}), {})", bbox.crs.srid, storage.srid));
        return sql;
    }
    if (bbox.crs.srid == storage.srid) {
        sql.text("st_makeenvelope(")
            .param(bbox.min_x)
            .text(", ")
            .param(bbox.min_y)
            .text(", ")
            .param(bbox.max_x)
            .text(", ");
        sql.param(bbox.max_y).text(fmt::format(", {})", storage.srid));
        return sql;
    }
    const GeographicBox& limits = bbox.crs.geographic ? storage.area_of_use : bbox.crs.native_area;
    const Envelope box{std::max(bbox.min_x, limits.west), std::max(bbox.min_y, limits.south),
                       std::min(bbox.max_x, limits.east), std::min(bbox.max_y, limits.north), bbox.crs};
    if (box.min_x > box.max_x || box.min_y > box.max_y) return std::nullopt;
    const double step = std::max({box.max_x - box.min_x, box.max_y - box.min_y, 1e-6}) / segments_per_edge;
    sql.text("st_transform(st_segmentize(st_makeenvelope(")
        .param(box.min_x)
        .text(", ")
        .param(box.min_y)
        .text(", ")
        .param(box.max_x);
    sql.text(", ")
        .param(box.max_y)
        .text(fmt::format(", {}), ", bbox.crs.srid))
        .param(step)
        .text(fmt::format("), {})", storage.srid));
    return sql;
}

void add_time_condition(SqlStatement& statement, const std::string& column, const TimeInterval& interval) {
    statement.text(" and (").ident(column).text(" is null or (true");
    if (interval.begin) statement.text(" and ").ident(column).text(" >= ").param(*interval.begin, "timestamptz");
    if (interval.end) statement.text(" and ").ident(column).text(" <= ").param(*interval.end, "timestamptz");
    statement.text("))");
}

void add_conditions(SqlStatement& statement, const FeatureQuery& query) {
    const Layer& layer = *query.layer;
    statement.text(" where true");
    if (query.bbox && layer.has_geometry()) {
        if (const auto box = box_sql(*query.bbox, layer.crs)) {
            statement.text(" and ").ident(layer.geometry_column).text(" && ").append(*box);
            statement.text(" and st_intersects(").ident(layer.geometry_column).text(", ").append(*box).text(")");
        } else {
            statement.text(" and false");
        }
    }
    if (query.datetime && !layer.datetime_column.empty())
        add_time_condition(statement, layer.datetime_column, *query.datetime);
    for (const PropertyCondition& condition : query.conditions) {
        statement.text(" and ")
            .ident(condition.field->name)
            .text(" = ")
            .param(condition.value, condition.field->sql_type);
    }
}

bool is_number(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() && std::isfinite(value);
}

bool is_integer(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

bool is_calendar_date(const std::string& text) {
    static const std::regex form("(\\d{4})-(\\d{2})-(\\d{2})");
    std::smatch part;
    if (!std::regex_match(text, part, form)) return false;
    const std::chrono::year_month_day date{std::chrono::year(std::stoi(part[1])),
                                           std::chrono::month(static_cast<unsigned>(std::stoi(part[2]))),
                                           std::chrono::day(static_cast<unsigned>(std::stoi(part[3])))};
    return date.ok() && std::stoi(part[1]) > 0;
}

bool is_instant(const std::string& text) {
    static const std::regex form(
        "(\\d{4}-\\d{2}-\\d{2})[Tt]([01]\\d|2[0-3]):[0-5]\\d:([0-5]\\d|60)(\\.\\d{1,9})?([Zz]|[+-]([01]\\d|2[0-3]):[0-"
        "5]\\d)");
    std::smatch part;
    return text.size() < 40 && std::regex_match(text, part, form) && is_calendar_date(part[1]);
}

/// The integer types differ in range; a value beyond it would be an SQL error instead of "no such feature".
bool fits(const std::string& sql_type, const std::string& text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    if (sql_type == "smallint") return value >= INT16_MIN && value <= INT16_MAX;
    if (sql_type == "integer") return value >= INT32_MIN && value <= INT32_MAX;
    return true;
}

/// PostgreSQL refuses what a real cannot hold, too large or too small.
bool fits_number(const std::string& sql_type, const std::string& text) {
    if (sql_type != "real") return true;
    float value = 0;
    return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{};
}

bool is_uuid(const std::string& text) {
    static const std::regex form("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    return text.size() == 36 && std::regex_match(text, form);
}

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
            if (!is_integer(value) || !fits(field.sql_type, value)) refuse("a whole number");
            break;
        case FieldType::Number:
            if (!is_number(value) || !fits_number(field.sql_type, value)) refuse("a number");
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

SqlStatement page_sql(const FeatureQuery& query) {
    const Layer& layer = *query.layer;
    SqlStatement statement;
    add_columns(statement, layer, query.output_crs);
    add_conditions(statement, query);
    if (query.after) statement.text(" and ").ident(layer.id_column).text(" > ").param(*query.after, layer.id_sql_type);
    if (query.limit == 0) return statement;
    // With its table: alone, the name would mean an output column, and the id stands there as text and as a field.
    statement.text(" order by ").table(layer.source_schema, layer.source_name).text(".").ident(layer.id_column);
    statement.text(" limit ").param(query.limit + 1);
    return statement;
}

SqlStatement feature_sql(const Layer& layer, const std::string& id, const Crs& output_crs) {
    require_value_of(Field{layer.id_column, "", layer.id_type, layer.id_sql_type, "", 0}, id);
    SqlStatement statement;
    add_columns(statement, layer, output_crs);
    statement.text(" where ").ident(layer.id_column).text(" = ").param(id, layer.id_sql_type).text(" limit 1");
    return statement;
}

SqlStatement count_sql(const FeatureQuery& query) {
    SqlStatement statement("select count(*) from ");
    statement.table(query.layer->source_schema, query.layer->source_name);
    add_conditions(statement, query);
    return statement;
}

}  // namespace gis
