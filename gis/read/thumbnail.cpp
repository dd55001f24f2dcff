#include "gis/read/thumbnail.hpp"

#include <cpl_vsi.h>
#include <fmt/format.h>
#include <gdal_frmts.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "gis/read/gdal_session.hpp"

namespace gis::read {

namespace {

/// Pixels side by side, `bands` bytes each.
struct Raster {
    int width = 0, height = 0, bands = 0;
    std::vector<unsigned char> bytes{};

    unsigned char* at(int x, int y) {
        return bytes.data() +
               (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)) *
                   static_cast<std::size_t>(bands);
    }
};

Raster blank(int width, int height, int bands) {
    Raster raster{width, height, bands};
    raster.bytes.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                        static_cast<std::size_t>(bands));
    return raster;
}

/// Reads or writes all of a data set.
bool transfer(GDALDatasetH dataset, GDALRWFlag way, Raster& raster) {
    int bands[3] = {1, 2, 3};
    GDALRasterIOExtraArg extra;
    INIT_RASTERIO_EXTRA_ARG(extra);
    extra.eResampleAlg = GRIORA_Bilinear;
    return GDALDatasetRasterIOEx(dataset, way, 0, 0, GDALGetRasterXSize(dataset), GDALGetRasterYSize(dataset),
                                 raster.bytes.data(), raster.width, raster.height, GDT_Byte, raster.bands, bands,
                                 raster.bands, static_cast<GSpacing>(raster.bands) * raster.width, 1,
                                 &extra) == CE_None;
}

/// As EXIF's orientation says the picture is to be seen (Exif 2.32, 4.6.4): 2, 4, 5, 7 are mirrored.
Raster upright(Raster raster, int orientation) {
    if (orientation < 2 || orientation > 8) return raster;
    const bool turns = orientation >= 5;
    Raster seen = blank(turns ? raster.height : raster.width, turns ? raster.width : raster.height, raster.bands);
    for (int y = 0; y < raster.height; ++y) {
        for (int x = 0; x < raster.width; ++x) {
            const int far_x = raster.width - 1 - x, far_y = raster.height - 1 - y;
            int to_x = 0, to_y = 0;
            switch (orientation) {
                case 2:
                    to_x = far_x, to_y = y;
                    break;
                case 3:
                    to_x = far_x, to_y = far_y;
                    break;
                case 4:
                    to_x = x, to_y = far_y;
                    break;
                case 5:
                    to_x = y, to_y = x;
                    break;
                case 6:
                    to_x = far_y, to_y = x;
                    break;
                case 7:
                    to_x = far_y, to_y = far_x;
                    break;
                default:
                    to_x = y, to_y = far_x;
                    break;
            }
            std::copy_n(raster.at(x, y), raster.bands, seen.at(to_x, to_y));
        }
    }
    return seen;
}

std::string encoded(Raster& raster) {
    const DatasetPtr memory(
        GDALCreate(GDALGetDriverByName("MEM"), "", raster.width, raster.height, raster.bands, GDT_Byte, nullptr));
    if (!memory || !transfer(memory.get(), GF_Write, raster)) return "";
    // Other threads make theirs.
    const std::string name = fmt::format("/vsimem/vignette-{}.jpg", static_cast<const void*>(&raster));
    const char* const path = name.c_str();
    const char* const options[] = {"QUALITY=80", nullptr};
    std::string bytes;
    if (DatasetPtr(GDALCreateCopy(GDALGetDriverByName("JPEG"), path, memory.get(), FALSE, const_cast<char**>(options),
                                  nullptr, nullptr))) {
        vsi_l_offset size = 0;
        if (const GByte* made = VSIGetMemFileBuffer(path, &size, FALSE))
            bytes.assign(reinterpret_cast<const char*>(made), static_cast<std::size_t>(size));
    }
    VSIUnlink(path);
    return bytes;
}

}  // namespace

std::string thumbnail_of(GDALDatasetH picture, int orientation) {
    const int width = GDALGetRasterXSize(picture), height = GDALGetRasterYSize(picture);
    const int bands = GDALGetRasterCount(picture);
    if (bands != 1 && bands != 3) return "";
    const double scale = std::min(1.0, static_cast<double>(thumbnail_side) / std::max(width, height));
    const auto scaled = [scale](int side) { return std::max(1, static_cast<int>(std::lround(side * scale))); };
    Raster raster = blank(scaled(width), scaled(height), bands);
    if (!transfer(picture, GF_Read, raster)) return "";
    raster = upright(std::move(raster), orientation);
    return encoded(raster);
}

}  // namespace gis::read
