#pragma once

#include "server/jobs/task.hpp"

// What of a layer files can fill, and from which of their fields.

namespace jobs {

/// Name, title, type, required, and `source`: the field that fills it unless somebody says otherwise, or null. `source`
/// is a layer as `to_json(Detection)` tells it. Where a layer of points is to come from a table that does not say
/// where, "x" and "y" are columns too.
Json columns_for(db::Connection& connection, const gis::Layer& layer, const Json& source);

/// Throws gis::InvalidRequest naming the column that files cannot fill, and those they can.
void check_columns(const gis::Layer& layer, const gis::read::ChosenColumns& chosen);

}  // namespace jobs
