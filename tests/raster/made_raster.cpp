#include "tests/raster/made_raster.hpp"

#include <cpl_string.h>
#include <gdal_frmts.h>
#include <gtest/gtest.h>
#include <ogr_srs_api.h>
#include <stdlib.h>

#include <array>
#include <cmath>
#include <memory>

namespace test {

namespace fs = std::filesystem;

double wavy(int band, int column, int row) {
    const double x = column * (0.021 + 0.004 * band);
    const double y = row * (0.017 + 0.003 * band);
    return 127.5 + 60 * std::sin(x) * std::cos(y) + 40 * std::sin(0.31 * x + 1.7 * y);
}

RasterFolder::RasterFolder() {
    std::string name = (fs::temp_directory_path() / "carreau-raster-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
}

RasterFolder::~RasterFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

void MadeRaster::write(const fs::path& path) const {
    GDALRegister_GTiff();
    CPLSetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES");
    std::vector<std::string> said{"TILED=YES", "BLOCKXSIZE=256", "BLOCKYSIZE=256"};
    if (alpha) said.emplace_back("ALPHA=YES");
    said.insert(said.end(), options.begin(), options.end());
    std::vector<const char*> list;
    for (const std::string& option : said) list.push_back(option.c_str());
    list.push_back(nullptr);
    const GDALDatasetH made = GDALCreate(GDALGetDriverByName("GTiff"), path.c_str(), width, height, bands, type,
                                         const_cast<char**>(list.data()));
    ASSERT_NE(made, nullptr);
    if (epsg != 0) {
        const OGRSpatialReferenceH system = OSRNewSpatialReference(nullptr);
        OSRImportFromEPSG(system, epsg);
        GDALSetSpatialRef(made, system);
        OSRDestroySpatialReference(system);
    }
    std::array<double, 6> place{left, pixel * std::cos(turn), pixel * std::sin(turn),
                                top,  pixel * std::sin(turn), -pixel * std::cos(turn)};
    if (placed) GDALSetGeoTransform(made, place.data());
    if (!taken_at.empty()) GDALSetMetadataItem(made, "TIFFTAG_DATETIME", taken_at.c_str(), nullptr);
    std::vector<double> line(static_cast<std::size_t>(width));
    for (int band = 1; band <= bands; ++band) {
        const GDALRasterBandH to = GDALGetRasterBand(made, band);
        if (nodata) GDALSetRasterNoDataValue(to, *nodata);
        if (!unit.empty()) GDALSetRasterUnitType(to, unit.c_str());
        for (int row = 0; row < height; ++row) {
            for (int column = 0; column < width; ++column)
                line[static_cast<std::size_t>(column)] = sample(band, column, row);
            ASSERT_EQ(GDALRasterIO(to, GF_Write, 0, row, width, 1, line.data(), width, 1, GDT_Float64, 0, 0), CE_None);
        }
    }
    if (is_seen) {
        GDALCreateDatasetMaskBand(made, GMF_PER_DATASET);
        const GDALRasterBandH mask = GDALGetMaskBand(GDALGetRasterBand(made, 1));
        for (int row = 0; row < height; ++row) {
            for (int column = 0; column < width; ++column)
                line[static_cast<std::size_t>(column)] = is_seen(column, row) ? 255 : 0;
            ASSERT_EQ(GDALRasterIO(mask, GF_Write, 0, row, width, 1, line.data(), width, 1, GDT_Float64, 0, 0),
                      CE_None);
        }
    }
    const std::array<int, 3> factors{2, 4, 8};
    if (overviews) {
        ASSERT_EQ(GDALBuildOverviews(made, "AVERAGE", 3, factors.data(), 0, nullptr, nullptr, nullptr), CE_None);
    }
    GDALClose(made);
}

}  // namespace test
