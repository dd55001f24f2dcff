#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "gis/error.hpp"
#include "gis/filter/cql2.hpp"
#include "gis/filter/cql2_lexer.hpp"
#include "gis/filter/cql2_names.hpp"
#include "gis/filter/property.hpp"
#include "gis/geometry/wkt.hpp"

namespace gis {

namespace {

using Kind = Cql2Token::Kind;

/// A parenthesis may hold a condition or a value: only what follows tells.
struct Operand {
    std::variant<Filter, Expression> node;
    std::size_t at = 0;
};

/// Recursive descent, one function a rule, the weakest operator first.
class TextParser {
  public:
    TextParser(std::string_view text, const FilterReading& reading)
        : lexer_(text, reading.parameter), reading_(reading) {}

    Filter whole() {
        Filter filter = condition(any());
        if (lexer_.peek().kind != Kind::End) lexer_.refuse_here("AND, OR or the end");
        return filter;
    }

  private:
    class Level {
      public:
        explicit Level(TextParser& parser) : parser_(parser) {
            if (++parser_.depth_ > max_filter_depth)
                parser_.lexer_.refuse(fmt::format("nested deeper than {}", max_filter_depth), parser_.lexer_.peek().at);
        }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;
        ~Level() { --parser_.depth_; }

      private:
        TextParser& parser_;
    };

    // Tokens.

    bool at_word(std::string_view lower_word) const {
        return lexer_.peek().kind == Kind::Word && lower_ascii(lexer_.peek().text) == lower_word;
    }
    bool at_sign(std::string_view sign) const { return lexer_.peek().kind == Kind::Sign && lexer_.peek().text == sign; }
    bool accept_word(std::string_view lower_word) {
        if (!at_word(lower_word)) return false;
        lexer_.take();
        return true;
    }
    bool accept_sign(std::string_view sign) {
        if (!at_sign(sign)) return false;
        lexer_.take();
        return true;
    }
    void expect_sign(std::string_view sign) {
        if (!accept_sign(sign)) lexer_.refuse_here(fmt::format("'{}'", sign));
    }
    void expect_word(std::string_view lower_word, std::string_view shown) {
        if (!accept_word(lower_word)) lexer_.refuse_here(std::string(shown));
    }
    void count_node() {
        if (++nodes_ > max_filter_nodes)
            lexer_.refuse(fmt::format("more than {} conditions and values", max_filter_nodes), lexer_.peek().at);
    }

    Filter condition(Operand operand) const {
        if (auto* filter = std::get_if<Filter>(&operand.node)) return std::move(*filter);
        if (const auto* literal = std::get_if<Literal>(&std::get<Expression>(operand.node).node)) {
            if (const auto* flag = std::get_if<bool>(literal)) return {Always{*flag}};
        }
        lexer_.refuse("a condition expected, this is a value", operand.at);
    }
    Expression value(Operand operand) const {
        if (auto* expression = std::get_if<Expression>(&operand.node)) return std::move(*expression);
        lexer_.refuse("a value expected, this is a condition", operand.at);
    }
    Operand made(Filter filter, std::size_t at) {
        count_node();
        return {std::move(filter), at};
    }
    Operand made(Expression expression, std::size_t at) {
        count_node();
        return {std::move(expression), at};
    }

    // Conditions.

    Operand any() {
        const Level level(*this);
        Operand first = all();
        if (!at_word("or")) return first;
        Or any;
        const std::size_t at = first.at;
        any.parts.push_back(condition(std::move(first)));
        while (accept_word("or")) any.parts.push_back(condition(all()));
        return made(Filter{std::move(any)}, at);
    }

    Operand all() {
        Operand first = negation();
        if (!at_word("and")) return first;
        And all;
        const std::size_t at = first.at;
        all.parts.push_back(condition(std::move(first)));
        while (accept_word("and")) all.parts.push_back(condition(negation()));
        return made(Filter{std::move(all)}, at);
    }

    Operand negation() {
        const std::size_t at = lexer_.peek().at;
        if (!at_word("not")) return predicate();
        const Level level(*this);
        lexer_.take();
        return made(Filter{Not{share(condition(negation()))}}, at);
    }

