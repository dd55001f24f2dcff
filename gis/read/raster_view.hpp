#pragma once

#include <gdal_priv.h>
#include <ogr_spatialref.h>

#include <array>
#include <limits>
#include <optional>
#include <vector>

namespace gis::read {

/// What of a raster's pixels is a colour or a value.
struct RasterPlan {
    int colours = 1;     ///< bands kept: 3 colours, or 1 value
    int alpha_band = 0;  ///< of the source; 0: none
    bool is_photo = false;
    GDALColorTable* table = nullptr;  ///< the source's; its entries become three colours
    std::optional<double> nodata;     ///< of a value, as the source says it
    bool has_mask = false;            ///< pixels that are not seen are marked by a mask
};

/// The least and greatest of the values that are data.
struct RasterRange {
    double least = std::numeric_limits<double>::infinity();
    double greatest = -std::numeric_limits<double>::infinity();
};

/// A raster as it is kept: opacity and colours without data become one mask, colour tables become colours, values that
/// are no numbers become the one that says so. Blocks are read from the source when they are asked for.
class RasterView final : public GDALDataset {
  public:
    /// `place` and `system` say where it lies, whatever the source says.
    RasterView(GDALDataset& source, const RasterPlan& plan, const std::array<double, 6>& place,
               const OGRSpatialReference& system);

    CPLErr GetGeoTransform(double* place) override;
    const OGRSpatialReference* GetSpatialRef() const override { return &system_; }

    const RasterPlan& plan() const { return plan_; }
    /// Of the blocks read so far, each counted once.
    const RasterRange& range() const { return range_; }
    /// Band `band` of a block at full size, or the mask (0): rows of `block_side` samples.
    CPLErr read_block(int band, int column, int row, void* out);

    static constexpr int block_side = 512;

  private:
    CPLErr read_mask(int x, int y, int width, int height, std::vector<GByte>& out);
    void settle_values(int x, int y, int width, int height, void* out);

    GDALDataset& source_;
    RasterPlan plan_;
    std::array<double, 6> place_;
    OGRSpatialReference system_;
    RasterRange range_;
    std::vector<bool> counted_;  // blocks whose values are in the range
};

}  // namespace gis::read
