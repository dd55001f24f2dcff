#pragma once

#include <string>
#include <vector>

namespace gis {

/// Names that DBF holds: at most ten characters of a-z, 0-9 and '_', other characters made "_", each only once
/// ("commune_du", "commune__1"). One for each of `names`, in their order.
std::vector<std::string> dbf_names(const std::vector<std::string>& names);

}  // namespace gis
