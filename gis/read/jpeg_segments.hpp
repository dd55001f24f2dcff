#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gis/read/picture.hpp"

namespace gis::read {

/// What the segments of a JPEG file (ITU-T T.81, annex B) say without decoding it.
struct JpegSegments {
    std::uint32_t width = 0, height = 0;  ///< of the frame, before any orientation
    int components = 0;
    std::vector<Span> kept;         ///< what the image itself needs: no EXIF, XMP, IPTC, comment, maker's data, preview
    std::uint64_t maker_bytes = 0;  ///< in APP3 to APP6: raw temperatures of a radiometric photo
    std::string defect;             ///< French: why the file is no whole picture; empty: it is
};

/// Looks at segments one after the other up to the end of the first image; what follows it is left out. Never reads
/// outside of `bytes`, takes time and memory in proportion to them at most.
JpegSegments look_at_segments(std::string_view bytes);

/// The first bytes of what is published, before the kept spans: the start-of-image marker, and an EXIF segment that
/// holds the orientation alone where there is one to be told.
std::string published_head(int orientation);

}  // namespace gis::read
