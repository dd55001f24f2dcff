#pragma once

#include <map>
#include <optional>
#include <string>

namespace gis::read {

/// What a photo says of itself that may be published. Angles in degrees, lengths in metres unless said.
struct PhotoFacts {
    std::optional<double> longitude, latitude;
    std::optional<double> altitude;
    std::string altitude_reference;  ///< French; empty without altitude
    std::optional<double> height;    ///< above the place of take-off
    std::optional<double> camera_yaw, camera_pitch, camera_roll;
    std::optional<double> aircraft_yaw, aircraft_pitch, aircraft_roll;
    std::string make, model;
    std::optional<double> focal_mm, focal_35mm, focal_pixels;
    std::string taken;  ///< ISO 8601: UTC by the satellites, else the camera's clock without a zone
    bool taken_by_satellites = false;
    int orientation = 1;
    std::string no_position;  ///< French: why there is none, and the remedy; empty: there is one
};

/// From the EXIF entries as GDAL writes them ("EXIF_GPSLatitude": "(46) (50) (33.38)") and the XMP packet, where DJI's
/// drones keep the pose. Whatever makes no sense is left out.
PhotoFacts photo_facts(const std::map<std::string, std::string>& exif, const std::string& xmp);

}  // namespace gis::read
