#include "gis/filter/bind.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "gis/error.hpp"
#include "gis/filter/value_kind.hpp"
#include "gis/geometry/prepare.hpp"
#include "gis/layer/value_text.hpp"
#include "gis/query/feature_query.hpp"

namespace gis {

namespace {

const PropertyRef* property_in(const Expression& expression) {
    return std::get_if<PropertyRef>(&expression.node);
}

const Literal* literal_in(const Expression& expression) {
    return std::get_if<Literal>(&expression.node);
}

/// "count" or "a number": what a message calls the expression.
std::string name_of(const Expression& expression) {
    if (const auto* property = property_in(expression)) return "'" + property->field->name + "'";
    return std::string(to_string(kind_of(expression)));
}

class Binder {
  public:
    Binder(const Layer& layer, const std::string& parameter) : layer_(layer), parameter_(parameter) {}

    Filter filter(Filter given) {
        const Level level(*this);
        std::visit([this](auto& node) { bind(node); }, given.node);
        return given;
    }

  private:
    /// One node, at one depth more while it lives.
    class Level {
      public:
        explicit Level(Binder& binder) : binder_(binder) {
            if (++binder_.nodes_ > max_filter_nodes)
                binder_.refuse(fmt::format("more than {} conditions and values", max_filter_nodes));
            if (++binder_.depth_ > max_filter_depth)
                binder_.refuse(fmt::format("nested deeper than {}", max_filter_depth));
        }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;
        ~Level() { --binder_.depth_; }

      private:
        Binder& binder_;
    };

    [[noreturn]] void refuse(const std::string& reason) const { throw InvalidRequest(parameter_, reason); }

    // Conditions.

    void bind(Always&) {}
    void bind(And& all) {
        for (Filter& part : all.parts) part = filter(std::move(part));
    }
    void bind(Or& any) {
        for (Filter& part : any.parts) part = filter(std::move(part));
    }
    void bind(Not& negated) { negated.part = share(filter(*negated.part)); }

    void bind(Comparison& comparison) {
        expression(comparison.left);
        expression(comparison.right);
        make_comparable(comparison.left, comparison.right);
        settle(comparison.left);
        settle(comparison.right);
    }

    void bind(Between& between) {
        expression(between.value);
        for (Expression* bound : {&between.lower, &between.upper}) {
            expression(*bound);
            make_comparable(between.value, *bound);
        }
        make_comparable(between.value, between.lower);  // the upper bound may have told the value's type
        for (Expression* part : {&between.value, &between.lower, &between.upper}) settle(*part);
    }

    void bind(In& in) {
        if (in.list.empty()) refuse("IN wants at least one value");
        expression(in.value);
        for (Expression& item : in.list) {
            expression(item);
            make_comparable(in.value, item);
            settle(item);
        }
        settle(in.value);
    }

    void bind(Like& like) {
        expression(like.value);
        expression(like.pattern);
        require_text(like.value, "LIKE");
        require_text(like.pattern, "LIKE");
        const Expression* inner = &like.pattern;
        while (const auto* folded = std::get_if<Folded>(&inner->node)) inner = folded->text.get();
        const auto* literal = literal_in(*inner);
        if (literal == nullptr) refuse("the pattern of LIKE must be a text between quotes");
        const auto& pattern = std::get<std::string>(*literal);
        const auto plain = pattern.find_last_not_of('\\');
        const std::size_t escapes = pattern.size() - (plain == std::string::npos ? 0 : plain + 1);
        if (escapes % 2 == 1) refuse("the pattern of LIKE ends with its escape character '\\'");
    }

    void bind(IsNull& is_null) {
        expression(is_null.value);
        settle(is_null.value);
        const ValueKind kind = kind_of(is_null.value);
        if ((kind == ValueKind::Geometry || kind == ValueKind::Interval) &&
            !std::holds_alternative<GeometryRef>(is_null.value.node))
            refuse("IS NULL wants a property");
    }

    void bind(Spatial& spatial) {
        geometry(spatial.left);
        geometry(spatial.right);
        if (spatial.op == Spatial::Operator::Intersects || spatial.op == Spatial::Operator::Disjoint) return;
        for (const Expression* side : {&spatial.left, &spatial.right}) {
            const auto* literal = std::get_if<GeometryLiteral>(&side->node);
            if (literal != nullptr && is_mixed_collection(*literal))
                refuse(
                    "a collection of points, lines and polygons together is only possible in S_INTERSECTS and "
                    "S_DISJOINT");
        }
    }

    void bind(Distance& distance) {
        geometry(distance.left);
        geometry(distance.right);
        if (!std::isfinite(distance.metres) || distance.metres < 0)
            refuse("a distance of 0 metres or more is expected");
    }

