#include "tiles/raster/image.hpp"

#include <cpl_vsi.h>
#include <gdal.h>
#include <gdal_frmts.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tiles/raster/palette.hpp"

namespace {

/// What another reader than ours finds in the bytes: red, green, blue, opacity.
std::vector<std::uint8_t> decoded(std::string bytes, int width, int height) {
    GDALRegister_PNG();
    GDALRegister_WEBP();
    const char* name = "/vsimem/carreau-image-test";
    VSIFCloseL(VSIFileFromMemBuffer(name, reinterpret_cast<GByte*>(bytes.data()), bytes.size(), FALSE));
    std::vector<std::uint8_t> rgba(static_cast<std::size_t>(width * height * 4), 255);
    const GDALDatasetH image = GDALOpen(name, GA_ReadOnly);
    EXPECT_NE(image, nullptr);
    if (image == nullptr) return rgba;
    EXPECT_EQ(GDALGetRasterXSize(image), width);
    EXPECT_EQ(GDALGetRasterYSize(image), height);
    EXPECT_EQ(GDALDatasetRasterIO(image, GF_Read, 0, 0, width, height, rgba.data(), width, height, GDT_Byte,
                                  GDALGetRasterCount(image), nullptr, 4, 4 * width, 1),
              CE_None);
    GDALClose(image);
    VSIUnlink(name);
    return rgba;
}

raster::Image picture(bool opaque) {
    raster::Image image(70, 41);
    for (int y = 0; y < image.height; ++y) {
        for (int x = 0; x < image.width; ++x) {
            std::uint8_t* pixel = image.rgba.data() + 4 * (y * image.width + x);
            pixel[0] = static_cast<std::uint8_t>(3 * x);
            pixel[1] = static_cast<std::uint8_t>(5 * y + x);
            pixel[2] = static_cast<std::uint8_t>(x * y);
            pixel[3] = opaque ? 255 : static_cast<std::uint8_t>(x < 35 ? 0 : 255);
        }
    }
    return image;
}

}  // namespace

TEST(Image, PngKeepsEveryPixel) {
    for (const bool opaque : {true, false}) {
        const raster::Image image = picture(opaque);
        EXPECT_EQ(decoded(raster::encode_png(image), image.width, image.height), image.rgba) << opaque;
    }
}

TEST(Image, PngOfOpaquePixelsHasNoOpacity) {
    EXPECT_EQ(raster::encode_png(picture(true))[25], '\x02');
    EXPECT_EQ(raster::encode_png(picture(false))[25], '\x06');
}

TEST(Image, WebpKeepsOpacityAndColoursClosely) {
    raster::Image image(64, 64);
    for (std::size_t i = 0; i < image.rgba.size(); i += 4) {
        const std::size_t x = i / 4 % 64;
        image.rgba[i] = 200;
        image.rgba[i + 1] = 90;
        image.rgba[i + 2] = 40;
        image.rgba[i + 3] = x < 32 ? 0 : 255;
    }
    const auto seen = decoded(raster::encode_webp(image), 64, 64);
    for (std::size_t i = 0; i < seen.size(); i += 4) {
        ASSERT_EQ(seen[i + 3], image.rgba[i + 3]);
        if (seen[i + 3] == 0) continue;
        ASSERT_NEAR(seen[i], 200, 8);
        ASSERT_NEAR(seen[i + 1], 90, 8);
        ASSERT_NEAR(seen[i + 2], 40, 8);
    }
}

TEST(Palette, EndsAreTheFirstAndLastColours) {
    const raster::Palette* grey = raster::find_palette("gris");
    ASSERT_NE(grey, nullptr);
    EXPECT_EQ(grey->at(0), (raster::Colour{0, 0, 0}));
    EXPECT_EQ(grey->at(1), (raster::Colour{255, 255, 255}));
    EXPECT_EQ(grey->at(-3), grey->at(0));
    EXPECT_EQ(grey->at(7), grey->at(1));
    EXPECT_EQ(grey->at(NAN), grey->at(0));
    EXPECT_EQ(grey->at(0.5), (raster::Colour{128, 128, 128}));
    EXPECT_EQ(raster::find_palette("rose"), nullptr);
}
