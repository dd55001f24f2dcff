#include <gdal.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

#include "gis/read/detect.hpp"
#include "gis/read/tiff_check.hpp"
#include "read_fixture.hpp"
#include "tests/raster/made_raster.hpp"
#include "tiles/raster/gdal_files.hpp"

namespace {

namespace fs = std::filesystem;
using test::CollectingSink;
using test::MadeRaster;
using test::RasterFolder;

/// One raster read, and what was written of it.
struct Kept {
    CollectingSink sink;
    gis::read::ReadReport report;
    raster::DatasetPtr cog;
    std::string table;

    std::string value(const std::string& column) const { return sink.value(table, 0, column); }
    double number(const std::string& column) const { return std::stod(value(column)); }
    double sample(int band, int column, int row) const {
        double out = NAN;
        EXPECT_EQ(
            GDALRasterIO(GDALGetRasterBand(cog.get(), band), GF_Read, column, row, 1, 1, &out, 1, 1, GDT_Float64, 0, 0),
            CE_None);
        return out;
    }
    double mask(int column, int row) const {
        double out = NAN;
        EXPECT_EQ(GDALRasterIO(GDALGetMaskBand(GDALGetRasterBand(cog.get(), 1)), GF_Read, column, row, 1, 1, &out, 1, 1,
                               GDT_Float64, 0, 0),
                  CE_None);
        return out;
    }
};

gis::read::Options into(const RasterFolder& folder) {
    gis::read::Options options;
    options.rasters = {folder / "", "essai"};
    return options;
}

Kept keep(const fs::path& path, const gis::read::Options& options) {
    Kept kept;
    kept.report = gis::read::read(path, options, kept.sink);
    EXPECT_EQ(kept.sink.rows.size(), 1U);
    if (kept.sink.rows.empty()) return kept;
    kept.table = kept.sink.rows.begin()->first;
    kept.cog = raster::open_geotiff(options.rasters->folder / kept.value("fichier"));
    EXPECT_TRUE(kept.cog);
    return kept;
}

/// A classic TIFF of one directory; entries of type LONG with one value each.
std::string tiff_of(const std::vector<std::pair<int, std::uint32_t>>& entries, std::uint32_t next = 0) {
    std::string out("II*\0", 4);
    const auto append = [&](std::uint32_t value, int bytes) {
        for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
    };
    append(8, 4);
    append(static_cast<std::uint32_t>(entries.size()), 2);
    for (const auto& [tag, value] : entries) {
        append(static_cast<std::uint32_t>(tag), 2);
        append(4, 2);
        append(1, 4);
        append(value, 4);
    }
    append(next, 4);
    return out + std::string(64, '\0');
}

}  // namespace

TEST(RasterSource, AnAerialPhotoIsKeptAsJpegWithOverviews) {
    const RasterFolder folder;
    MadeRaster made;
    made.sample = test::wavy;
    made.write(folder / "ortho_2025.tif");
    const Kept kept = keep(folder / "ortho_2025.tif", into(folder));
    ASSERT_EQ(kept.table, "terrain.orthophoto");
    EXPECT_EQ(kept.value("id"), "ortho_2025");
    EXPECT_EQ(kept.value("lot"), "ortho_2025");
    EXPECT_EQ(kept.value("largeur"), "1500");
    EXPECT_EQ(kept.value("hauteur"), "1200");
    EXPECT_EQ(kept.value("bandes"), "3");
    EXPECT_EQ(kept.value("type"), "Byte");
    EXPECT_EQ(kept.value("crs"), "EPSG:2154");
    EXPECT_EQ(kept.value("fichier"), "essai-1.tif");
    EXPECT_NEAR(kept.number("resolution_m"), 0.5, 0.01);
    // 0.5 m is 0.79 m of Mercator at 50.6 degrees: finer than zoom 17 (1.19 m), coarser than zoom 18 (0.6 m).
    EXPECT_EQ(kept.value("zoom_max"), "18");
    EXPECT_EQ(kept.report.crs.size(), 1U);
    EXPECT_STREQ(GDALGetMetadataItem(kept.cog.get(), "COMPRESSION", "IMAGE_STRUCTURE"), "YCbCr JPEG");
    EXPECT_STREQ(GDALGetMetadataItem(kept.cog.get(), "LAYOUT", "IMAGE_STRUCTURE"), "COG");
    EXPECT_GE(GDALGetOverviewCount(GDALGetRasterBand(kept.cog.get(), 1)), 2);
    const auto layout = gis::read::check_tiff(folder / "essai-1.tif", "essai-1.tif");
    EXPECT_TRUE(layout.tiled);
    EXPECT_EQ(layout.block_width, 512U);
    for (int i = 0; i < 50; ++i) EXPECT_NEAR(kept.sample(1, 29 * i, 23 * i), test::wavy(1, 29 * i, 23 * i), 12) << i;
    EXPECT_TRUE(kept.sink.rows.at(kept.table)[0].wkb.size() > 100);
}

