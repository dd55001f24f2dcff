#pragma once

#include <gdal.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace test {

/// A GeoTIFF made for a test, tiled, with overviews. Bands of `type` filled by `sample(band, column, row)`.
struct MadeRaster {
    int epsg = 2154;  ///< 0: none
    int width = 1500;
    int height = 1200;
    int bands = 3;
    GDALDataType type = GDT_Byte;
    double left = 652000;  ///< of the corner, in the CRS
    double top = 7060000;
    double pixel = 0.5;
    double turn = 0;  ///< rotation of the grid, radians
    std::optional<double> nodata = std::nullopt;
    bool overviews = true;
    bool placed = true;
    std::function<double(int, int, int)> sample;
    /// False: the pixel is masked. None: no mask.
    std::function<bool(int, int)> is_seen = nullptr;
    bool alpha = false;  ///< the last band is opacity
    std::string unit;
    std::string taken_at;  ///< "2026:05:04 10:12:00"; empty: not said
    std::vector<std::string> options{};

    void write(const std::filesystem::path& path) const;
};

/// A folder for one test; gone afterwards.
class RasterFolder {
  public:
    RasterFolder();
    ~RasterFolder();
    RasterFolder(const RasterFolder&) = delete;
    RasterFolder& operator=(const RasterFolder&) = delete;
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

/// Samples that differ from pixel to pixel and from band to band, smooth enough to be resampled: 20 to 235.
double wavy(int band, int column, int row);

}  // namespace test
