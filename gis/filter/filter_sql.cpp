#include "gis/filter/filter_sql.hpp"

#include <algorithm>

#include "gis/filter/expression_sql.hpp"
#include "gis/filter/spatial_sql.hpp"
#include "gis/filter/value_kind.hpp"

namespace gis {

namespace {

std::string_view sign_of(Comparison::Operator op) {
    switch (op) {
        case Comparison::Operator::Equal:
            return " = ";
        case Comparison::Operator::NotEqual:
            return " <> ";
        case Comparison::Operator::Less:
            return " < ";
        case Comparison::Operator::LessOrEqual:
            return " <= ";
        case Comparison::Operator::Greater:
            return " > ";
        case Comparison::Operator::GreaterOrEqual:
            break;
    }
    return " >= ";
}

bool is_literal(const Expression& expression) {
    return std::holds_alternative<Literal>(expression.node);
}

/// One side of a comparison in the form that fits the other.
void add_side(SqlStatement& statement, const Expression& side, const Expression& other) {
    const ValueKind kind = kind_of(side);
    if (is_time(kind)) {
        const bool by_day = kind == ValueKind::Day || kind_of(other) == ValueKind::Day;
        add_time(statement, side, by_day ? Granularity::Day : Granularity::Instant);
    } else if (kind == ValueKind::Text &&
               (is_literal(side) == is_literal(other) ||  // two columns may be of two types
                !std::holds_alternative<PropertyRef>(is_literal(side) ? other.node : side.node))) {
        add_text(statement, side);
    } else {
        add_value(statement, side, other);
    }
}

class FilterWriter {
  public:
    FilterWriter(SqlStatement& statement, const Layer& layer) : statement_(statement), layer_(layer) {}

    void operator()(const Always& always) { statement_.text(always.value ? "true" : "false"); }
    void operator()(const And& all) { join(all.parts, " and ", "true"); }
    void operator()(const Or& any) { join(any.parts, " or ", "false"); }
    void operator()(const Not& negated) {
        statement_.text("not ");
        add_filter(statement_, layer_, *negated.part);
    }

    void operator()(const Comparison& comparison) {
        add_side(statement_, comparison.left, comparison.right);
        statement_.text(sign_of(comparison.op));
        add_side(statement_, comparison.right, comparison.left);
    }

    void operator()(const Between& between) {
        add_side(statement_, between.value, between.lower);
        statement_.text(" >= ");
        add_side(statement_, between.lower, between.value);
        statement_.text(" and ");
        add_side(statement_, between.value, between.upper);
        statement_.text(" <= ");
        add_side(statement_, between.upper, between.value);
    }

    void operator()(const In& in) {
        if (is_plain(in)) {
            add_value(statement_, in.value, in.list.front());
            statement_.text(" in (");
            for (std::size_t i = 0; i < in.list.size(); ++i) {
                if (i > 0) statement_.text(", ");
                add_value(statement_, in.list[i], in.value);
            }
            statement_.text(")");
            return;
        }
        for (std::size_t i = 0; i < in.list.size(); ++i) {
            if (i > 0) statement_.text(" or ");
            add_side(statement_, in.value, in.list[i]);
            statement_.text(" = ");
            add_side(statement_, in.list[i], in.value);
        }
    }

    void operator()(const Like& like) {
        add_text(statement_, like.value);
        statement_.text(" like ");
        add_text(statement_, like.pattern);
        statement_.text(" escape '\\'");
    }

    void operator()(const IsNull& is_null) {
        if (std::holds_alternative<GeometryRef>(is_null.value.node)) {
            statement_.ident(layer_.geometry_column);
        } else {
            add_value(statement_, is_null.value, Expression{});
        }
        statement_.text(" is null");
    }

    void operator()(const Spatial& spatial) { add_spatial(statement_, layer_, spatial); }
    void operator()(const Distance& distance) { add_distance(statement_, layer_, distance); }
    void operator()(const Temporal& temporal);