    Operand predicate() {
        Operand left = sum();
        const std::size_t at = left.at;
        if (lexer_.peek().kind == Kind::Sign) {
            if (const auto op = comparison_operator(lexer_.peek().text)) {
                lexer_.take();
                return comparison(std::move(left), *op, sum());
            }
            return left;
        }
        if (accept_word("is")) {
            const bool negated = accept_word("not");
            expect_word("null", negated ? "NULL" : "NULL or NOT NULL");
            return maybe_not(Filter{IsNull{value(std::move(left))}}, negated, at);
        }
        const bool negated = accept_word("not");
        if (reading_.gdal_dialect && accept_word("ilike")) {
            const auto folded = [](Expression text) {
                return Expression{Folded{Folded::Without::Case, share(std::move(text))}};
            };
            return maybe_not(Filter{Like{folded(value(std::move(left))), folded(pattern())}}, negated, at);
        }
        if (accept_word("like")) return maybe_not(Filter{Like{value(std::move(left)), pattern()}}, negated, at);
        if (accept_word("between")) {
            Expression lower = value(sum());
            expect_word("and", "AND between the bounds of BETWEEN");
            Expression upper = value(sum());
            return maybe_not(Filter{Between{value(std::move(left)), std::move(lower), std::move(upper)}}, negated, at);
        }
        if (accept_word("in")) return maybe_not(Filter{In{value(std::move(left)), list()}}, negated, at);
        if (negated) lexer_.refuse_here("LIKE, BETWEEN or IN after NOT");
        return left;
    }

    Operand maybe_not(Filter filter, bool negated, std::size_t at) {
        Operand operand = made(std::move(filter), at);
        return negated ? made(Filter{Not{share(condition(std::move(operand)))}}, at) : operand;
    }

    /// A condition may be compared with TRUE and FALSE: the grammar takes predicates for functions.
    Operand comparison(Operand left, Comparison::Operator op, Operand right) {
        const bool equality = op == Comparison::Operator::Equal || op == Comparison::Operator::NotEqual;
        const bool condition_left = std::holds_alternative<Filter>(left.node);
        if (equality && condition_left != std::holds_alternative<Filter>(right.node)) {
            const std::size_t at = left.at;
            if (!condition_left) std::swap(left, right);
            const Filter flag = condition(std::move(right));
            const bool wanted = std::get<Always>(flag.node).value == (op == Comparison::Operator::Equal);
            return maybe_not(condition(std::move(left)), !wanted, at);
        }
        const std::size_t at = left.at;
        Comparison made_of{op, value(std::move(left)), value(std::move(right))};
        if (reading_.gdal_dialect) read_gdal_literal(made_of.left, made_of.right);
        return made(Filter{std::move(made_of)}, at);
    }

    static void read_gdal_literal(const Expression& left, Expression& right) {
        const auto* property = std::get_if<PropertyRef>(&left.node);
        auto* literal = std::get_if<Literal>(&right.node);
        if (property == nullptr || literal == nullptr) return;
        const FieldType type = property->field->type;
        if (const auto* text = std::get_if<std::string>(literal); text != nullptr && type == FieldType::Date) {
            if (text->ends_with('T')) *literal = DateLiteral{text->substr(0, text->size() - 1)};
        } else if (const auto* whole = std::get_if<std::int64_t>(literal);
                   whole != nullptr && type == FieldType::Boolean && (*whole == 0 || *whole == 1)) {
            *literal = *whole == 1;
        }
    }

    std::vector<Expression> list() {
        std::vector<Expression> items;
        expect_sign("(");
        do {
            items.push_back(value(sum()));
        } while (accept_sign(","));
        expect_sign(")");
        return items;
    }

    Expression pattern() {
        const Level level(*this);
        count_node();
        for (const auto without : {Folded::Without::Case, Folded::Without::Accents}) {
            if (!accept_word(without == Folded::Without::Case ? "casei" : "accenti")) continue;
            expect_sign("(");
            Expression inner = pattern();
            expect_sign(")");
            return {Folded{without, share(std::move(inner))}};
        }
        if (lexer_.peek().kind != Kind::Text) lexer_.refuse_here("a pattern in single quotes");
        return {Literal(unescape_pattern(lexer_.take().text))};
    }

    // Values.

