#pragma once

#include <memory>

#include "gis/read/input.hpp"

namespace gis::read {

/// The source, and what the points of its survey draw by their codes (`Options::codes`): two more layers, `lignes par
/// code` and `surfaces par code`, where there are such. An area that is not closed is a line. The source as it is when
/// none of its points has a known code.
std::unique_ptr<Source> with_coded_lines(std::unique_ptr<Source> source, const Input& input, const Options& options);

}  // namespace gis::read
