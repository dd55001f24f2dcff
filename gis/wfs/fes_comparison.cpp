// Comparison operators and their operands: 09-026r2, 7.5 to 7.7; 04-095, clauses 8, 10 and 12.

#include <fmt/format.h>

#include <array>
#include <utility>

#include "gis/filter/property.hpp"
#include "gis/wfs/fes.hpp"
#include "gis/wfs/fes_reader.hpp"
#include "gis/wfs/xml_document.hpp"

namespace gis::wfs {

namespace {

constexpr std::array<std::pair<std::string_view, Comparison::Operator>, 6> comparisons{{
    {"PropertyIsEqualTo", Comparison::Operator::Equal},
    {"PropertyIsNotEqualTo", Comparison::Operator::NotEqual},
    {"PropertyIsLessThan", Comparison::Operator::Less},
    {"PropertyIsGreaterThan", Comparison::Operator::Greater},
    {"PropertyIsLessThanOrEqualTo", Comparison::Operator::LessOrEqual},
    {"PropertyIsGreaterThanOrEqualTo", Comparison::Operator::GreaterOrEqual},
}};

constexpr std::array<std::pair<std::string_view, Arithmetic::Operator>, 4> arithmetics{{
    {"Add", Arithmetic::Operator::Add},
    {"Sub", Arithmetic::Operator::Subtract},
    {"Mul", Arithmetic::Operator::Multiply},
    {"Div", Arithmetic::Operator::Divide},
}};

bool is_text(const Expression& expression) {
    const auto* property = std::get_if<PropertyRef>(&expression.node);
    return property != nullptr && property->field->type == FieldType::Text;
}

Expression without_case(Expression expression) {
    return {Folded{Folded::Without::Case, share(std::move(expression))}};
}

bool ignores_case(const pugi::xml_node& element) {
    const std::string_view text = attribute_of(element, "matchCase");
    return text == "false" || text == "0";
}

}  // namespace

bool FesReader::is_comparison(std::string_view name) const {
    for (const auto& [known, op] : comparisons) {
        if (known == name) return true;
    }
    return false;
}

Filter FesReader::comparison(const Node& element) {
    Comparison::Operator op = Comparison::Operator::Equal;
    for (const auto& [known, meaning] : comparisons) {
        if (known == local_name(element)) op = meaning;
    }
    const std::vector<Node> sides = operands(element, 2);
    Expression left = operand(sides[0]);
    Expression right = operand(sides[1]);
    if (ignores_case(element) && (is_text(left) || is_text(right))) {
        left = without_case(std::move(left));
        right = without_case(std::move(right));
    }
    return {Comparison{op, std::move(left), std::move(right)}};
}

Filter FesReader::like(const Node& element) {
    const std::vector<Node> sides = operands(element, 2);
    if (local_name(sides[1]) != "Literal") refuse("PropertyIsLike: a Literal is expected as the pattern");
    count(sides[1]);
    std::string_view escape = attribute_of(element, "escapeChar");
    if (escape.empty()) escape = attribute_of(element, "escape");  // 1.0
    const std::string pattern = like_pattern(text_of(sides[1]), attribute_of(element, "wildCard"),
                                             attribute_of(element, "singleChar"), escape, locator_);
    Expression value = operand(sides[0]);
    Expression literal{Literal{pattern}};
    if (ignores_case(element)) {
        value = without_case(std::move(value));
        literal = without_case(std::move(literal));
    }
    return {Like{std::move(value), std::move(literal)}};
}

Filter FesReader::between(const Node& element) {
    const std::vector<Node> parts = operands(element, 3);
    Expression value = operand(parts[0]);
    Expression lower = bound(parts[1], "LowerBoundary");
    return {Between{std::move(value), std::move(lower), bound(parts[2], "UpperBoundary")}};
}

Expression FesReader::bound(const Node& element, std::string_view name) {
    if (local_name(element) != name) refuse(fmt::format("PropertyIsBetween: {} expected", name));
    return operand(operands(element, 1).front());
}

Filter FesReader::null_check(const Node& element) {
    return {IsNull{operand(operands(element, 1).front())}};
}

ExpressionPtr FesReader::share_operand(const Node& element) {
    return share(operand(element));
}

Expression FesReader::operand(const Node& element) {
    count(element);
    if (is_property_name(element)) return property_of(layer_, property_name(text_of(element), layer_), locator_);
    const std::string_view name = local_name(element);
    if (name == "Literal") {
        if (!child_elements(element).empty()) refuse("a Literal of text is expected here");
        return {Literal{UntypedLiteral{text_of(element)}}};
    }
    for (const auto& [known, op] : arithmetics) {
        if (known != name) continue;
        const std::vector<Node> sides = operands(element, 2);
        ExpressionPtr left = share_operand(sides[0]);
        return {Arithmetic{op, std::move(left), share_operand(sides[1])}};
    }
    if (name == "Function") {
        refuse(fmt::format("the function '{}' is not known; functions are not supported",
                           attribute_of(element, "name").substr(0, 50)));
    }
    refuse(fmt::format("'{}' is no expression that is known here", name.substr(0, 50)));
}

}  // namespace gis::wfs
