#include "gis/read/raster_view.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>

namespace gis::read {

namespace {

/// Beyond, no height or temperature: what some programs write where they know none.
constexpr double largest_value = 1e30;

class ViewMask final : public GDALRasterBand {
  public:
    explicit ViewMask(RasterView& view) : view_(view) {
        poDS = nullptr;
        nRasterXSize = view.GetRasterXSize();
        nRasterYSize = view.GetRasterYSize();
        eDataType = GDT_Byte;
        nBlockXSize = nBlockYSize = RasterView::block_side;
    }

  protected:
    CPLErr IReadBlock(int column, int row, void* out) override { return view_.read_block(0, column, row, out); }

  private:
    RasterView& view_;
};

class ViewBand final : public GDALRasterBand {
  public:
    ViewBand(RasterView& view, int band, GDALRasterBand& source) : view_(view), source_(source), mask_(view) {
        poDS = &view;
        nBand = band;
        nRasterXSize = view.GetRasterXSize();
        nRasterYSize = view.GetRasterYSize();
        eDataType = source.GetRasterDataType();
        nBlockXSize = nBlockYSize = RasterView::block_side;
    }

    GDALColorInterp GetColorInterpretation() override {
        if (view_.plan().colours < 3) return GCI_GrayIndex;
        return nBand == 1 ? GCI_RedBand : nBand == 2 ? GCI_GreenBand : GCI_BlueBand;
    }
    double GetNoDataValue(int* has) override {
        if (has != nullptr) *has = view_.plan().nodata ? 1 : 0;
        return view_.plan().nodata.value_or(0);
    }
    double GetScale(int* has) override { return source_.GetScale(has); }
    double GetOffset(int* has) override { return source_.GetOffset(has); }
    const char* GetUnitType() override { return source_.GetUnitType(); }
    int GetMaskFlags() override {
        return view_.plan().has_mask ? GMF_PER_DATASET : view_.plan().nodata ? GMF_NODATA : GMF_ALL_VALID;
    }
    GDALRasterBand* GetMaskBand() override { return view_.plan().has_mask ? &mask_ : GDALRasterBand::GetMaskBand(); }

  protected:
    CPLErr IReadBlock(int column, int row, void* out) override { return view_.read_block(nBand, column, row, out); }

