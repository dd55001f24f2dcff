#include "gis/query/field_sql.hpp"

#include <algorithm>
#include <array>

namespace gis {

namespace {

struct Native {
    FieldType type;
    std::string_view column;     ///< as format_type writes it
    std::string_view parameter;  ///< "character" alone would mean one character
};

constexpr std::array<Native, 16> natives{{{FieldType::Integer, "smallint", "smallint"},
                                          {FieldType::Integer, "integer", "integer"},
                                          {FieldType::Integer, "bigint", "bigint"},
                                          {FieldType::Number, "real", "real"},
                                          {FieldType::Number, "double precision", "double precision"},
                                          {FieldType::Number, "numeric", "numeric"},
                                          {FieldType::Number, "smallint", "numeric"},
                                          {FieldType::Number, "integer", "numeric"},
                                          {FieldType::Number, "bigint", "numeric"},
                                          {FieldType::Boolean, "boolean", "boolean"},
                                          {FieldType::Date, "date", "date"},
                                          {FieldType::DateTime, "timestamp with time zone", "timestamptz"},
                                          {FieldType::Text, "text", "text"},
                                          {FieldType::Text, "character varying", "text"},
                                          {FieldType::Text, "character", "bpchar"},
                                          {FieldType::Text, "uuid", "uuid"}}};

const Native* native_of(const Field& field) {
    const auto found = std::find_if(natives.begin(), natives.end(), [&](const Native& native) {
        return native.type == field.type && native.column == field.sql_type;
    });
    return found == natives.end() ? nullptr : &*found;
}

}  // namespace

std::string_view canonical_type(FieldType type) {
    switch (type) {
        case FieldType::Integer:
            return "int8";
        case FieldType::Number:
            return "float8";
        case FieldType::Boolean:
            return "boolean";
        case FieldType::Date:
            return "date";
        case FieldType::DateTime:
            return "timestamptz";
        case FieldType::Text:
            break;
    }
    return "text";
}

void add_field(SqlStatement& statement, const Field& field) {
    statement.ident(field.name);
    if (native_of(field) == nullptr) statement.text("::").text(canonical_type(field.type));
}

std::string_view parameter_type(const Field& field) {
    const Native* native = native_of(field);
    return native == nullptr ? canonical_type(field.type) : native->parameter;
}

}  // namespace gis
