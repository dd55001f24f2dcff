#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gis/crs/envelope.hpp"
#include "gis/geometry/geometry_literal.hpp"
#include "gis/layer/layer.hpp"

// A condition on the features of one layer, whatever language it came in (CQL2, FES, key-value pairs). Plain values:
// parsers make them with `property_of` (gis/filter/property.hpp), `bind_filter` (gis/filter/bind.hpp) checks them
// against the layer, `add_filter` (gis/filter/filter_sql.hpp) makes SQL. Fields are the layer's, which outlives them.

namespace gis {

struct Expression;
struct Filter;
using ExpressionPtr = std::shared_ptr<const Expression>;
using FilterPtr = std::shared_ptr<const Filter>;

/// "2026-01-31": a calendar day, and where it meets a date-time the whole day in UTC.
struct DateLiteral {
    std::string text;
};
/// RFC 3339 with seconds and zone: "2026-01-31T12:00:00Z".
struct TimestampLiteral {
    std::string text;
};
/// A text whose language does not say what it is (FES, KVP): it takes the type of what it is compared with.
struct UntypedLiteral {
    std::string text;
};
using Literal = std::variant<bool, std::int64_t, double, std::string, DateLiteral, TimestampLiteral, UntypedLiteral>;

struct PropertyRef {
    const Field* field = nullptr;
};
/// The layer's geometry.
struct GeometryRef {};

struct Arithmetic {
    enum class Operator { Add, Subtract, Multiply, Divide, Modulo, IntegerDivide, Power };
    Operator op = Operator::Add;
    ExpressionPtr left;
    ExpressionPtr right;
};

/// A text without its differences of case, or of accents (CQL2's CASEI and ACCENTI).
struct Folded {
    enum class Without { Case, Accents };
    Without without = Without::Case;
    ExpressionPtr text;
};

/// From `begin` to `end`, each a date, a timestamp or a property; nothing: unbounded.
struct Interval {
    ExpressionPtr begin;
    ExpressionPtr end;
};

struct Expression {
    std::variant<Literal, PropertyRef, GeometryRef, Arithmetic, Folded, Interval, GeometryLiteral, Envelope> node;
};

struct Always {
    bool value = true;
};
struct And {
    std::vector<Filter> parts;
};
struct Or {
    std::vector<Filter> parts;
};
struct Not {
    FilterPtr part;
};

struct Comparison {
    enum class Operator { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual };
    Operator op = Operator::Equal;
    Expression left;
    Expression right;
};

/// lower <= value <= upper
struct Between {
    Expression value;
    Expression lower;
    Expression upper;
};

struct In {
    Expression value;
    std::vector<Expression> list;
};

/// `pattern` is a text, or one inside Folded: '%' stands for any characters, '_' for one, '\' makes the next character
/// plain. Parsers of other wildcards rewrite them (`like_pattern` in gis/filter/property.hpp).
struct Like {
    Expression value;
    Expression pattern;
};

struct IsNull {
    Expression value;
};

/// OGC 21-065r2 table 5 (DE-9IM). One side is the layer's geometry, the other one too or a literal; or two literals.
struct Spatial {
    enum class Operator { Intersects, Equals, Disjoint, Touches, Within, Overlaps, Crosses, Contains };
    Operator op = Operator::Intersects;
    Expression left;
    Expression right;
};

/// FES DWithin and Beyond: the distance between two geometries, in metres (in the layer's CRS, or along the spheroid
/// when that is geographic).
struct Distance {
    enum class Operator { Within, Beyond };
    Operator op = Operator::Within;
    Expression left;
    Expression right;
    double metres = 0;
};

/// OGC 21-065r2 table 8: relations of instants and intervals.
struct Temporal {
    enum class Operator {
        After,
        Before,
        Contains,
        Disjoint,
        During,
        Equals,
        FinishedBy,
        Finishes,
        Intersects,
        Meets,
        MetBy,
        OverlappedBy,
        Overlaps,
        StartedBy,
        Starts
    };
    Operator op = Operator::Intersects;
    Expression left;
    Expression right;
};

/// Features of these ids (FES ResourceId, KVP RESOURCEID). Ids that no feature of the layer can have match nothing.
struct ById {
    std::vector<std::string> ids;
};

struct Filter {
    std::variant<Always, And, Or, Not, Comparison, Between, In, Like, IsNull, Spatial, Distance, Temporal, ById> node;
};

/// Bounds of what a request may ask: deeper or larger filters are refused, by the parsers and by `bind_filter`.
inline constexpr int max_filter_depth = 64;
inline constexpr int max_filter_nodes = 1000;

/// Shorthand for parsers.
inline ExpressionPtr share(Expression expression) {
    return std::make_shared<const Expression>(std::move(expression));
}
inline FilterPtr share(Filter filter) {
    return std::make_shared<const Filter>(std::move(filter));
}

}  // namespace gis