TEST(RasterSource, HeightsAreKeptAsTheyAre) {
    const RasterFolder folder;
    MadeRaster made;
    made.epsg = 3950;
    made.left = 1652000;
    made.top = 9260000;
    made.bands = 1;
    made.type = GDT_Float32;
    made.nodata = -9999;
    made.unit = "m";
    made.sample = [](int, int column, int row) {
        if (column < 100) return -9999.0;
        if (column == 200 && row == 200) return static_cast<double>(NAN);
        if (column == 201 && row == 200) return 3.4e38;
        return 100 + column * 0.01 + row * 0.02;
    };
    made.write(folder / "mns.tif");
    const Kept kept = keep(folder / "mns.tif", into(folder));
    ASSERT_EQ(kept.table, "terrain.modele_hauteur");
    EXPECT_EQ(kept.value("unite"), "m");
    EXPECT_NEAR(kept.number("minimum"), 101, 1e-4);
    EXPECT_NEAR(kept.number("maximum"), 100 + 14.99 + 23.98, 1e-4);
    EXPECT_GT(kept.number("bas"), 101);
    EXPECT_LT(kept.number("bas"), 110);
    EXPECT_GT(kept.number("haut"), 125);
    EXPECT_FLOAT_EQ(static_cast<float>(kept.sample(1, 700, 300)), 113.0F);
    EXPECT_EQ(kept.sample(1, 50, 50), -9999);
    EXPECT_EQ(kept.sample(1, 200, 200), -9999);
    EXPECT_EQ(kept.sample(1, 201, 200), -9999);
}

TEST(RasterSource, TemperaturesAreToldByTheirUnitOrTheirName) {
    const RasterFolder folder;
    MadeRaster made;
    made.width = made.height = 300;
    made.overviews = false;
    made.bands = 1;
    made.type = GDT_Float32;
    made.unit = "degC";
    made.sample = [](int, int column, int) { return column * 0.1; };
    made.write(folder / "vol7.tif");
    const Kept kept = keep(folder / "vol7.tif", into(folder));
    EXPECT_EQ(kept.table, "terrain.thermographie");
    EXPECT_EQ(kept.value("unite"), "°C");
    made.unit = "";
    made.write(folder / "Thermique_toits.tif");
    EXPECT_EQ(keep(folder / "Thermique_toits.tif", into(folder)).table, "terrain.thermographie");
    made.write(folder / "mystere.tif");
    const Kept unknown = keep(folder / "mystere.tif", into(folder));
    EXPECT_EQ(unknown.table, "terrain.modele_hauteur");
    EXPECT_GE(unknown.report.problem_count, 1);
    gis::read::Options said = into(folder);
    said.kind = "thermographie";
    EXPECT_EQ(keep(folder / "mystere.tif", said).table, "terrain.thermographie");
}

TEST(RasterSource, OpacityBecomesAMask) {
    const RasterFolder folder;
    MadeRaster made;
    made.bands = 4;
    made.alpha = true;
    made.sample = [](int band, int column, int row) {
        return band == 4 ? (column >= 512 ? 255.0 : 0.0) : test::wavy(band, column, row);
    };
    made.write(folder / "rgba.tif");
    const Kept kept = keep(folder / "rgba.tif", into(folder));
    EXPECT_EQ(GDALGetRasterCount(kept.cog.get()), 3);
    EXPECT_EQ(kept.mask(100, 700), 0);
    EXPECT_EQ(kept.mask(1400, 1100), 255);
    EXPECT_EQ(kept.value("bandes"), "4");
}

TEST(RasterSource, ColoursWithoutDataBecomeAMask) {
    const RasterFolder folder;
    MadeRaster made;
    made.nodata = 0;
    made.sample = [](int band, int column, int) {
        if (column < 300) return 0.0;
        return column < 600 ? (band == 1 ? 40.0 : 0.0) : 200.0;  // dark red is a colour
    };
    made.write(folder / "noir.tif");
    const Kept kept = keep(folder / "noir.tif", into(folder));
    EXPECT_EQ(kept.mask(100, 100), 0);
    EXPECT_EQ(kept.mask(450, 100), 255);
    EXPECT_EQ(kept.mask(900, 100), 255);
}

