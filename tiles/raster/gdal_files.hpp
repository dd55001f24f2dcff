#pragma once

#include <gdal.h>

#include <memory>
#include <string>
#include <vector>

// GDAL as far as rasters need it. Only sources include this.

namespace raster {

struct DatasetCloser {
    void operator()(void* dataset) const { GDALClose(dataset); }
};
using DatasetPtr = std::unique_ptr<void, DatasetCloser>;

/// Keeps GDAL's complaints on this thread from the server's output while it lives; the first failure is kept.
class QuietGdal {
  public:
    QuietGdal();
    ~QuietGdal();
    QuietGdal(const QuietGdal&) = delete;
    QuietGdal& operator=(const QuietGdal&) = delete;
    const std::string& failure() const { return failure_; }

  private:
    static void receive(CPLErr severity, CPLErrorNum number, const char* message);
    std::string failure_;
};

/// Registers the drivers of rasters, once: GeoTIFF to read, memory and WebP to write. Nothing else is opened.
void prepare_gdal();

/// Opens a GeoTIFF read-only, without looking at the files beside it. Null when it is none.
DatasetPtr open_geotiff(const std::string& path, const std::vector<std::string>& open_options = {});

}  // namespace raster
