#include "server/api/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "gis/error.hpp"
#include "server/api/filter_parameters.hpp"

namespace api {

using gis::InvalidRequest;

namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::optional<double> parse_number(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

/// Far outside where the CRS is defined, coordinates mean nothing. Twice the area's size around it is accepted, for
/// maps show more than the area.
bool is_near_area(const gis::Envelope& box) {
    if (box.crs.geographic) return box.min_x >= -180 && box.max_x <= 180 && box.min_y >= -90 && box.max_y <= 90;
    const gis::GeographicBox& area = box.crs.native_area;
    const double margin_x = 2 * (area.east - area.west);
    const double margin_y = 2 * (area.north - area.south);
    return box.min_x <= area.east + margin_x && box.max_x >= area.west - margin_x &&
           box.min_y <= area.north + margin_y && box.max_y >= area.south - margin_y;
}

}  // namespace

Representation representation(const http::Request& request) {
    if (const auto format = request.query_value("f")) {
        if (*format == "json" || *format == "geojson") return Representation::AsJson;
        if (*format == "html") return Representation::AsHtml;
        throw InvalidRequest("f", fmt::format("json or html expected, got '{}'", format->substr(0, 50)));
    }
    const std::string* accept = request.header("Accept");
    if (accept == nullptr) return Representation::AsJson;
    const auto html = accept->find("text/html");
    const auto json = std::min(accept->find("application/json"), accept->find("application/geo+json"));
    return html < json ? Representation::AsHtml : Representation::AsJson;
}

void require_known(const http::Request& request, const std::vector<std::string_view>& known) {
    std::vector<std::string_view> seen;
    for (const auto& [name, value] : request.query) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            throw InvalidRequest(name.substr(0, 100),
                                 fmt::format("unknown parameter; expected: {}", fmt::join(known, ", ")));
        }
        if (std::find(seen.begin(), seen.end(), name) != seen.end()) throw InvalidRequest(name, "given twice");
        seen.push_back(name);
    }
}

int parse_limit(const http::Request& request) {
    const auto text = request.query_value("limit");
    if (!text) return default_limit;
    long value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    const bool whole = end == text->data() + text->size() && !text->empty();
    if (whole && error == std::errc::result_out_of_range && text->front() != '-') return max_limit;
    if (!whole || error != std::errc{} || value < 1) {
        throw InvalidRequest(
            "limit", fmt::format("a whole number from 1 to {} expected, got '{}'", max_limit, text->substr(0, 50)));
    }
    return static_cast<int>(
        std::min<long>(value, max_limit));  // above the maximum: as many as there may be (7.15.2, requirement 21)
}

std::optional<int> parse_count(const http::Request& request, std::string_view name, int most) {
    const auto text = request.query_value(name);
    if (!text) return std::nullopt;
    int value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc{} || end != text->data() + text->size() || value < 0 || value > most) {
        throw InvalidRequest(std::string(name),
                             fmt::format("a whole number from 0 to {} expected, got '{}'", most, text->substr(0, 50)));
    }
    return value;
}

std::string query_text(const http::Request& request, std::string_view name) {
    return std::string(request.query_value(name).value_or(""));
}

gis::Crs parse_crs(const http::Request& request, const char* name, const std::vector<gis::Crs>& offered) {
    const auto text = request.query_value(name);
    if (!text) return gis::crs84();
    if (auto crs = gis::find_crs(*text, offered)) return *crs;
    std::vector<std::string> uris;
    for (const gis::Crs& crs : offered) uris.push_back(crs.uri());
    throw InvalidRequest(
        name, fmt::format("'{}' is not offered; expected one of {}", text->substr(0, 200), fmt::join(uris, ", ")));
}