TEST(RasterSource, AColourTableBecomesColours) {
    const RasterFolder folder;
    MadeRaster made;
    made.bands = 1;
    made.overviews = false;
    made.sample = [](int, int column, int) { return column < 700 ? 3.0 : 9.0; };
    made.write(folder / "table.tif");
    {
        const GDALDatasetH file = GDALOpen((folder / "table.tif").c_str(), GA_Update);
        const GDALColorTableH table = GDALCreateColorTable(GPI_RGB);
        const GDALColorEntry red{220, 30, 10, 255};
        const GDALColorEntry green{10, 180, 60, 255};
        GDALSetColorEntry(table, 3, &red);
        GDALSetColorEntry(table, 9, &green);
        ASSERT_EQ(GDALSetRasterColorTable(GDALGetRasterBand(file, 1), table), CE_None);
        GDALDestroyColorTable(table);
        GDALClose(file);
    }
    const Kept kept = keep(folder / "table.tif", into(folder));
    EXPECT_EQ(kept.table, "terrain.orthophoto");
    EXPECT_EQ(GDALGetRasterCount(kept.cog.get()), 3);
    EXPECT_NEAR(kept.sample(1, 300, 300), 220, 6);
    EXPECT_NEAR(kept.sample(2, 300, 300), 30, 6);
    EXPECT_NEAR(kept.sample(2, 1000, 300), 180, 6);
}

TEST(RasterSource, TheCrsIsAskedForWhenItIsNotSaid) {
    const RasterFolder folder;
    MadeRaster made;
    made.epsg = 0;
    made.sample = test::wavy;
    made.write(folder / "sans_crs.tif");
    CollectingSink sink;
    try {
        gis::read::read(folder / "sans_crs.tif", into(folder), sink);
        FAIL() << "a raster without CRS was read";
    } catch (const gis::InvalidRequest& refused) {
        EXPECT_NE(std::string(refused.what()).find("système de coordonnées"), std::string::npos) << refused.what();
    }
    EXPECT_FALSE(fs::exists(folder / "essai-1.tif"));
    gis::read::Options options = into(folder);
    options.territory = gis::GeographicBox{2, 50, 3.2, 51};
    const auto detection = gis::read::detect(folder / "sans_crs.tif", options);
    ASSERT_EQ(detection.layers.size(), 1U);
    ASSERT_FALSE(detection.layers[0].proposals.empty());
    EXPECT_EQ(detection.layers[0].proposals[0].srid, 2154);
    options.source_srid = 2154;
    EXPECT_EQ(keep(folder / "sans_crs.tif", options).value("crs"), "EPSG:2154");
}

TEST(RasterSource, WithoutAPlaceItIsRefusedUnlessAWorldFileSaysIt) {
    const RasterFolder folder;
    MadeRaster made;
    made.placed = false;
    made.sample = test::wavy;
    made.write(folder / "nulle_part.tif");
    EXPECT_NE(test::refusal_of(folder / "nulle_part.tif", into(folder)).find("n'est pas géoréférencée"),
              std::string::npos);
    test::write_file(folder / "nulle_part.tfw", "0.5\n0\n0\n-0.5\n652000.25\n7059999.75\n");
    const Kept kept = keep(folder / "nulle_part.tif", into(folder));
    std::array<double, 6> place{};
    ASSERT_EQ(GDALGetGeoTransform(kept.cog.get(), place.data()), CE_None);
    EXPECT_EQ(place, (std::array<double, 6>{652000, 0.5, 0, 7060000, 0, -0.5}));
}

TEST(RasterSource, WithoutAFolderNothingIsWritten) {
    const RasterFolder folder;
    MadeRaster made;
    made.sample = test::wavy;
    made.write(folder / "photo.tif");
    EXPECT_NE(test::refusal_of(folder / "photo.tif").find("se dépose"), std::string::npos);
}

TEST(RasterSource, OnlyNothingIsRefused) {
    const RasterFolder folder;
    MadeRaster made;
    made.bands = 1;
    made.type = GDT_Float32;
    made.nodata = -1;
    made.sample = [](int, int, int) { return -1.0; };
    made.write(folder / "vide.tif");
    EXPECT_NE(test::refusal_of(folder / "vide.tif", into(folder)).find("aucune valeur"), std::string::npos);
}

