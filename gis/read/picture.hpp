#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gis::read {

/// A run of bytes of a file.
struct Span {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;

    friend bool operator==(Span, Span) = default;
};

/// Media types of the originals that are kept; with their extension, as IANA registers them.
inline constexpr std::string_view jpeg_type = "image/jpeg";
inline constexpr std::string_view las_type = "application/vnd.las";
inline constexpr std::string_view laz_type = "application/vnd.laszip";
/// ".jpg", ".las", ".laz"; empty for what is no original of ours.
constexpr std::string_view extension_of(std::string_view media_type) {
    if (media_type == jpeg_type) return ".jpg";
    if (media_type == las_type) return ".las";
    return media_type == laz_type ? ".laz" : "";
}

/// What is kept of a photo beside its row: how to show it without its private metadata. Of a point cloud, the original
/// alone.
struct Picture {
    std::string sha256;      ///< of the whole file, hexadecimal
    std::uint64_t size = 0;  ///< bytes of the whole file
    int orientation = 1;     ///< of EXIF, 1 to 8: what is published must say it anew
    std::vector<Span> kept;  ///< what of the file is published, ascending; begins after the start-of-image marker
    std::string thumbnail;   ///< JPEG, upright, without metadata; empty: the original is no image
    std::string media_type{jpeg_type};
};

}  // namespace gis::read
