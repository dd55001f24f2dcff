#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace raster {

/// Pixels as they are sent: red, green, blue, opacity; rows from the top.
struct Image {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> rgba;

    Image(int w, int h) : width(w), height(h), rgba(static_cast<std::size_t>(w) * static_cast<std::size_t>(h) * 4) {}
    bool is_clear() const;
    bool is_opaque() const;
};

enum class ImageFormat { Png, Webp };
std::string_view media_type(ImageFormat format);

/// PNG (ISO 15948), without opacity when all of it is opaque.
std::string encode_png(const Image& image);
/// WebP, lossy. Throws gis::Unavailable when GDAL has no driver for it.
std::string encode_webp(const Image& image);
std::string encode(const Image& image, ImageFormat format);

}  // namespace raster
