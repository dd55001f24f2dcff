// LAS Specification 1.4 R15 (ASPRS), 2.4 public header block, 2.5 variable length records; CRS: 3.2 and 3.3.
#include "gis/read/las_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstring>

#include "gis/error.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

constexpr std::size_t shortest_header = 227;
constexpr std::size_t header_of_14 = 375;
constexpr std::size_t record_head = 54;
constexpr std::uint64_t most_points = std::uint64_t{1} << 62U;  // what a column can hold; compression hides the truth
constexpr std::array<std::uint16_t, 11> point_sizes{20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67};

[[noreturn]] void refuse_cloud(const std::string& reason) {
    throw InvalidRequest("", "nuage de points LAS refusé : " + reason);
}

/// Little-endian numbers of a text whose end is never passed.
template <typename T>
T las_number(std::string_view bytes, std::size_t at) {
    static_assert(std::endian::native == std::endian::little);
    if (at > bytes.size() || bytes.size() - at < sizeof(T)) refuse_cloud("il est tronqué ; envoyez-le de nouveau");
    T value{};
    std::memcpy(&value, bytes.data() + at, sizeof(T));
    return value;
}

/// Text of a fixed width, padded with zeros; what is no ASCII is dropped.
std::string padded_text(std::string_view bytes, std::size_t at, std::size_t width) {
    std::string text;
    for (const char c : bytes.substr(std::min(at, bytes.size()), width)) {
        if (c == '\0') break;
        if (c >= ' ' && c <= '~') text += c;
    }
    return std::string(trimmed(text));
}

std::string date_of_day(int year, int day) {
    if (year < 1990 || year > 2200 || day < 1 || day > 366) return "";
    using namespace std::chrono;
    const year_month_day date{sys_days{std::chrono::year(year) / January / 1} + days(day - 1)};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()));
}

/// GeoKeyDirectoryTag: the code of the projected CRS, else of the geographic one.
std::string epsg_of_keys(std::string_view keys) {
    constexpr std::uint16_t projected = 3072, geographic = 2048, user_defined = 32767;
    if (keys.size() < 8) return "";
    const auto count = las_number<std::uint16_t>(keys, 6);
    std::string found;
    for (std::size_t i = 1; i <= count && (i + 1) * 8 <= keys.size(); ++i) {
        const auto key = las_number<std::uint16_t>(keys, i * 8);
        const auto place = las_number<std::uint16_t>(keys, i * 8 + 2);
        const auto value = las_number<std::uint16_t>(keys, i * 8 + 6);
        if (place != 0 || value == 0 || value == user_defined) continue;
        if (key == projected) return fmt::format("EPSG:{}", value);
        if (key == geographic) found = fmt::format("EPSG:{}", value);
    }
    return found;
}

std::string crs_of_records(std::string_view head, std::size_t at, std::uint32_t count, std::size_t end) {
    constexpr std::uint16_t wkt_record = 2112, keys_record = 34735;
    std::string by_keys;
    for (std::uint32_t i = 0; i < count && at + record_head <= std::min(end, head.size()); ++i) {
        const auto id = las_number<std::uint16_t>(head, at + 18);
        const auto length = las_number<std::uint16_t>(head, at + 20);
        const bool is_crs = padded_text(head, at + 2, 16) == "LASF_Projection";
        const std::string_view content = head.substr(at + record_head).substr(0, length);
        at += record_head + length;
        if (!is_crs) continue;
        if (id == wkt_record) return std::string(trimmed(content.substr(0, content.find('\0'))));
        if (id == keys_record) by_keys = epsg_of_keys(content);
    }
    return by_keys;
}

void read_bounds(std::string_view head, LasFacts& facts) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const auto scale = las_number<double>(head, 131 + 8 * axis);
        if (!std::isfinite(scale) || scale <= 0) refuse_cloud("son échelle n'est pas un nombre positif");
        facts.max.at(axis) = las_number<double>(head, 179 + 16 * axis);
        facts.min.at(axis) = las_number<double>(head, 187 + 16 * axis);
        if (!std::isfinite(facts.max.at(axis)) || !std::isfinite(facts.min.at(axis)) ||
            facts.min.at(axis) > facts.max.at(axis))
            refuse_cloud("son emprise n'est pas faite de nombres ordonnés");
    }
}

}  // namespace

LasFacts parse_las_header(std::string_view head, std::uint64_t size) {
    if (!head.starts_with("LASF")) refuse_cloud("sa signature manque");
    const auto major = las_number<std::uint8_t>(head, 24);
    const auto minor = las_number<std::uint8_t>(head, 25);
    if (major != 1 || minor > 4) refuse_cloud(fmt::format("version {}.{} ; 1.0 à 1.4 attendues", major, minor));
    LasFacts facts;
    facts.version = fmt::format("{}.{}", major, minor);
    facts.software = padded_text(head, 58, 32);
    facts.date = date_of_day(las_number<std::uint16_t>(head, 92), las_number<std::uint16_t>(head, 90));
    const auto header_size = las_number<std::uint16_t>(head, 94);
    const auto first_point = las_number<std::uint32_t>(head, 96);
    const auto records = las_number<std::uint32_t>(head, 100);
    const auto format = las_number<std::uint8_t>(head, 104);
    const auto record_length = las_number<std::uint16_t>(head, 105);
    facts.compressed = (format & 0xC0U) != 0;
    facts.point_format = format & 0x3F;
    const auto known_format = static_cast<std::size_t>(facts.point_format);
    if (header_size < (minor == 4 ? header_of_14 : shortest_header) || first_point < header_size)
        refuse_cloud("son en-tête se contredit");
    if (known_format >= point_sizes.size() || record_length < point_sizes.at(known_format))
        refuse_cloud(fmt::format("format de point {} inconnu, ou trop court", facts.point_format));
    facts.points = las_number<std::uint32_t>(head, 107);
    if (minor == 4) {
        const auto counted = las_number<std::uint64_t>(head, 247);
        if (counted != 0) facts.points = counted;
    }
    if (facts.points == 0) refuse_cloud("il ne contient aucun point");
    if (facts.points > most_points) refuse_cloud("son nombre de points n'en est pas un");
    const bool room = first_point < size && (facts.compressed || facts.points <= (size - first_point) / record_length);
    if (!room) refuse_cloud("il est tronqué ; envoyez-le de nouveau");
    read_bounds(head, facts);
    facts.crs = crs_of_records(head, header_size, records, first_point);
    return facts;
}

}  // namespace gis::read
