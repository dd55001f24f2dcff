#pragma once

#include <filesystem>
#include <vector>

#include "gis/layer/row.hpp"
#include "gis/read/options.hpp"
#include "gis/read/report.hpp"

namespace gis::read {

/// Reads every recognised layer of the given files, folders and archives into the sink: batches of about 2,000 rows, in
/// the target CRS, 2D, of the geometry type the table wants. Ids are unique over all of `paths`. Inputs are only read;
/// archives are unpacked under the system's temporary folder.
///
/// Bad features are listed and left out. A file that cannot be used throws InvalidRequest (field: its name, reason in
/// French) when it is the only one; among others it is listed in `ReadReport::refused_files` and the rest is read.
/// Throws Unavailable when asked to stop. With `options.threads` > 1 the sink is called from several threads, one at a
/// time. Several calls may run at once on separate threads.
ReadReport read(const std::vector<std::filesystem::path>& paths, const Options& options, RowSink& sink);
ReadReport read(const std::filesystem::path& path, const Options& options, RowSink& sink);

}  // namespace gis::read