    Operand sum() {
        Operand left = product();
        while (at_sign("+") || at_sign("-")) {
            const auto op = *arithmetic_operator(lexer_.take().text);
            left = computed(std::move(left), op, product());
        }
        return left;
    }

    Operand product() {
        Operand left = power();
        while (at_sign("*") || at_sign("/") || at_sign("%") || at_word("div")) {
            const auto op = *arithmetic_operator(lexer_.take().text);
            left = computed(std::move(left), op, power());
        }
        return left;
    }

    Operand power() {
        Operand base = factor();
        if (!accept_sign("^")) return base;
        return computed(std::move(base), Arithmetic::Operator::Power, factor());
    }

    Operand computed(Operand left, Arithmetic::Operator op, Operand right) {
        const std::size_t at = left.at;
        return made(Expression{Arithmetic{op, share(value(std::move(left))), share(value(std::move(right)))}}, at);
    }

    Operand factor() {
        const std::size_t at = lexer_.peek().at;
        const bool minus = at_sign("-");
        if (!minus && !at_sign("+")) return primary();
        const Level level(*this);
        lexer_.take();
        if (lexer_.peek().kind == Kind::Number) return made(Expression{number(minus)}, at);
        if (!minus) lexer_.refuse_here("a number after '+'");
        return computed({Expression{Literal(std::int64_t{-1})}, at}, Arithmetic::Operator::Multiply, primary());
    }

    Operand primary() {
        const Cql2Token token = lexer_.peek();
        switch (token.kind) {
            case Kind::Number:
                return made(Expression{number(false)}, token.at);
            case Kind::Text:
                return made(Expression{Literal(unescape_text(lexer_.take().text))}, token.at);
            case Kind::QuotedName:
                return made(property(lexer_.take()), token.at);
            case Kind::Word:
                return word();
            case Kind::Sign:
                if (token.text == "(") {
                    lexer_.take();
                    Operand inner = any();
                    expect_sign(")");
                    return inner;
                }
                break;
            case Kind::End:
                break;
        }
        lexer_.refuse_here("a property, a value or a condition");
    }

    Operand word() {
        const Cql2Token token = lexer_.peek();
        if (is_wkt_word(token.text)) {
            if (auto geometry = wkt()) return made(std::move(*geometry), token.at);
        }
        const std::string name = lower_ascii(token.text);
        if (name == "true" || name == "false") {
            lexer_.take();
            return made(Expression{Literal(name == "true")}, token.at);
        }
        for (const char* keyword : {"and", "or", "not", "like", "between", "in", "is", "null", "div"}) {
            if (name == keyword) lexer_.refuse_here("a property, a value or a condition");
        }
        lexer_.take();
        if (!at_sign("(")) return made(property(token), token.at);
        return function(token, name);
    }

    /// A geometry where a parenthesis follows the word: else it names a property.
    std::optional<Expression> wkt() {
        std::string_view rest = lexer_.rest();
        const std::string_view after = rest.substr(lexer_.peek().text.size());
        const auto next = after.find_first_not_of(" \t\r\n");
        const bool geometry = next != std::string_view::npos &&
                              (after[next] == '(' || std::isalpha(static_cast<unsigned char>(after[next])) != 0) &&
                              !is_operator_word(after.substr(next));
        if (!geometry) return std::nullopt;
        GeometryReading reading;
        reading.crs = reading_.crs;
        reading.field = reading_.parameter;
        Expression literal{read_wkt(rest, reading)};
        lexer_.skip_to(rest);
        return literal;
    }

    static bool is_operator_word(std::string_view text) {
        for (const std::string_view keyword : {"and", "or", "not", "like", "between", "in", "is", "div"}) {
            const bool ends =
                text.size() == keyword.size() ||
                (text.size() > keyword.size() && std::isalnum(static_cast<unsigned char>(text[keyword.size()])) == 0);
            if (ends && lower_ascii(text.substr(0, keyword.size())) == keyword) return true;
        }
        return false;
    }

