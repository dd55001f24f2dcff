#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "gis/gdal_messages.hpp"

namespace gis::read {

/// The bytes of a file under a name without neighbours: GDAL believes files beside a GML (.gfs, .xsd), which may name
/// other fields than are there. Outlives what is opened by it.
class LoneFile {
  public:
    explicit LoneFile(const std::filesystem::path& path);
    LoneFile(const LoneFile&) = delete;
    LoneFile& operator=(const LoneFile&) = delete;
    ~LoneFile();
    std::string name() const;

  private:
    std::string description_;
};

/// Opens a vector file read-only with one driver and no other. Nothing when that driver cannot.
DatasetPtr open_with(const std::string& driver, const std::string& path, const std::vector<std::string>& open_options);
/// The same of an image.
DatasetPtr open_image(const std::string& driver, const std::string& path);

}  // namespace gis::read
