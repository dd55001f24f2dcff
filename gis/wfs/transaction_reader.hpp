#pragma once

#include <pugixml.hpp>

#include "gis/wfs/request.hpp"

namespace gis::wfs {

/// Reads a Transaction element of any version. What cannot be read as a value is a problem of its edit, told together
/// with what the edit engine finds; a structure that is no transaction throws ServiceError.
Transaction read_transaction(const pugi::xml_node& element, const RequestContext& context, Version version);

}  // namespace gis::wfs