  private:
    RasterView& view_;
    GDALRasterBand& source_;
    ViewMask mask_;
};

template <typename Value>
void settle(Value* values, std::size_t count, Value nodata, bool has_nodata, RasterRange* range) {
    for (std::size_t i = 0; i < count; ++i) {
        Value& value = values[i];
        if (has_nodata) {
            const bool is_value = std::isfinite(value) && std::abs(value) < static_cast<Value>(largest_value);
            if (!is_value) value = nodata;
            if (!is_value || value == nodata) continue;
        }
        if (range == nullptr) continue;
        range->least = std::min(range->least, static_cast<double>(value));
        range->greatest = std::max(range->greatest, static_cast<double>(value));
    }
}

}  // namespace

RasterView::RasterView(GDALDataset& source, const RasterPlan& plan, const std::array<double, 6>& place,
                       const OGRSpatialReference& system)
    : source_(source), plan_(plan), place_(place), system_(system) {
    nRasterXSize = source.GetRasterXSize();
    nRasterYSize = source.GetRasterYSize();
    for (int band = 1; band <= plan.colours; ++band)
        SetBand(band, new ViewBand(*this, band, *source.GetRasterBand(plan.table != nullptr ? 1 : band)));
    const auto blocks = [](int pixels) { return static_cast<std::size_t>((pixels + block_side - 1) / block_side); };
    counted_.resize(blocks(nRasterXSize) * blocks(nRasterYSize));
}

CPLErr RasterView::GetGeoTransform(double* place) {
    std::ranges::copy(place_, place);
    return CE_None;
}

CPLErr RasterView::read_block(int band, int column, int row, void* out) {
    const int x = column * block_side;
    const int y = row * block_side;
    const int width = std::min(block_side, nRasterXSize - x);
    const int height = std::min(block_side, nRasterYSize - y);
    if (band == 0) {
        std::vector<GByte> mask;
        const CPLErr error = read_mask(x, y, width, height, mask);
        for (int line = 0; error == CE_None && line < height; ++line)
            std::memcpy(static_cast<GByte*>(out) + std::ptrdiff_t{line} * block_side,
                        mask.data() + std::ptrdiff_t{line} * width, static_cast<std::size_t>(width));
        return error;
    }
    GDALRasterBand* from = source_.GetRasterBand(plan_.table != nullptr ? 1 : band);
    const GDALDataType type = from->GetRasterDataType();
    const int bytes = GDALGetDataTypeSizeBytes(type);
    const CPLErr error = from->RasterIO(GF_Read, x, y, width, height, out, width, height, type, bytes,
                                        static_cast<GSpacing>(bytes) * block_side, nullptr);
    if (error != CE_None) return error;
    if (plan_.table != nullptr) {
        for (int line = 0; line < height; ++line) {
            GByte* at = static_cast<GByte*>(out) + std::ptrdiff_t{line} * block_side;
            for (int i = 0; i < width; ++i) {
                const GDALColorEntry* entry = plan_.table->GetColorEntry(at[i]);
                const short colour = entry == nullptr ? short{0}
                                     : band == 1      ? entry->c1
                                     : band == 2      ? entry->c2
                                                      : entry->c3;
                at[i] = static_cast<GByte>(std::clamp<short>(colour, 0, 255));
            }
        }
    }
    if (!plan_.is_photo) settle_values(x, y, width, height, out);
    return CE_None;
}

/// Where the source says that a pixel is seen: its opacity, its mask, colours that are not those without data.
CPLErr RasterView::read_mask(int x, int y, int width, int height, std::vector<GByte>& out) {
    const auto pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    out.assign(pixels, 255);
    std::vector<GByte> read(pixels);
    const auto intersect = [&](GDALRasterBand* from) {
        const CPLErr error =
            from->RasterIO(GF_Read, x, y, width, height, read.data(), width, height, GDT_Byte, 0, 0, nullptr);
        for (std::size_t i = 0; i < pixels; ++i) out[i] = read[i] == 0 ? GByte{0} : out[i];
        return error;
    };
    if (plan_.alpha_band > 0 && intersect(source_.GetRasterBand(plan_.alpha_band)) != CE_None) return CE_Failure;
    GDALRasterBand* first = source_.GetRasterBand(1);
    if ((first->GetMaskFlags() & (GMF_ALL_VALID | GMF_ALPHA | GMF_NODATA)) == 0 &&
        intersect(first->GetMaskBand()) != CE_None)
        return CE_Failure;
    int has_nodata = 0;
    first->GetNoDataValue(&has_nodata);
    if (has_nodata == 0) return CE_None;
    // Clear where none of the colours is one: black with a little red is a colour.
    std::vector<GByte> any(pixels, 0);
    const int bands = plan_.table != nullptr ? 1 : plan_.colours;
    std::vector<double> values(pixels);
    for (int band = 1; band <= bands; ++band) {
        GDALRasterBand* from = source_.GetRasterBand(band);
        int has = 0;
        const double nodata = from->GetNoDataValue(&has);
        if (from->RasterIO(GF_Read, x, y, width, height, values.data(), width, height, GDT_Float64, 0, 0, nullptr) !=
            CE_None)
            return CE_Failure;
        for (std::size_t i = 0; i < pixels; ++i) any[i] |= has == 0 || values[i] != nodata ? GByte{1} : GByte{0};
    }
    for (std::size_t i = 0; i < pixels; ++i) out[i] = any[i] == 0 ? GByte{0} : out[i];
    return CE_None;
}

void RasterView::settle_values(int x, int y, int width, int height, void* out) {
    const int columns = (nRasterXSize + block_side - 1) / block_side;
    const auto block = static_cast<std::size_t>(std::ptrdiff_t{y / block_side} * columns + x / block_side);
    RasterRange* range = counted_[block] ? nullptr : &range_;
    counted_[block] = true;
    const double nodata = plan_.nodata.value_or(0);
    const auto count = static_cast<std::size_t>(width);
    const GDALDataType type = GetRasterBand(1)->GetRasterDataType();
    std::vector<double> line_values(count);
    for (int line = 0; line < height; ++line) {
        const auto first = static_cast<std::size_t>(line) * block_side;
        if (type == GDT_Float32) {
            settle(static_cast<float*>(out) + first, count, static_cast<float>(nodata), plan_.nodata.has_value(),
                   range);
        } else if (type == GDT_Float64) {
            settle(static_cast<double*>(out) + first, count, nodata, plan_.nodata.has_value(), range);
        } else if (range != nullptr) {
            const int bytes = GDALGetDataTypeSizeBytes(type);
            GDALCopyWords(static_cast<GByte*>(out) + first * static_cast<std::size_t>(bytes), type, bytes,
                          line_values.data(), GDT_Float64, sizeof(double), width);
            settle(line_values.data(), count, nodata, plan_.nodata.has_value(), range);
        }
    }
}

}  // namespace gis::read
