#include "gis/filter/cql2_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "gis/error.hpp"

namespace gis {

namespace {

template <typename Value, std::size_t count>
std::optional<Value> look_up(const std::array<std::pair<std::string_view, Value>, count>& table, std::string_view key) {
    const auto found = std::find_if(table.begin(), table.end(), [&](const auto& entry) { return entry.first == key; });
    return found == table.end() ? std::nullopt : std::optional(found->second);
}

using SpatialOp = Spatial::Operator;
constexpr std::array<std::pair<std::string_view, SpatialOp>, 8> spatial_names{{{"s_intersects", SpatialOp::Intersects},
                                                                               {"s_equals", SpatialOp::Equals},
                                                                               {"s_disjoint", SpatialOp::Disjoint},
                                                                               {"s_touches", SpatialOp::Touches},
                                                                               {"s_within", SpatialOp::Within},
                                                                               {"s_overlaps", SpatialOp::Overlaps},
                                                                               {"s_crosses", SpatialOp::Crosses},
                                                                               {"s_contains", SpatialOp::Contains}}};

using TemporalOp = Temporal::Operator;
constexpr std::array<std::pair<std::string_view, TemporalOp>, 15> temporal_names{
    {{"t_after", TemporalOp::After},
     {"t_before", TemporalOp::Before},
     {"t_contains", TemporalOp::Contains},
     {"t_disjoint", TemporalOp::Disjoint},
     {"t_during", TemporalOp::During},
     {"t_equals", TemporalOp::Equals},
     {"t_finishedby", TemporalOp::FinishedBy},
     {"t_finishes", TemporalOp::Finishes},
     {"t_intersects", TemporalOp::Intersects},
     {"t_meets", TemporalOp::Meets},
     {"t_metby", TemporalOp::MetBy},
     {"t_overlappedby", TemporalOp::OverlappedBy},
     {"t_overlaps", TemporalOp::Overlaps},
     {"t_startedby", TemporalOp::StartedBy},
     {"t_starts", TemporalOp::Starts}}};

using CompareOp = Comparison::Operator;
constexpr std::array<std::pair<std::string_view, CompareOp>, 6> comparison_signs{{{"=", CompareOp::Equal},
                                                                                  {"<>", CompareOp::NotEqual},
                                                                                  {"<", CompareOp::Less},
                                                                                  {"<=", CompareOp::LessOrEqual},
                                                                                  {">", CompareOp::Greater},
                                                                                  {">=", CompareOp::GreaterOrEqual}}};

using MathOp = Arithmetic::Operator;
constexpr std::array<std::pair<std::string_view, MathOp>, 7> arithmetic_signs{{{"+", MathOp::Add},
                                                                               {"-", MathOp::Subtract},
                                                                               {"*", MathOp::Multiply},
                                                                               {"/", MathOp::Divide},
                                                                               {"%", MathOp::Modulo},
                                                                               {"div", MathOp::IntegerDivide},
                                                                               {"^", MathOp::Power}}};

}  // namespace

std::string lower_ascii(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

std::optional<Spatial::Operator> spatial_operator(std::string_view name) {
    return look_up(spatial_names, lower_ascii(name));
}

std::optional<Temporal::Operator> temporal_operator(std::string_view name) {
    return look_up(temporal_names, lower_ascii(name));
}

std::optional<Comparison::Operator> comparison_operator(std::string_view sign) {
    return look_up(comparison_signs, sign);
}

std::optional<Arithmetic::Operator> arithmetic_operator(std::string_view sign) {
    return look_up(arithmetic_signs, lower_ascii(sign));
}

bool is_array_function(std::string_view name) {
    const std::string lower = lower_ascii(name);
    return lower == "a_equals" || lower == "a_contains" || lower == "a_containedby" || lower == "a_overlaps";
}

Envelope box_of(const std::vector<double>& numbers, const Crs& crs, const std::string& parameter) {
    if (numbers.size() != 4 && numbers.size() != 6)
        throw InvalidRequest(parameter, fmt::format("a box has 4 or 6 numbers, this one {}", numbers.size()));
    const std::size_t upper = numbers.size() / 2;  // heights stand third and last
    Envelope box{numbers[0], numbers[1], numbers[upper], numbers[upper + 1], crs};
    if (crs.northing_first) box = {box.min_y, box.min_x, box.max_y, box.max_x, crs};
    const bool outside = box.min_x < -180 || box.max_x > 180 || box.min_y < -90 || box.max_y > 90;
    if (crs.geographic && outside) {
        throw InvalidRequest(parameter, fmt::format("a box reaches outside -180..180, -90..90 ({} is written {} first)",
                                                    crs.code(), crs.northing_first ? "latitude" : "longitude"));
    }
    return box;
}

}  // namespace gis