    Operand function(const Cql2Token& token, const std::string& name) {
        const Level level(*this);
        if (const auto op = spatial_operator(name)) {
            auto [left, right] = two_arguments();
            return made(Filter{Spatial{*op, std::move(left), std::move(right)}}, token.at);
        }
        if (const auto op = temporal_operator(name)) {
            auto [left, right] = two_arguments();
            return made(Filter{Temporal{*op, std::move(left), std::move(right)}}, token.at);
        }
        expect_sign("(");
        Expression made_of = special(token, name);
        expect_sign(")");
        return made(std::move(made_of), token.at);
    }

    std::pair<Expression, Expression> two_arguments() {
        expect_sign("(");
        Expression left = value(sum());
        expect_sign(",");
        Expression right = value(sum());
        expect_sign(")");
        return {std::move(left), std::move(right)};
    }

    /// What stands between the parentheses of the words that are no predicates.
    Expression special(const Cql2Token& token, const std::string& name) {
        if (name == "casei") return {Folded{Folded::Without::Case, share(value(sum()))}};
        if (name == "accenti") return {Folded{Folded::Without::Accents, share(value(sum()))}};
        if (name == "date") return {Literal(DateLiteral{text("a date in single quotes")})};
        if (name == "timestamp") return {Literal(TimestampLiteral{text("a date-time in single quotes")})};
        if (name == "interval") return interval();
        if (name == "bbox") return box();
        if (is_array_function(name))
            lexer_.refuse(fmt::format("{} wants arrays, and no property is one", token.text.substr(0, 20)), token.at);
        lexer_.refuse(fmt::format("there is no function '{}'", token.text.substr(0, 50)), token.at);
    }

    Expression interval() {
        Interval interval;
        interval.begin = interval_end();
        expect_sign(",");
        interval.end = interval_end();
        return {std::move(interval)};
    }

    ExpressionPtr interval_end() {
        count_node();
        if (lexer_.peek().kind != Kind::Text) return share(value(primary()));
        const std::size_t at = lexer_.peek().at;
        const std::string said = unescape_text(lexer_.take().text);
        if (said == "..") return nullptr;
        if (said.find('T') != std::string::npos) return share(Expression{Literal(TimestampLiteral{said})});
        if (said.empty()) lexer_.refuse("a date, a date-time or '..' expected", at);
        return share(Expression{Literal(DateLiteral{said})});
    }

    Expression box() {
        std::vector<double> numbers;
        do {
            const bool minus = accept_sign("-");
            if (!minus) accept_sign("+");
            if (lexer_.peek().kind != Kind::Number) lexer_.refuse_here("a number");
            if (numbers.size() == 6) lexer_.refuse_here("')' after 6 numbers");
            const Literal literal = number(minus);
            numbers.push_back(std::holds_alternative<double>(literal)
                                  ? std::get<double>(literal)
                                  : static_cast<double>(std::get<std::int64_t>(literal)));
        } while (accept_sign(","));
        return {box_of(numbers, reading_.crs, reading_.parameter)};
    }

    std::string text(std::string_view expected) {
        if (lexer_.peek().kind != Kind::Text) lexer_.refuse_here(std::string(expected));
        return unescape_text(lexer_.take().text);
    }

    /// Whole numbers of 64 bits stay whole.
    Literal number(bool minus) {
        const Cql2Token token = lexer_.take();
        std::string digits = (minus ? "-" : "") + std::string(token.text);
        if (digits.ends_with('.')) digits.pop_back();
        std::int64_t whole = 0;
        const char* end = digits.data() + digits.size();
        if (const auto read = std::from_chars(digits.data(), end, whole); read.ec == std::errc{} && read.ptr == end)
            return {whole};
        double real = 0;
        const auto read = std::from_chars(digits.data(), end, real);
        if (read.ec == std::errc::result_out_of_range) lexer_.refuse("a number out of range", token.at);
        if (read.ec != std::errc{} || read.ptr != end)
            lexer_.refuse(fmt::format("'{}' is no number", token.text.substr(0, 50)), token.at);
        return {real};
    }

    Expression property(const Cql2Token& token) { return property_of(*reading_.layer, token.text, reading_.parameter); }

    Cql2Lexer lexer_;
    const FilterReading& reading_;
    int depth_ = 0;
    int nodes_ = 0;
};

}  // namespace

Filter parse_cql2_text(std::string_view text, const FilterReading& reading) {
    return TextParser(text, reading).whole();
}

}  // namespace gis