std::optional<gis::Envelope> parse_bbox(const http::Request& request, const std::vector<gis::Crs>& offered) {
    const gis::Crs crs = parse_crs(request, "bbox-crs", offered);
    const auto text = request.query_value("bbox");
    if (!text) return std::nullopt;
    const auto parts = split(*text, ',');
    if (parts.size() != 4 && parts.size() != 6)
        throw InvalidRequest("bbox", fmt::format("4 or 6 numbers expected, got {}", parts.size()));
    std::vector<double> numbers;
    for (const std::string_view part : parts) {
        const auto number = parse_number(part);
        if (!number) throw InvalidRequest("bbox", fmt::format("'{}' is not a finite number", part.substr(0, 50)));
        numbers.push_back(*number);
    }
    const std::size_t second = numbers.size() / 2;  // where the upper corner begins; heights are read and ignored
    gis::Envelope box{numbers[0], numbers[1], numbers[second], numbers[second + 1], crs};
    if (crs.northing_first) box = {box.min_y, box.min_x, box.max_y, box.max_x, crs};
    if (box.min_y > box.max_y) {
        throw InvalidRequest(
            "bbox", fmt::format("reversed: the lower bound {} is above the upper bound {}", box.min_y, box.max_y));
    }
    if (box.min_x > box.max_x) {
        throw InvalidRequest("bbox", fmt::format("reversed: {} is beyond {} (no data lies across the 180° meridian)",
                                                 box.min_x, box.max_x));
    }
    if (!is_near_area(box)) {
        throw InvalidRequest(
            "bbox", fmt::format("outside the area of {}; is the axis order {}?", crs.code(),
                                crs.northing_first ? "latitude or northing first" : "longitude or easting first"));
    }
    return box;
}

std::vector<gis::Crs> offered_for(const gis::Layer& layer, const std::vector<gis::Crs>& offered) {
    std::vector<gis::Crs> all = offered;
    if (layer.has_geometry() && std::find(all.begin(), all.end(), layer.crs) == all.end()) all.push_back(layer.crs);
    return all;
}

gis::FeatureQuery parse_feature_query(const http::Request& request, const gis::Layer& layer,
                                      const std::vector<gis::Crs>& offered) {
    const std::vector<std::string_view>& own = items_parameter_names();
    std::vector<std::string_view> known = own;
    for (const gis::Field& field : layer.fields) known.push_back(field.name);
    require_known(request, known);
    const auto crs_list = offered_for(layer, offered);
    gis::FeatureQuery query;
    query.layer = &layer;
    query.limit = parse_limit(request);
    query.output_crs = parse_crs(request, "crs", crs_list);
    query.bbox = parse_bbox(request, crs_list);
    if (const auto datetime = request.query_value("datetime"))
        query.datetime = gis::parse_datetime(std::string(*datetime));
    parse_filter_parameters(request, crs_list, query);
    for (const gis::Field& field : layer.fields) {
        const auto value = request.query_value(field.name);
        if (!value || std::find(own.begin(), own.end(), field.name) != own.end()) continue;
        gis::require_value_of(field, std::string(*value));
        query.conditions.push_back({&field, std::string(*value)});
    }
    return query;
}

std::string encode_query_value(std::string_view text) {
    static constexpr std::string_view plain = "-._~:/,@!*()'";
    std::string encoded;
    for (const char c : text) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter || plain.find(c) != std::string_view::npos) {
            encoded += c;
        } else {
            encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return encoded;
}

std::string encode_path_segment(std::string_view text) {
    std::string encoded = encode_query_value(text);
    for (auto slash = encoded.find('/'); slash != std::string::npos; slash = encoded.find('/', slash))
        encoded.replace(slash, 1, "%2F");
    return encoded;
}

std::string query_without(const http::Request& request, std::initializer_list<std::string_view> names,
                          std::string_view extra) {
    std::string text;
    for (const auto& [name, value] : request.query) {
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        text += (text.empty() ? "?" : "&") + encode_query_value(name) + "=" + encode_query_value(value);
    }
    if (!extra.empty()) text += (text.empty() ? "?" : "&") + std::string(extra);
    return text;
}

}  // namespace api
