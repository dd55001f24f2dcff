#pragma once

#include <vector>

#include "gis/layer/layer.hpp"
#include "server/db/connection.hpp"

namespace command {

/// Begins a transaction that reads, at one moment, what everybody may see. Throws gis::NotAllowed for a layer that not
/// everybody may export: what is written goes out of the house.
void begin_as_public(db::Connection& connection, const std::vector<const gis::Layer*>& layers);

}  // namespace command
