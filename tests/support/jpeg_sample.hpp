#pragma once

#include <string>

namespace test {

/// What a made photo says of itself.
struct JpegSample {
    bool has_position = true;
    double longitude = 2.64, latitude = 50.53;
    std::string drone;                             ///< attributes of the XMP packet; empty: no packet
    std::string serial = "SN-PRIVATE-0123456789";  ///< in EXIF, XMP, a comment, and behind the image
    int orientation = 1;
    int focal_35mm = 0;  ///< 0: not said
    std::string taken = "2026:05:04 10:11:12";
    std::string note;  ///< makes files differ
};

/// What a drone 40 m above the place of take-off that looks straight down, its top to the east, says in XMP.
std::string straight_down();

/// A JPEG of 64 x 48 pixels whose upper left quarter is red, with EXIF, XMP, a comment, and a preview behind its end.
std::string make_jpeg(const JpegSample& sample = {});

/// A segment: marker, length, content.
std::string jpeg_segment(unsigned char marker, const std::string& content);

}  // namespace test
