#pragma once

#include <string>

#include "gis/layer/layer.hpp"

namespace live {

/// Why a layer's tiles come from the database each time: "view", "untracked", "sensitive" (and merged at low zooms,
/// where zones of several resolutions would be one), "declared", "id type", "zoom"; empty where they can come from
/// memory. Loading and memory are not known here.
std::string sql_reason(const gis::Layer& layer);

}  // namespace live
