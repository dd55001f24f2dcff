#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gis/filter/filter.hpp"

// The words of CQL2 that text and JSON share, in any case: JSON writes "t_finishedBy", text T_FINISHEDBY.

namespace gis {

std::optional<Spatial::Operator> spatial_operator(std::string_view name);
std::optional<Temporal::Operator> temporal_operator(std::string_view name);
std::optional<Comparison::Operator> comparison_operator(std::string_view sign);
std::optional<Arithmetic::Operator> arithmetic_operator(std::string_view sign);
bool is_array_function(std::string_view name);

/// ASCII letters in lower case.
std::string lower_ascii(std::string_view text);

/// A box of 4 or 6 numbers in the axis order of `crs`, heights dropped. Throws InvalidRequest.
Envelope box_of(const std::vector<double>& numbers, const Crs& crs, const std::string& parameter);

}  // namespace gis