TEST(TiffCheck, HostileFilesAreRefusedBeforeAnythingIsAllocated) {
    const RasterFolder folder;
    const auto begin = std::chrono::steady_clock::now();
    const std::vector<std::pair<std::string, std::string>> files{
        {"2^31 pixels", tiff_of({{256, 0x7FFFFFFF}, {257, 0x7FFFFFFF}, {273, 8}, {278, 1}, {279, 8}})},
        {"no strips", tiff_of({{256, 100}, {257, 100}, {278, 1}})},
        {"one strip of a hundred", tiff_of({{256, 100}, {257, 100}, {273, 8}, {278, 1}, {279, 8}})},
        {"a strip beyond the file", tiff_of({{256, 10}, {257, 10}, {273, 100'000}, {278, 10}, {279, 100}})},
        {"65535 bands", tiff_of({{256, 10}, {257, 10}, {273, 8}, {277, 65535}, {278, 10}, {279, 8}})},
        {"a strip of 40 GB", tiff_of({{256, 200'000}, {257, 100'000}, {273, 8}, {278, 100'000}, {279, 8}})},
        {"a directory after itself", tiff_of({{256, 1}, {257, 1}, {273, 8}, {278, 1}, {279, 8}}, 8)},
        {"no pixels", tiff_of({{256, 0}, {257, 10}, {273, 8}, {278, 1}, {279, 8}})},
        {"tiles of nothing", tiff_of({{256, 10}, {257, 10}, {322, 0}, {323, 0}, {324, 8}, {325, 8}})},
        {"nothing behind the head", std::string("II*\0\x08\0\0\0", 8)},
        {"a directory beyond the file", std::string("II*\0\xFF\xFF\xFF\x7F", 8)},
        {"BigTIFF cut", std::string("II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0", 16)}};
    for (const auto& [what, bytes] : files) {
        const fs::path path = test::write_file(folder / "hostile.tif", bytes);
        EXPECT_TRUE(gis::read::is_tiff(path)) << what;
        EXPECT_THROW(gis::read::check_tiff(path, "hostile.tif"), gis::InvalidRequest) << what;
        EXPECT_NE(test::refusal_of(path, into(folder)), "not refused") << what;
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(TiffCheck, ATruncatedFileIsSaidToBe) {
    const RasterFolder folder;
    MadeRaster made;
    made.sample = test::wavy;
    made.write(folder / "coupe.tif");
    for (const int part : {2, 4, 8}) {
        fs::copy_file(folder / "coupe.tif", folder / "moitie.tif", fs::copy_options::overwrite_existing);
        fs::resize_file(folder / "moitie.tif", fs::file_size(folder / "coupe.tif") / static_cast<std::uintmax_t>(part));
        EXPECT_NE(test::refusal_of(folder / "moitie.tif", into(folder)).find("tronqué"), std::string::npos) << part;
    }
}

TEST(RasterSource, RealFilesAreReadOrRefusedWithTheirReason) {
    const char* said = std::getenv("CARREAU_DATA");
    const fs::path data = said != nullptr ? fs::path(said) : fs::path(CARREAU_SOURCE_DIR) / "../shared/data";
    if (!fs::exists(data / "drone/raster")) GTEST_SKIP() << data << " is not there";
    const RasterFolder folder;
    // Greenland and Indonesia: their footprints lie in no French system, but a target that holds them takes them.
    gis::read::Options options = into(folder);
    options.target_srid = 4326;
    for (const char* name : {"cog.tif", "cog_int16.tif", "cog_nodata.tif", "nocog.tif"}) {
        const Kept kept = keep(data / "drone/raster" / name, options);
        EXPECT_EQ(kept.table, "terrain.modele_hauteur") << name;
        EXPECT_EQ(kept.value("largeur"), "2658") << name;
        EXPECT_EQ(kept.value("hauteur"), "2667") << name;
        EXPECT_EQ(kept.value("crs"), "EPSG:32621") << name;
    }
    const Kept photo = keep(data / "drone/raster/pix4d_alpha_nodata.tif", options);
    EXPECT_EQ(photo.table, "terrain.orthophoto");
    EXPECT_EQ(photo.value("crs"), "EPSG:32750");
    EXPECT_NE(test::refusal_of(data / "malformed/truncated/cog-truncated.tif", options), "not refused");
}
