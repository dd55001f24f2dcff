#pragma once

#include <string_view>
#include <vector>

#include "gis/crs/envelope.hpp"
#include "gis/layer/layer.hpp"
#include "gis/wfs/version.hpp"

namespace gis::wfs {

/// BBOX=a,b,c,d[,crs] (09-025r2, 7.9.2.3; 04-094, 14.3.3): numbers in the order that the CRS's name and the version
/// imply, in the layer's own CRS when none is named. Throws ServiceError at "bbox".
Envelope read_bbox(std::string_view text, const Layer& layer, const std::vector<Crs>& offered, Version version);

}  // namespace gis::wfs
