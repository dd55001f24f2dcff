#include "gis/read/photo_facts.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <pugixml.hpp>
#include <string_view>
#include <vector>

#include "gis/read/text.hpp"

namespace gis::read {

namespace {

/// A packet takes at most one segment of 64 kB, an extended one some more; more is no pose.
constexpr std::size_t largest_xmp = 1U << 20U;
constexpr std::size_t longest_name = 60;

std::optional<double> real_in(std::string_view text) {
    text = trimmed(text);
    if (text.starts_with('+')) text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

std::optional<double> within(std::optional<double> value, double least, double most) {
    return value && *value >= least && *value <= most ? value : std::nullopt;
}

/// The numbers of "(46) (50) (33.38)".
std::vector<double> rationals(std::string_view text) {
    std::vector<double> numbers;
    while (numbers.size() < 3) {
        const std::size_t open = text.find('('), close = text.find(')');
        if (open == std::string_view::npos || close == std::string_view::npos || close < open) break;
        const auto value = real_in(text.substr(open + 1, close - open - 1));
        if (!value) return {};
        numbers.push_back(*value);
        text.remove_prefix(close + 1);
    }
    return numbers;
}

/// Names of makers, as people read them: no control characters, nothing that is no ASCII.
std::string clean_ascii(const std::string& text) {
    std::string clean;
    for (const char c : text) {
        if (c >= 0x20 && c < 0x7F && clean.size() < longest_name) clean += c;
    }
    return std::string(trimmed(clean));
}

class Exif {
  public:
    explicit Exif(const std::map<std::string, std::string>& entries) : entries_(entries) {}

    std::string text(const char* name) const {
        const auto found = entries_.find(std::string("EXIF_") + name);
        return found == entries_.end() ? "" : found->second;
    }
    std::optional<double> number(const char* name) const {
        const std::string written = text(name);
        const std::vector<double> numbers = rationals(written);
        if (!numbers.empty()) return numbers[0];
        return real_in(written);
    }
    std::optional<double> degrees(const char* name, const char* reference, char minus, double most) const {
        const std::vector<double> parts = rationals(text(name));
        const std::string side = text(reference);
        if (parts.empty() || side.empty()) return std::nullopt;
        double value = parts[0];
        if (parts.size() > 1) value += parts[1] / 60;
        if (parts.size() > 2) value += parts[2] / 3600;
        return within(side[0] == minus ? -value : value, -most, most);
    }

  private:
    const std::map<std::string, std::string>& entries_;
};

/// What DJI's drones say of the flight, by name without prefix: attributes and elements of rdf:Description.
std::map<std::string, std::string> drone_entries(const std::string& xmp) {
    constexpr std::string_view prefix = "drone-dji:";
    std::map<std::string, std::string> entries;
    pugi::xml_document document;
    if (xmp.empty() || xmp.size() > largest_xmp || !document.load_buffer(xmp.data(), xmp.size())) return entries;
    const pugi::xml_node root = document.child("x:xmpmeta");
    for (const pugi::xml_node description : (root ? root : document).child("rdf:RDF").children("rdf:Description")) {
        for (const pugi::xml_attribute attribute : description.attributes()) {
            const std::string_view name = attribute.name();
            if (name.starts_with(prefix)) entries[std::string(name.substr(prefix.size()))] = attribute.value();
        }
        for (const pugi::xml_node child : description.children()) {
            const std::string_view name = child.name();
            if (name.starts_with(prefix)) entries[std::string(name.substr(prefix.size()))] = child.child_value();
        }
    }
    return entries;
}

/// "2016:06:23 16:33:04" -> "2016-06-23T16:33:04"
std::string moment_in(const std::string& text) {
    if (text.size() < 19) return "";
    const auto part = [&](std::size_t at, std::size_t count, int least, int most) -> std::string {
        int value = 0;
        const char* begin = text.data() + at;
        const auto [end, error] = std::from_chars(begin, begin + count, value);
        if (error != std::errc() || end != begin + count || value < least || value > most) return "";
        return text.substr(at, count);
    };
    const std::string year = part(0, 4, 1990, 2100), month = part(5, 2, 1, 12);
    const std::string hour = part(11, 2, 0, 23), minute = part(14, 2, 0, 59), second = part(17, 2, 0, 59);
    if (year.empty() || month.empty() || hour.empty() || minute.empty() || second.empty()) return "";
    const int m = std::stoi(month), y = std::stoi(year);
    const bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    const int days = m == 2 ? (leap ? 29 : 28) : (m == 4 || m == 6 || m == 9 || m == 11 ? 30 : 31);
    const std::string day = part(8, 2, 1, days);
    if (day.empty()) return "";
    return fmt::format("{}-{}-{}T{}:{}:{}", year, month, day, hour, minute, second);
}

void read_time(const Exif& exif, PhotoFacts& facts) {
    const std::vector<double> clock = rationals(exif.text("GPSTimeStamp"));
    const std::string date = exif.text("GPSDateStamp");
    if (clock.size() == 3 && date.size() >= 10 && clock[0] >= 0 && clock[0] < 24 && clock[1] >= 0 && clock[1] < 60 &&
        clock[2] >= 0 && clock[2] < 60) {
        facts.taken = moment_in(fmt::format("{} {:02.0f}:{:02.0f}:{:02.0f}", date.substr(0, 10), std::floor(clock[0]),
                                            std::floor(clock[1]), std::floor(clock[2])));
    }
    facts.taken_by_satellites = !facts.taken.empty();
    if (facts.taken_by_satellites) facts.taken += "Z";
    for (const char* name : {"DateTimeOriginal", "DateTimeDigitized", "DateTime"}) {
        if (facts.taken.empty()) facts.taken = moment_in(exif.text(name));
    }
}

void read_position(const Exif& exif, const std::map<std::string, std::string>& drone, PhotoFacts& facts) {
    const auto said = [&](const char* name) {
        const auto found = drone.find(name);
        return found == drone.end() ? std::nullopt : real_in(found->second);
    };
    facts.latitude = within(said("GpsLatitude"), -90, 90);
    facts.longitude = within(said("GpsLongitude"), -180, 180);
    if (!facts.longitude) facts.longitude = within(said("GpsLongtitude"), -180, 180);  // as older drones spell it
    if (!facts.latitude || !facts.longitude) {
        facts.latitude = exif.degrees("GPSLatitude", "GPSLatitudeRef", 'S', 90);
        facts.longitude = exif.degrees("GPSLongitude", "GPSLongitudeRef", 'W', 180);
    }
    if (!facts.latitude || !facts.longitude) {
        facts.no_position =
            "photo sans position ; activez la localisation de l'appareil, ou créez le point à la main dans le portail";
    } else if (*facts.latitude == 0 && *facts.longitude == 0) {
        facts.no_position = "photo prise sans satellites (position 0, 0) ; créez le point à la main dans le portail";
    }
    const auto by_satellites = drone.find("RtkFlag");
    facts.altitude = within(said("AbsoluteAltitude"), -1000, 20000);
    if (facts.altitude && by_satellites != drone.end() && real_in(by_satellites->second).value_or(0) > 0) {
        facts.altitude_reference = "ellipsoïde (RTK du drone)";
    } else if (facts.altitude) {
        facts.altitude_reference = "niveau de la mer, selon le drone";
    } else if (const auto height = within(exif.number("GPSAltitude"), 0, 20000)) {
        const std::string below = exif.text("GPSAltitudeRef");
        facts.altitude = below == "0x01" || below == "1" ? -*height : *height;
        facts.altitude_reference = "niveau de la mer, selon l'appareil";
    }
}

}  // namespace

PhotoFacts photo_facts(const std::map<std::string, std::string>& entries, const std::string& xmp) {
    const Exif exif(entries);
    const std::map<std::string, std::string> drone = drone_entries(xmp);
    const auto angle = [&](const char* name) {
        const auto found = drone.find(name);
        return found == drone.end() ? std::nullopt : within(real_in(found->second), -360, 360);
    };
    PhotoFacts facts;
    read_position(exif, drone, facts);
    read_time(exif, facts);
    if (const auto found = drone.find("RelativeAltitude"); found != drone.end())
        facts.height = within(real_in(found->second), -1000, 20000);
    facts.camera_yaw = angle("GimbalYawDegree");
    facts.camera_pitch = angle("GimbalPitchDegree");
    facts.camera_roll = angle("GimbalRollDegree");
    facts.aircraft_yaw = angle("FlightYawDegree");
    facts.aircraft_pitch = angle("FlightPitchDegree");
    facts.aircraft_roll = angle("FlightRollDegree");
    // Of a hand-held camera only where it looks is known; magnetic north is not told apart by who reads a map.
    if (!facts.camera_yaw && exif.text("GPSImgDirectionRef").starts_with('T'))
        facts.camera_yaw = within(exif.number("GPSImgDirection"), 0, 360);
    facts.make = clean_ascii(exif.text("Make"));
    facts.model = clean_ascii(exif.text("Model"));
    const auto length = [](std::optional<double> value, double most) {
        return value && *value > 0 && *value < most ? value : std::nullopt;
    };
    facts.focal_mm = length(exif.number("FocalLength"), 10'000);
    facts.focal_35mm = length(exif.number("FocalLengthIn35mmFilm"), 10'000);
    if (const auto found = drone.find("CalibratedFocalLength"); found != drone.end())
        facts.focal_pixels = length(real_in(found->second), 1e6);
    const int orientation = static_cast<int>(within(exif.number("Orientation"), 1, 8).value_or(1));
    facts.orientation = orientation;
    return facts;
}

}  // namespace gis::read
