#pragma once

#include <filesystem>
#include <vector>

namespace gis {

/// Puts the files into a new zip archive under their own names, deflated. Throws Unavailable when it cannot be written.
void write_zip(const std::filesystem::path& archive, const std::vector<std::filesystem::path>& files);

}  // namespace gis