    void bind(Temporal& temporal) {
        for (Expression* side : {&temporal.left, &temporal.right}) {
            expression(*side);
            make_time(*side);
            const ValueKind kind = kind_of(*side);
            if (!is_time(kind) && kind != ValueKind::Interval)
                refuse(fmt::format("a date, a date-time or an interval is expected, {} is not one", name_of(*side)));
        }
    }

    void bind(ById& by_id) {
        for (std::size_t i = 0; i < by_id.ids.size(); ++i) const Level counted(*this);
        const Field id{layer_.id_column, "", layer_.id_type, layer_.id_sql_type, "", 0};
        std::erase_if(by_id.ids, [&](const std::string& text) {
            try {
                require_value_of(id, text);
                return !is_storable_text(text);
            } catch (const InvalidRequest&) {
                return true;
            }
        });
    }

    // Expressions.

    void expression(Expression& given) {
        const Level level(*this);
        std::visit([this](auto& node) { check(node); }, given.node);
    }
    ExpressionPtr shared(const ExpressionPtr& given) {
        Expression copy = *given;
        expression(copy);
        return share(std::move(copy));
    }

    void check(const PropertyRef&) {}
    void check(const GeometryRef&) {
        if (!layer_.has_geometry()) refuse(fmt::format("'{}' has no geometry", layer_.name));
    }
    void check(const Envelope& box) {
        if (!box.is_finite() || box.min_x > box.max_x || box.min_y > box.max_y)
            refuse(
                "a box is reversed: each lower bound must come before its upper bound (no data lies across the 180° "
                "meridian)");
    }
    void check(GeometryLiteral& literal) {
        literal = prepare_geometry(literal, layer_.has_geometry() ? layer_.crs : literal.crs, parameter_);
    }
    void check(Literal& literal) {
        const auto require_storable = [this](const std::string& text) {
            if (!is_storable_text(text)) refuse("a text must be UTF-8, without NUL");
        };
        if (const auto* text = std::get_if<std::string>(&literal)) require_storable(*text);
        if (const auto* text = std::get_if<UntypedLiteral>(&literal)) require_storable(text->text);
        if (const auto* number = std::get_if<double>(&literal); number != nullptr && !std::isfinite(*number))
            refuse("a finite number is expected");
        if (const auto* date = std::get_if<DateLiteral>(&literal); date != nullptr && !is_calendar_date(date->text))
            refuse(fmt::format("'{}' is no date; expected one such as 2026-01-31", date->text.substr(0, 50)));
        if (const auto* time = std::get_if<TimestampLiteral>(&literal); time != nullptr && !is_instant(time->text))
            refuse(fmt::format("'{}' is no date-time; expected one such as 2026-01-31T12:00:00Z",
                               time->text.substr(0, 50)));
    }
    void check(Arithmetic& arithmetic) {
        for (ExpressionPtr* side : {&arithmetic.left, &arithmetic.right}) {
            Expression operand = **side;
            expression(operand);
            if (kind_of(operand) == ValueKind::Untyped) convert(operand, ValueKind::Number);
            if (kind_of(operand) != ValueKind::Number)
                refuse(fmt::format("{} cannot be computed with: a number is expected", name_of(operand)));
            *side = share(std::move(operand));
        }
    }
    void check(Folded& folded) {
        Expression text = *folded.text;
        expression(text);
        require_text(text, folded.without == Folded::Without::Case ? "CASEI" : "ACCENTI");
        folded.text = share(std::move(text));
    }
    void check(Interval& interval) {
        for (ExpressionPtr* end : {&interval.begin, &interval.end}) {
            if (!*end) continue;
            Expression instant = **end;
            expression(instant);
            make_time(instant);
            if (!is_time(kind_of(instant)))
                refuse(fmt::format("an interval goes from a date or date-time to another; {} is neither",
                                   name_of(instant)));
            *end = share(std::move(instant));
        }
        require_order(interval);
    }

    /// Days, and times in UTC, compare as their texts; of others the database decides.
    void require_order(const Interval& interval) const {
        const auto text_of = [](const ExpressionPtr& end) -> std::string {
            const Literal* literal = end ? literal_in(*end) : nullptr;
            if (literal == nullptr) return "";
            if (const auto* date = std::get_if<DateLiteral>(literal)) return date->text;
            const auto* time = std::get_if<TimestampLiteral>(literal);
            return time != nullptr && time->text.ends_with('Z') ? time->text.substr(0, time->text.size() - 1) : "";
        };
        const std::string begin = text_of(interval.begin);
        const std::string end = text_of(interval.end);
        const std::size_t common = begin.size() == end.size() ? begin.size() : std::min<std::size_t>(10, end.size());
        if (!begin.empty() && !end.empty() && begin.substr(0, common) > end.substr(0, common))
            refuse(fmt::format("the interval from {} to {} ends before it begins", begin, end));
    }

    void geometry(Expression& side) {
        expression(side);
        if (kind_of(side) != ValueKind::Geometry)
            refuse(fmt::format("a geometry is expected, {} is not one", name_of(side)));
    }

