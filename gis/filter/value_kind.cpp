#include "gis/filter/value_kind.hpp"

namespace gis {

namespace {

ValueKind kind_of_field(const Field& field) {
    switch (field.type) {
        case FieldType::Integer:
        case FieldType::Number:
            return ValueKind::Number;
        case FieldType::Boolean:
            return ValueKind::Boolean;
        case FieldType::Date:
            return ValueKind::Day;
        case FieldType::DateTime:
            return ValueKind::Instant;
        case FieldType::Text:
            break;
    }
    return ValueKind::Text;
}

struct KindOf {
    ValueKind operator()(bool) const { return ValueKind::Boolean; }
    ValueKind operator()(std::int64_t) const { return ValueKind::Number; }
    ValueKind operator()(double) const { return ValueKind::Number; }
    ValueKind operator()(const std::string&) const { return ValueKind::Text; }
    ValueKind operator()(const DateLiteral&) const { return ValueKind::Day; }
    ValueKind operator()(const TimestampLiteral&) const { return ValueKind::Instant; }
    ValueKind operator()(const UntypedLiteral&) const { return ValueKind::Untyped; }
    ValueKind operator()(const Literal& literal) const { return std::visit(*this, literal); }
    ValueKind operator()(const PropertyRef& property) const { return kind_of_field(*property.field); }
    ValueKind operator()(const GeometryRef&) const { return ValueKind::Geometry; }
    ValueKind operator()(const Arithmetic&) const { return ValueKind::Number; }
    ValueKind operator()(const Folded&) const { return ValueKind::Text; }
    ValueKind operator()(const Interval&) const { return ValueKind::Interval; }
    ValueKind operator()(const GeometryLiteral&) const { return ValueKind::Geometry; }
    ValueKind operator()(const Envelope&) const { return ValueKind::Geometry; }
};

}  // namespace

ValueKind kind_of(const Expression& expression) {
    return std::visit(KindOf{}, expression.node);
}

std::string_view to_string(ValueKind kind) {
    switch (kind) {
        case ValueKind::Boolean:
            return "true or false";
        case ValueKind::Number:
            return "a number";
        case ValueKind::Day:
            return "a date";
        case ValueKind::Instant:
            return "a date-time";
        case ValueKind::Interval:
            return "an interval";
        case ValueKind::Geometry:
            return "a geometry";
        case ValueKind::Text:
        case ValueKind::Untyped:
            break;
    }
    return "a text";
}

}  // namespace gis
