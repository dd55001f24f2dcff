#pragma once

#include "gis/read/mapping.hpp"

namespace gis::read {

/// Conversions of a source value to what a column holds. NULL stays NULL; blank text becomes NULL. False: not possible.
bool to_text(Value& value, const MappingContext&);
bool to_integer(Value& value, const MappingContext&);
bool to_number(Value& value, const MappingContext&);
/// true/false, 1/0, oui/non, O/N, T/F, A (arpentée).
bool to_boolean(Value& value, const MappingContext&);
/// 20140618, "20140618", "2014-06-18", "2014/06/18", "18/06/2014" -> "2014-06-18"; an impossible date is refused.
bool to_date(Value& value, const MappingContext&);
/// Whether it is written "2014-06-18" already, a date that exists.
bool is_iso_date(std::string_view text);
bool to_datetime(Value& value, const MappingContext&);

}  // namespace gis::read
