#include "tiles/raster/raster_file.hpp"

#include <cpl_string.h>
#include <gdal_frmts.h>
#include <gdal_utils.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include "gis/error.hpp"
#include "tests/raster/made_raster.hpp"
#include "tiles/raster/raster_pool.hpp"

namespace {

namespace fs = std::filesystem;
using raster::RasterFile;
using raster::Style;
using test::MadeRaster;
using tiles::TileCoord;

/// Bands of a tile as gdalwarp makes it, opacity last.
struct Warped {
    std::vector<std::vector<double>> bands;
};

Warped warped_by_gdal(const std::string& path, TileCoord coord, int size) {
    GDALRegister_GTiff();
    GDALRegister_MEM();
    const GDALDatasetH source = GDALOpen(path.c_str(), GA_ReadOnly);
    EXPECT_NE(source, nullptr);
    const auto box = tiles::tile_bounds(coord);
    char** arguments = nullptr;
    const auto say = [&](const std::string& word) { arguments = CSLAddString(arguments, word.c_str()); };
    for (const char* word : {"-of", "MEM", "-t_srs", "EPSG:3857", "-r", "bilinear", "-dstalpha", "-te"}) say(word);
    char number[40];
    for (const double edge : box) {
        std::snprintf(number, sizeof number, "%.17g", edge);
        say(number);
    }
    for (const std::string& word : {std::string("-ts"), std::to_string(size), std::to_string(size)}) say(word);
    GDALWarpAppOptions* options = GDALWarpAppOptionsNew(arguments, nullptr);
    CSLDestroy(arguments);
    GDALDatasetH input = source;
    const GDALDatasetH made = GDALWarp("", nullptr, 1, &input, options, nullptr);
    GDALWarpAppOptionsFree(options);
    Warped warped;
    EXPECT_NE(made, nullptr);
    for (int band = 1; band <= GDALGetRasterCount(made); ++band) {
        std::vector<double> values(static_cast<std::size_t>(size * size));
        EXPECT_EQ(GDALRasterIO(GDALGetRasterBand(made, band), GF_Read, 0, 0, size, size, values.data(), size, size,
                               GDT_Float64, 0, 0),
                  CE_None);
        warped.bands.push_back(std::move(values));
    }
    GDALClose(made);
    GDALClose(source);
    return warped;
}

/// How the tile differs from gdalwarp's: the greatest difference of a colour, where both are opaque, and how many
/// pixels are opaque in one only.
struct Difference {
    double level = 0;
    int opacity = 0;
    int opaque = 0;
};

Difference compare(const std::string& path, TileCoord coord, int size, double low, double high) {
    RasterFile file(path);
    Style style;
    if (!file.has_bytes()) style.stretch = {low, high};
    const raster::Image image = file.draw(coord, size, style);
    const Warped warped = warped_by_gdal(path, coord, size);
    Difference found;
    const double alpha_max = file.has_bytes() ? 255 : *std::ranges::max_element(warped.bands.back());
    for (std::size_t pixel = 0; pixel < image.rgba.size() / 4; ++pixel) {
        const bool ours = image.rgba[pixel * 4 + 3] != 0;
        const bool theirs = warped.bands.back()[pixel] > 0.5 * (alpha_max > 0 ? alpha_max : 1);
        const bool full = image.rgba[pixel * 4 + 3] == 255;
        if (full) ++found.opaque;
        if (full != theirs && ours != theirs) ++found.opacity;
        if (!full || !theirs) continue;
        for (std::size_t c = 0; c < 3; ++c) {
            const std::size_t band = file.colours() == 3 ? c : 0;
            const double value = warped.bands[band][pixel];
            const double expected = file.has_bytes() ? value : std::clamp((value - low) / (high - low), 0.0, 1.0) * 255;
            found.level = std::max(found.level, std::abs(expected - image.rgba[pixel * 4 + c]));
        }
    }
    return found;
}

TileCoord tile_at(double longitude, double latitude, int z) {
    const auto range = tiles::tiles_covering({longitude, latitude, longitude, latitude}, z);
    return {z, range.min_x, range.min_y};
}

TileCoord tile_of(double x, double y, int z) {
    constexpr double half = 20037508.342789244;
    return tile_at(x / half * 180, std::atan(std::sinh(y / half * M_PI)) * 180 / M_PI, z);
}

TileCoord middle_tile(const RasterFile& file, int z) {
    const auto& bounds = file.mercator_bounds();
    return tile_of((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2, z);
}

/// The tile of each zoom at the middle of the raster, and one at its corner.
void expect_as_gdalwarp(const std::string& path, int first, int last, double low = 0, double high = 255) {
    const RasterFile file(path);
    int opaque = 0;
    for (int z = first; z <= last; ++z) {
        const int size = z % 3 == 0 ? 512 : 256;
        for (const TileCoord coord :
             {middle_tile(file, z), tile_of(file.mercator_bounds()[0], file.mercator_bounds()[3], z)}) {
            const Difference found = compare(path, coord, size, low, high);
            EXPECT_LE(found.level, 1) << path << " " << z << "/" << coord.x << "/" << coord.y << " " << size;
            EXPECT_EQ(found.opacity, 0) << path << " " << z << "/" << coord.x << "/" << coord.y << " " << size;
            opaque += found.opaque;
        }
    }
    EXPECT_GT(opaque, 1000) << path;
}

fs::path shared_data() {
    const char* said = std::getenv("CARREAU_DATA");
    return said != nullptr ? fs::path(said) : fs::path(CARREAU_SOURCE_DIR) / "../shared/data";
}

}  // namespace

TEST(RasterFile, ColoursAreThoseOfGdalwarp) {
    const test::RasterFolder folder;
    MadeRaster made;
    made.sample = test::wavy;
    made.write(folder / "rgb.tif");
    expect_as_gdalwarp(folder / "rgb.tif", 13, 21);
}

TEST(RasterFile, MaskedPixelsAreClear) {
    const test::RasterFolder folder;
    MadeRaster made;
    made.sample = test::wavy;
    made.is_seen = [](int column, int row) {
        return (column - 700) * (column - 700) + (row - 600) * (row - 600) < 250'000;
    };
    made.write(folder / "masked.tif");
    expect_as_gdalwarp(folder / "masked.tif", 14, 20);
}

TEST(RasterFile, OpacityOfTheFileIsKept) {
    const test::RasterFolder folder;
    MadeRaster made;
    made.bands = 4;
    made.alpha = true;
    made.sample = [](int band, int column, int row) {
        return band == 4 ? (column > 400 && row > 300 ? 255.0 : 0.0) : test::wavy(band, column, row);
    };
    made.write(folder / "rgba.tif");
    expect_as_gdalwarp(folder / "rgba.tif", 14, 20);
}

TEST(RasterFile, ValuesWithoutDataAndNotANumberAreClear) {
    const test::RasterFolder folder;
    MadeRaster made;
    made.epsg = 3950;
    made.left = 1652000;
    made.top = 9260000;
    made.bands = 1;
    made.type = GDT_Float32;
    made.nodata = -9999;
    made.sample = [](int band, int column, int row) {
        if (column < 200) return -9999.0;
        return 40 + 0.2 * test::wavy(band, column, row);
    };
    made.write(folder / "heights.tif");
    expect_as_gdalwarp(folder / "heights.tif", 14, 20, 40, 90);

    made.nodata = NAN;
    made.sample = [](int band, int column, int row) {
        if (row < 200) return static_cast<double>(NAN);
        return 40 + 0.2 * test::wavy(band, column, row);
    };
    made.write(folder / "nan.tif");
    expect_as_gdalwarp(folder / "nan.tif", 14, 20, 40, 90);
}

TEST(RasterFile, SixteenBitsAreStretched) {
    const test::RasterFolder folder;
    MadeRaster made;
    made.type = GDT_UInt16;
    made.sample = [](int band, int column, int row) { return 100 * test::wavy(band, column, row); };
    made.write(folder / "sixteen.tif");
    expect_as_gdalwarp(folder / "sixteen.tif", 14, 20, 2000, 24000);
}

TEST(RasterFile, ARotatedGridIsDrawnInItsPlace) {
    const test::RasterFolder folder;
    MadeRaster made;
    made.turn = 0.4;
    made.sample = test::wavy;
    made.write(folder / "turned.tif");
    // Below, gdalwarp takes a coarser overview than the ground's resolution asks for.
    expect_as_gdalwarp(folder / "turned.tif", 17, 20);
}

TEST(RasterFile, ValuesAreThoseOfThePixel) {
    const test::RasterFolder folder;
    MadeRaster made;
    made.epsg = 4326;
    made.width = made.height = 300;
    made.left = 2;
    made.top = 50;
    made.pixel = 0.001;
    made.bands = 1;
    made.type = GDT_Float32;
    made.nodata = -1;
    made.sample = [](int, int column, int row) { return column == 7 ? -1.0 : 1000 * row + column + 0.25; };
    made.write(folder / "values.tif");
    RasterFile file(folder / "values.tif");
    EXPECT_EQ(file.value_at(2.0105, 49.9795), 1000 * 20 + 10 + 0.25);
    EXPECT_EQ(file.value_at(2.0075, 49.9795), std::nullopt);
    EXPECT_EQ(file.value_at(1.9, 49.9), std::nullopt);
    EXPECT_EQ(file.value_at(2.2, 51), std::nullopt);
    EXPECT_EQ(file.value_at(NAN, 49.9), std::nullopt);
    EXPECT_EQ(file.value_at(400, 200), std::nullopt);
}

TEST(RasterFile, TilesBesideItAreClear) {
    const test::RasterFolder folder;
    MadeRaster made;
    made.sample = test::wavy;
    made.write(folder / "rgb.tif");
    RasterFile file(folder / "rgb.tif");
    EXPECT_TRUE(file.draw(tile_at(-60, -30, 12), 256, {}).is_clear());
    EXPECT_TRUE(file.draw({0, 0, 0}, 256, {}).rgba.size() == 4 * 256 * 256);
    EXPECT_TRUE(file.draw({22, 0, 0}, 256, {}).is_clear());
    EXPECT_TRUE(file.draw({22, 4194303, 4194303}, 256, {}).is_clear());
}

TEST(RasterFile, PalettesColourValues) {
    const test::RasterFolder folder;
    MadeRaster made;
    made.bands = 1;
    made.type = GDT_Int16;
    made.sample = [](int, int, int) { return 30.0; };
    made.write(folder / "thirty.tif");
    RasterFile file(folder / "thirty.tif");
    Style style{raster::find_palette("thermique"), std::array<double, 2>{10, 50}};
    const raster::Image image = file.draw(middle_tile(file, 20), 256, style);
    std::size_t opaque = 0;
    for (std::size_t i = 0; i < image.rgba.size(); i += 4) {
        if (image.rgba[i + 3] == 0) continue;
        ++opaque;
        const raster::Colour seen{image.rgba[i], image.rgba[i + 1], image.rgba[i + 2]};
        ASSERT_EQ(seen, style.palette->at(0.5));
    }
    EXPECT_GT(opaque, 0U);
}

TEST(RasterFile, WhatHasNoPlaceIsRefused) {
    const test::RasterFolder folder;
    MadeRaster made;
    made.width = made.height = 64;
    made.overviews = false;
    made.sample = test::wavy;
    made.placed = false;
    made.write(folder / "nowhere.tif");
    EXPECT_THROW(RasterFile(folder / "nowhere.tif"), gis::Unavailable);
    std::ofstream(folder / "text.tif") << "<VRTDataset rasterXSize=\"1\" rasterYSize=\"1\"/>";
    EXPECT_THROW(RasterFile(folder / "text.tif"), gis::Unavailable);
    EXPECT_THROW(RasterFile(folder / "absent.tif"), gis::Unavailable);
}

TEST(RasterFile, ATruncatedFileIsSaidToBeUnreadable) {
    const test::RasterFolder folder;
    MadeRaster made;
    made.sample = test::wavy;
    made.overviews = false;
    made.write(folder / "cut.tif");
    fs::resize_file(folder / "cut.tif", fs::file_size(folder / "cut.tif") / 8);
    EXPECT_THROW(
        {
            RasterFile file(folder / "cut.tif");
            for (int z = 14; z < 19; ++z) file.draw(middle_tile(file, z), 256, {});
        },
        gis::Unavailable);
}

TEST(RasterFile, RealFilesAreDrawnAsGdalwarpDoes) {
    const fs::path folder = shared_data() / "drone/raster";
    if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not there";
    expect_as_gdalwarp(folder / "cog.tif", 6, 13, 0, 20000);
    expect_as_gdalwarp(folder / "cog_int16.tif", 6, 13, 0, 20000);
    expect_as_gdalwarp(folder / "cog_nodata.tif", 6, 13, 0, 20000);
    expect_as_gdalwarp(folder / "nocog.tif", 8, 13, 0, 20000);
    expect_as_gdalwarp(folder / "pix4d_alpha_nodata.tif", 14, 22);
}

TEST(RasterPool, AFileIsOpenedOnceForOneAfterTheOther) {
    const test::RasterFolder folder;
    MadeRaster made;
    made.width = made.height = 64;
    made.sample = test::wavy;
    made.write(folder / "small.tif");
    raster::RasterPool pool(1);
    const RasterFile* first = nullptr;
    {
        const auto borrowed = pool.borrow(folder / "small.tif");
        first = borrowed.get();
    }
    const auto again = pool.borrow(folder / "small.tif");
    EXPECT_EQ(again.get(), first);
    const auto other = pool.borrow(folder / "small.tif");
    EXPECT_NE(other.get(), first);
}
