#pragma once

#include <ogr_core.h>

#include "gis/layer/layer.hpp"
#include "gis/layer/row.hpp"

namespace gis::read {

/// What OGR read of a date or a date-time, as ISO 8601 text: whole seconds, with the zone when the file said one.
Value time_value(const OGRField& time, FieldType type);

}  // namespace gis::read
