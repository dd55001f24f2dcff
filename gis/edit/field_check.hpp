#pragma once

#include <optional>
#include <string>

#include "gis/layer/layer.hpp"
#include "gis/layer/row.hpp"

namespace gis {

/// A value as it goes to the database: text for the field's SQL type, nothing for NULL; or what was expected instead.
struct CheckedValue {
    std::optional<std::string> text;
    std::string expected;  ///< empty: the value is good

    bool is_good() const { return expected.empty(); }
};

/// Checks type, code list, length and range. `from_text`: every type may come as text (XML). NULL is good here: whether
/// a field may be without value is asked of the whole feature.
CheckedValue check_value(const Field& field, const Value& value, bool from_text);

/// The value as a person reads it in a message, cut to 100 bytes.
std::string shown(const Value& value);

}  // namespace gis
