#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gis::read {

/// A run of bytes of a file.
struct Span {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;

    friend bool operator==(Span, Span) = default;
};

/// What is kept of a photo beside its row: how to show it without its private metadata.
struct Picture {
    std::string sha256;      ///< of the whole file, hexadecimal
    std::uint64_t size = 0;  ///< bytes of the whole file
    int orientation = 1;     ///< of EXIF, 1 to 8: what is published must say it anew
    std::vector<Span> kept;  ///< what of the file is published, ascending; begins after the start-of-image marker
    std::string thumbnail;   ///< JPEG, upright, without metadata
};

}  // namespace gis::read
