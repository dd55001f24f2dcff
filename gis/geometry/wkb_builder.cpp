#include "gis/geometry/wkb_builder.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "gis/error.hpp"

namespace gis {

namespace {

static_assert(std::endian::native == std::endian::little, "WKB is written in the machine's order");

bool is_position_list(WkbType type, bool ring) {
    return ring || type == WkbType::Point || type == WkbType::LineString;
}

}  // namespace

template <typename Number>
void WkbBuilder::append(Number value) {
    char bytes[sizeof(Number)];
    std::memcpy(bytes, &value, sizeof value);
    wkb_.append(bytes, sizeof bytes);
}

void WkbBuilder::count_in_parent() {
    if (!open_.empty()) ++open_.back().count;
}

void WkbBuilder::begin(WkbType type) {
    count_in_parent();
    wkb_ += '\1';
    append(static_cast<std::uint32_t>(type));
    open_.push_back({type, false, wkb_.size()});
    if (type != WkbType::Point) append(std::uint32_t{0});
}

void WkbBuilder::begin_ring() {
    count_in_parent();
    open_.push_back({WkbType::LineString, true, wkb_.size()});
    append(std::uint32_t{0});
}

void WkbBuilder::position(double first, double second) {
    if (!std::isfinite(first) || !std::isfinite(second)) refuse("coordinates must be finite numbers");
    if (++positions_ > reading_.vertices)
        refuse(fmt::format("the geometry has more than {} positions", reading_.vertices));
    const double x = reading_.crs.northing_first ? second : first;
    const double y = reading_.crs.northing_first ? first : second;
    if (reading_.crs.geographic && (std::abs(x) > 180 || std::abs(y) > 90)) {
        refuse(fmt::format("longitude {} latitude {} is outside -180..180, -90..90 ({} is written {} first)", x, y,
                           reading_.crs.code(), reading_.crs.northing_first ? "latitude" : "longitude"));
    }
    Open& part = open_.back();
    if (part.count == 0) {
        part.first_x = x;
        part.first_y = y;
    }
    part.last_x = x;
    part.last_y = y;
    ++part.count;
    append(x);
    append(y);
}

void WkbBuilder::check(const Open& part) const {
    if (part.count == 0) refuse("an empty geometry is not accepted");
    if (!is_position_list(part.type, part.ring)) return;
    if (part.type == WkbType::Point && part.count != 1) refuse("a point has one position");
    if (part.type == WkbType::LineString && !part.ring && part.count < 2) refuse("a line has at least two positions");
    if (!part.ring) return;
    if (part.count < 4) refuse("a ring has at least four positions, the last equal to the first");
    if (part.first_x != part.last_x || part.first_y != part.last_y)
        refuse("a ring must end where it begins: its last position equal to its first");
}

void WkbBuilder::end() {
    const Open part = open_.back();
    check(part);
    open_.pop_back();
    if (part.type != WkbType::Point || part.ring)
        std::memcpy(wkb_.data() + part.count_at, &part.count, sizeof part.count);
}

void WkbBuilder::refuse(std::string_view reason) const {
    throw InvalidRequest(reading_.field, std::string(reason));
}

}  // namespace gis
