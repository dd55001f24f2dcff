// Temporal operators: 09-026r2, 7.9, with gml:TimeInstant and gml:TimePeriod.

#include <fmt/format.h>

#include <array>
#include <utility>

#include "gis/filter/property.hpp"
#include "gis/wfs/fes.hpp"
#include "gis/wfs/fes_reader.hpp"
#include "gis/wfs/xml_document.hpp"

namespace gis::wfs {

namespace {

constexpr std::array<std::pair<std::string_view, Temporal::Operator>, 14> temporal_operators{{
    {"After", Temporal::Operator::After},
    {"Before", Temporal::Operator::Before},
    {"Begins", Temporal::Operator::Starts},
    {"BegunBy", Temporal::Operator::StartedBy},
    {"TContains", Temporal::Operator::Contains},
    {"During", Temporal::Operator::During},
    {"EndedBy", Temporal::Operator::FinishedBy},
    {"Ends", Temporal::Operator::Finishes},
    {"TEquals", Temporal::Operator::Equals},
    {"Meets", Temporal::Operator::Meets},
    {"MetBy", Temporal::Operator::MetBy},
    {"TOverlaps", Temporal::Operator::Overlaps},
    {"OverlappedBy", Temporal::Operator::OverlappedBy},
    {"AnyInteracts", Temporal::Operator::Intersects},
}};

/// A date stays one; a date-time without zone is UTC, and seconds may be missing.
Literal moment(std::string text) {
    const auto clock = text.find('T');
    if (clock == std::string::npos) return DateLiteral{std::move(text)};
    const bool zoned = text.ends_with('Z') || text.find_first_of("+-", clock) != std::string::npos;
    if (!zoned) {
        if (text.size() == clock + 6) text += ":00";
        text += 'Z';
    }
    return TimestampLiteral{std::move(text)};
}

}  // namespace

bool FesReader::is_temporal(std::string_view name) const {
    for (const auto& [known, op] : temporal_operators) {
        if (known == name) return true;
    }
    return false;
}

Filter FesReader::temporal(const Node& element) {
    Temporal::Operator op = Temporal::Operator::Intersects;
    for (const auto& [known, meaning] : temporal_operators) {
        if (known == local_name(element)) op = meaning;
    }
    const std::vector<Node> sides = operands(element, 2);
    Expression left = temporal_operand(sides[0]);
    return {Temporal{op, std::move(left), temporal_operand(sides[1])}};
}

Expression FesReader::temporal_operand(const Node& element) {
    count(element);
    if (is_property_name(element)) return property_of(layer_, property_name(text_of(element), layer_), locator_);
    const std::string_view name = local_name(element);
    if (name == "TimeInstant") return instant(element);
    if (name == "TimePeriod") return period(element);
    if (name == "Literal") {
        const std::vector<Node> inside = child_elements(element);
        if (inside.size() == 1) return temporal_operand(inside.front());
        return {moment(text_of(element))};
    }
    refuse(fmt::format("a property, TimeInstant or TimePeriod expected, got '{}'", name.substr(0, 50)));
}

Expression FesReader::instant(const Node& element) const {
    const Node position = child_called(element, "timePosition");
    if (!position) refuse("TimeInstant: timePosition expected");
    return {moment(text_of(position))};
}

Expression FesReader::period(const Node& element) {
    const auto end = [&](std::string_view position_name, std::string_view property) -> ExpressionPtr {
        if (const Node position = child_called(element, position_name)) {
            const std::string text = text_of(position);
            if (!text.empty()) return share(Expression{moment(text)});
            if (!attribute_of(position, "indeterminatePosition").empty()) return nullptr;
        }
        if (const Node holder = child_called(element, property)) {
            if (const Node inner = child_called(holder, "TimeInstant")) return share(instant(inner));
        }
        refuse(fmt::format("TimePeriod: {} expected", position_name));
    };
    ExpressionPtr begin = end("beginPosition", "begin");
    return {Interval{std::move(begin), end("endPosition", "end")}};
}

}  // namespace gis::wfs
