#include "gis/filter/expression_sql.hpp"

#include <fmt/format.h>

#include "gis/filter/value_kind.hpp"
#include "gis/layer/value_text.hpp"
#include "gis/query/field_sql.hpp"

namespace gis {

namespace {

const Field* field_in(const Expression& expression) {
    const auto* property = std::get_if<PropertyRef>(&expression.node);
    return property == nullptr ? nullptr : property->field;
}

/// A number opposite to a field, in a type that compares it exactly: an index on the field serves where it can.
void add_number(SqlStatement& statement, const std::string& text, bool whole, const Field* field) {
    if (field == nullptr) {
        statement.param(text, "float8");
        return;
    }
    const std::string_view type = parameter_type(*field);
    const bool integer_type = field->type == FieldType::Integer;
    if (integer_type && !(whole && fits_integer_type(type, text))) {
        statement.param(text, "numeric");
    } else if (!integer_type && !fits_number_type(type, text)) {
        statement.param(text, "float8");
    } else {
        statement.param(text, type);
    }
}

/// In floating point, so that nothing overflows that can be told; by zero is unknown.
void add_arithmetic(SqlStatement& statement, const Arithmetic& arithmetic) {
    const auto operand = [&](const ExpressionPtr& side) {
        statement.text("(");
        add_value(statement, *side, *side);
        statement.text(")::float8");
    };
    const auto divisor = [&] {
        statement.text("nullif(");
        operand(arithmetic.right);
        statement.text(", 0)");
    };
    const auto infix = [&](std::string_view sign) {
        statement.text("(");
        operand(arithmetic.left);
        statement.text(sign);
        operand(arithmetic.right);
        statement.text(")");
    };
    switch (arithmetic.op) {
        case Arithmetic::Operator::Add:
            infix(" + ");
            break;
        case Arithmetic::Operator::Subtract:
            infix(" - ");
            break;
        case Arithmetic::Operator::Multiply:
            infix(" * ");
            break;
        case Arithmetic::Operator::Divide:
        case Arithmetic::Operator::IntegerDivide:
            statement.text(arithmetic.op == Arithmetic::Operator::Divide ? "(" : "trunc(");
            operand(arithmetic.left);
            statement.text(" / ");
            divisor();
            statement.text(")");
            break;
        case Arithmetic::Operator::Modulo:
            statement.text("mod(");
            operand(arithmetic.left);
            statement.text("::numeric, ");
            divisor();
            statement.text("::numeric)::float8");
            break;
        case Arithmetic::Operator::Power:
            statement.text("power(");
            operand(arithmetic.left);
            statement.text(", ");
            operand(arithmetic.right);
            statement.text(")");
            break;
    }
}

/// Case: full folding by way of upper case ("ß" and "SS"), of ICU whatever the database's locale. Accents: what is left
/// of the canonical decomposition without its combining marks; core PostgreSQL, no extension.
void add_folded(SqlStatement& statement, const Folded& folded) {
    const bool by_case = folded.without == Folded::Without::Case;
    statement.text(by_case ? "lower(upper((" : "normalize(regexp_replace(normalize((");
    add_text(statement, *folded.text);
    statement.text(by_case ? ") collate \"und-x-icu\"))" : "), nfd), '[\\u0300-\\u036f]', '', 'g'), nfc)");
}

struct ValueSql {
    SqlStatement& statement;
    const Field* opposite;

    void operator()(bool value) const { statement.param(value ? "true" : "false", "boolean"); }
    void operator()(std::int64_t value) const { add_number(statement, std::to_string(value), true, opposite); }
    void operator()(double value) const { add_number(statement, fmt::format("{}", value), false, opposite); }
    void operator()(const std::string& value) const {
        statement.param(value, opposite == nullptr ? "text" : parameter_type(*opposite));
    }
    void operator()(const DateLiteral& value) const { statement.param(value.text, "date"); }
    void operator()(const TimestampLiteral& value) const { statement.param(value.text, "timestamptz"); }
    void operator()(const UntypedLiteral& value) const { statement.param(value.text, "text"); }

    void operator()(const Literal& literal) const { std::visit(*this, literal); }
    void operator()(const PropertyRef& property) const { add_field(statement, *property.field); }
    void operator()(const Arithmetic& arithmetic) const { add_arithmetic(statement, arithmetic); }
    void operator()(const Folded& folded) const { add_folded(statement, folded); }
    // bind_filter lets none of these be compared.
    void operator()(const Interval&) const {}
    void operator()(const GeometryRef&) const {}
    void operator()(const GeometryLiteral&) const {}
    void operator()(const Envelope&) const {}
};

void add_edge(SqlStatement& statement, const ExpressionPtr& edge, std::string_view unbounded, Granularity granularity) {
    if (edge) {
        add_time(statement, *edge, granularity);
    } else {
        statement.text(unbounded).text(granularity == Granularity::Day ? "::date" : "::timestamptz");
    }
}

}  // namespace

void add_value(SqlStatement& statement, const Expression& expression, const Expression& opposite) {
    std::visit(ValueSql{statement, field_in(opposite)}, expression.node);
}

void add_text(SqlStatement& statement, const Expression& expression) {
    add_value(statement, expression, Expression{});
    if (field_in(expression) != nullptr) statement.text("::text");
}

void add_time(SqlStatement& statement, const Expression& expression, Granularity granularity) {
    const bool cut = granularity == Granularity::Day && kind_of(expression) == ValueKind::Instant;
    if (cut) statement.text("(");
    add_value(statement, expression, Expression{});
    if (cut) statement.text(" at time zone 'UTC')::date");
}

void add_begin(SqlStatement& statement, const Expression& expression, Granularity granularity) {
    if (const auto* interval = std::get_if<Interval>(&expression.node)) {
        add_edge(statement, interval->begin, "'-infinity'", granularity);
    } else {
        add_time(statement, expression, granularity);
    }
}

void add_end(SqlStatement& statement, const Expression& expression, Granularity granularity) {
    if (const auto* interval = std::get_if<Interval>(&expression.node)) {
        add_edge(statement, interval->end, "'infinity'", granularity);
    } else {
        add_time(statement, expression, granularity);
    }
}

Granularity granularity_of(const Expression& expression) {
    if (const auto* interval = std::get_if<Interval>(&expression.node)) {
        for (const ExpressionPtr& edge : {interval->begin, interval->end}) {
            if (edge && granularity_of(*edge) == Granularity::Day) return Granularity::Day;
        }
        return Granularity::Instant;
    }
    return kind_of(expression) == ValueKind::Day ? Granularity::Day : Granularity::Instant;
}

}  // namespace gis