    void require_text(Expression& value, std::string_view where) {
        settle(value);
        if (kind_of(value) != ValueKind::Text)
            refuse(fmt::format("{} wants a text, {} is not one", where, name_of(value)));
    }

    // Types.

    void settle(Expression& value) {
        if (kind_of(value) == ValueKind::Untyped) convert(value, ValueKind::Text);
    }

    /// A text where only a time will do is read as one.
    void make_time(Expression& value) {
        const Literal* literal = literal_in(value);
        if (literal == nullptr) return;
        const auto* text = std::get_if<std::string>(literal);
        const auto* untyped = std::get_if<UntypedLiteral>(literal);
        const std::string said = text != nullptr ? *text : untyped != nullptr ? untyped->text : "";
        if (is_calendar_date(said)) value.node = Literal(DateLiteral{said});
        if (is_instant(said)) value.node = Literal(TimestampLiteral{said});
    }

    void make_comparable(Expression& left, Expression& right) {
        adapt(left, right);
        adapt(right, left);
        const ValueKind a = kind_of(left);
        const ValueKind b = kind_of(right);
        if (a == ValueKind::Geometry || b == ValueKind::Geometry)
            refuse("a geometry is not compared; use S_INTERSECTS or another spatial function");
        if (a == ValueKind::Interval || b == ValueKind::Interval)
            refuse("an interval is not compared; use T_INTERSECTS or another temporal function");
        if (a != b && !(is_time(a) && is_time(b)))
            refuse(fmt::format("{} cannot be compared with {}", name_of(left), name_of(right)));
        require_value(left, right);
        require_value(right, left);
    }

    /// Gives the untyped literal, or the text of a time, the type of what it is compared with.
    void adapt(Expression& literal, const Expression& other) {
        const ValueKind wanted = kind_of(other);
        const ValueKind kind = kind_of(literal);
        if (wanted == ValueKind::Untyped || wanted == ValueKind::Geometry || wanted == ValueKind::Interval) return;
        if (kind == ValueKind::Untyped) convert(literal, wanted, property_in(other));
        if (kind == ValueKind::Text && is_time(wanted) && literal_in(literal) != nullptr)
            convert(literal, wanted, property_in(other));
    }

    void convert(Expression& value, ValueKind wanted, const PropertyRef* property = nullptr) {
        const Literal& literal = *literal_in(value);
        const auto* untyped = std::get_if<UntypedLiteral>(&literal);
        const std::string text = untyped != nullptr ? untyped->text : std::get<std::string>(literal);
        if (auto converted = read_as(wanted, text)) {
            value.node = *converted;
            return;
        }
        const std::string subject = property == nullptr ? "" : "'" + property->field->name + "': ";
        refuse(fmt::format("{}{} is expected, got '{}'", subject, to_string(wanted), text.substr(0, 100)));
    }

    static std::optional<Literal> read_as(ValueKind kind, const std::string& text) {
        switch (kind) {
            case ValueKind::Boolean:
                if (text == "true" || text == "1") return Literal(true);
                if (text == "false" || text == "0") return Literal(false);
                return std::nullopt;
            case ValueKind::Number:
                return read_number(text);
            case ValueKind::Day:
            case ValueKind::Instant:
                if (is_calendar_date(text)) return Literal(DateLiteral{text});
                if (is_instant(text)) return Literal(TimestampLiteral{text});
                return std::nullopt;
            default:
                return Literal(text);
        }
    }

    static std::optional<Literal> read_number(std::string text) {
        text.erase(0, text.find_first_not_of(" \t\r\n"));
        text.erase(text.find_last_not_of(" \t\r\n") + 1);
        if (text.starts_with('+')) text.erase(0, 1);
        if (is_integer(text)) {
            std::int64_t whole = 0;
            std::from_chars(text.data(), text.data() + text.size(), whole);
            return Literal(whole);
        }
        if (!is_number(text)) return std::nullopt;
        double number = 0;
        std::from_chars(text.data(), text.data() + text.size(), number);
        return Literal(number);
    }

    /// What PostgreSQL would fail to read as the field's type.
    void require_value(const Expression& property, const Expression& value) const {
        const auto* field = property_in(property);
        const auto* literal = literal_in(value);
        if (field == nullptr || literal == nullptr) return;
        const auto* text = std::get_if<std::string>(literal);
        if (text != nullptr && field->field->sql_type == "uuid" && !is_uuid(*text))
            refuse(fmt::format("'{}': a UUID is expected, got '{}'", field->field->name, text->substr(0, 100)));
    }

    const Layer& layer_;
    const std::string& parameter_;
    int depth_ = 0;
    int nodes_ = 0;
};

}  // namespace

FilterPtr bind_filter(Filter filter, const Layer& layer, const std::string& parameter) {
    return share(Binder(layer, parameter).filter(std::move(filter)));
}

}  // namespace gis