    void operator()(const ById& by_id) {
        if (by_id.ids.empty()) {
            statement_.text("false");
            return;
        }
        statement_.ident(layer_.id_column).text(" in (");
        for (std::size_t i = 0; i < by_id.ids.size(); ++i) {
            if (i > 0) statement_.text(", ");
            statement_.param(by_id.ids[i], layer_.id_sql_type);
        }
        statement_.text(")");
    }

  private:
    /// A field and literals of one form each: one look-up of PostgreSQL's instead of many conditions.
    static bool is_plain(const In& in) {
        return std::holds_alternative<PropertyRef>(in.value.node) && !is_time(kind_of(in.value)) &&
               std::all_of(in.list.begin(), in.list.end(), is_literal);
    }

    void join(const std::vector<Filter>& parts, std::string_view word, std::string_view none) {
        if (parts.empty()) statement_.text(none);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (i > 0) statement_.text(word);
            add_filter(statement_, layer_, parts[i]);
        }
    }

    SqlStatement& statement_;
    const Layer& layer_;
};

/// One of the comparisons that a temporal relation is made of (OGC 21-065r2, table 8).
struct TimeRule {
    enum class Edge { Begin, End };
    Edge left;
    std::string_view sign;
    Edge right;
};

constexpr TimeRule::Edge begin = TimeRule::Edge::Begin;
constexpr TimeRule::Edge end = TimeRule::Edge::End;

std::vector<TimeRule> rules_of(Temporal::Operator op) {
    switch (op) {
        case Temporal::Operator::After:
            return {{begin, " > ", end}};
        case Temporal::Operator::Before:
            return {{end, " < ", begin}};
        case Temporal::Operator::Contains:
            return {{begin, " < ", begin}, {end, " > ", end}};
        case Temporal::Operator::During:
            return {{begin, " > ", begin}, {end, " < ", end}};
        case Temporal::Operator::Equals:
            return {{begin, " = ", begin}, {end, " = ", end}};
        case Temporal::Operator::FinishedBy:
            return {{begin, " < ", begin}, {end, " = ", end}};
        case Temporal::Operator::Finishes:
            return {{begin, " > ", begin}, {end, " = ", end}};
        case Temporal::Operator::Disjoint:  // negated
        case Temporal::Operator::Intersects:
            return {{begin, " <= ", end}, {end, " >= ", begin}};
        case Temporal::Operator::Meets:
            return {{end, " = ", begin}};
        case Temporal::Operator::MetBy:
            return {{begin, " = ", end}};
        case Temporal::Operator::OverlappedBy:
            return {{begin, " > ", begin}, {begin, " < ", end}, {end, " > ", end}};
        case Temporal::Operator::Overlaps:
            return {{begin, " < ", begin}, {end, " > ", begin}, {end, " < ", end}};
        case Temporal::Operator::StartedBy:
            return {{begin, " = ", begin}, {end, " > ", end}};
        case Temporal::Operator::Starts:
            break;
    }
    return {{begin, " = ", begin}, {end, " < ", end}};
}

void FilterWriter::operator()(const Temporal& temporal) {
    const bool by_day =
        granularity_of(temporal.left) == Granularity::Day || granularity_of(temporal.right) == Granularity::Day;
    const Granularity granularity = by_day ? Granularity::Day : Granularity::Instant;
    const auto add_edge = [&](const Expression& side, TimeRule::Edge edge) {
        edge == begin ? add_begin(statement_, side, granularity) : add_end(statement_, side, granularity);
    };
    if (temporal.op == Temporal::Operator::Disjoint) statement_.text("not (");
    bool first = true;
    for (const TimeRule& rule : rules_of(temporal.op)) {
        if (!first) statement_.text(" and ");
        first = false;
        add_edge(temporal.left, rule.left);
        statement_.text(rule.sign);
        add_edge(temporal.right, rule.right);
    }
    if (temporal.op == Temporal::Operator::Disjoint) statement_.text(")");
}

}  // namespace

void add_filter(SqlStatement& statement, const Layer& layer, const Filter& filter) {
    statement.text("(");
    FilterWriter writer(statement, layer);
    std::visit(writer, filter.node);
    statement.text(")");
}

}  // namespace gis
