#pragma once

#include <string>

#include "gis/layer/layer.hpp"
#include "server/api/documents.hpp"

namespace api {

/// Adds what edits a layer (OGC API – Features Part 4) to the paths of its items, which are there. Who may use them is
/// not said here: OPTIONS does.
void add_edit_operations(Json& paths, const gis::Layer& layer);

}  // namespace api
