#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace gis::read {

/// The first image of a TIFF or BigTIFF, as its directory says it.
struct TiffLayout {
    std::uint64_t width = 0;
    std::uint64_t height = 0;
    std::uint64_t samples = 1;  ///< bands
    std::uint64_t bits = 1;     ///< of a sample
    std::uint64_t compression = 1;
    bool tiled = false;
    std::uint64_t block_width = 0;
    std::uint64_t block_height = 0;
};

/// By the first bytes.
bool is_tiff(const std::filesystem::path& path);

/// Reads every directory by ourselves, before anything is allocated by its sizes. Throws InvalidRequest (reason in
/// French) for what is broken off or contradicts itself, and for more than we read: 200,000 pixels a side, 20 thousand
/// million pixels, 8 bands, blocks of 256 MB.
TiffLayout check_tiff(const std::filesystem::path& path, const std::string& shown_name);

}  // namespace gis::read
