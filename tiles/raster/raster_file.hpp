#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gis/crs/crs.hpp"
#include "tiles/grid/tile_coord.hpp"
#include "tiles/raster/image.hpp"
#include "tiles/raster/palette.hpp"

namespace raster {

/// How samples become colours. Without a palette, colours are taken as they are, one band as greys.
struct Style {
    const Palette* palette = nullptr;
    /// The values of the first and last colour; nothing: the samples are bytes, and stay so.
    std::optional<std::array<double, 2>> stretch;
};

/// A georeferenced GeoTIFF with its overviews, opened read-only with GDAL's driver for it and no other. One thread at a
/// time.
class RasterFile {
  public:
    /// Throws gis::Unavailable when it cannot be read, has no place on the ground, or samples that are no numbers.
    explicit RasterFile(const std::string& path);
    ~RasterFile();
    RasterFile(const RasterFile&) = delete;
    RasterFile& operator=(const RasterFile&) = delete;

    int width() const;
    int height() const;
    /// 3: red, green, blue; 1: one value.
    int colours() const;
    /// True when the samples are bytes.
    bool has_bytes() const;
    /// Metres of EPSG:3857 that a pixel takes.
    double mercator_resolution() const;
    /// In metres of EPSG:3857: min x, min y, max x, max y.
    const std::array<double, 4>& mercator_bounds() const;

    /// The part of it that lies in a tile, `size` pixels a side, in EPSG:3857: bilinear from the overview that fits, as
    /// gdalwarp does it; no pixel is taken from more than an eighth of a pixel beside its place. Throws
    /// gis::Unavailable when the file breaks off.
    Image draw(tiles::TileCoord coord, int size, const Style& style);

    /// The sample of the first band at a place, scale and offset applied; nothing where there is none.
    std::optional<double> value_at(double longitude, double latitude);

  private:
    struct Level;
    struct Open;
    Level& level_for(double resolution);
    std::unique_ptr<Open> open_;
};

}  // namespace raster
