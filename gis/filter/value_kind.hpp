#pragma once

#include <string_view>

#include "gis/filter/filter.hpp"

namespace gis {

/// What an expression gives, as far as comparing needs to know.
enum class ValueKind { Boolean, Number, Text, Day, Instant, Interval, Geometry, Untyped };

ValueKind kind_of(const Expression& expression);

/// "a number", "a text": for messages.
std::string_view to_string(ValueKind kind);

inline bool is_time(ValueKind kind) {
    return kind == ValueKind::Day || kind == ValueKind::Instant;
}

}  // namespace gis
