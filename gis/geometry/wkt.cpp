#include "gis/geometry/wkt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>

#include "gis/geometry/wkb_builder.hpp"

namespace gis {

namespace {

bool same_word(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return std::toupper(static_cast<unsigned char>(x)) == std::toupper(static_cast<unsigned char>(y));
    });
}

constexpr std::array<std::pair<std::string_view, WkbType>, 7> wkt_types{
    {{"POINT", WkbType::Point},
     {"LINESTRING", WkbType::LineString},
     {"POLYGON", WkbType::Polygon},
     {"MULTIPOINT", WkbType::MultiPoint},
     {"MULTILINESTRING", WkbType::MultiLineString},
     {"MULTIPOLYGON", WkbType::MultiPolygon},
     {"GEOMETRYCOLLECTION", WkbType::GeometryCollection}}};

constexpr std::array<std::string_view, 8> unsupported{
    "CIRCULARSTRING", "COMPOUNDCURVE",     "CURVEPOLYGON", "MULTICURVE",
    "MULTISURFACE",   "POLYHEDRALSURFACE", "TIN",          "TRIANGLE"};

class WktReader {
  public:
    WktReader(std::string_view text, const GeometryReading& reading) : rest_(text), build_(reading) {}

    void geometry(int depth) {
        const std::string_view name = word();
        const auto kind =
            std::find_if(wkt_types.begin(), wkt_types.end(), [&](const auto& k) { return same_word(k.first, name); });
        if (kind == wkt_types.end()) refuse_kind(name);
        if (depth > max_collection_depth) build_.refuse("collections are nested too deeply");
        if (const auto dimensions = peek_word(); same_word(dimensions, "Z")) {
            word();
        } else if (same_word(dimensions, "M") || same_word(dimensions, "ZM")) {
            build_.refuse("measures (M) are not supported");
        } else if (same_word(dimensions, "EMPTY")) {
            build_.refuse("an empty geometry is not accepted");
        }
        build_.begin(kind->second);
        body(kind->second, depth);
        build_.end();
    }

    std::string_view rest() const { return rest_; }
    void expect_end() {
        skip_space();
        if (!rest_.empty()) build_.refuse(fmt::format("'{}' after the geometry", rest_.substr(0, 30)));
    }
    std::string take() { return build_.take(); }

  private:
    void body(WkbType type, int depth) {
        switch (type) {
            case WkbType::Point:
                expect('(');
                position();
                expect(')');
                break;
            case WkbType::LineString:
                list([this] { position(); });
                break;
            case WkbType::Polygon:
                list([this] { ring(); });
                break;
            case WkbType::MultiPoint:
                list([this] { point_of_many(); });
                break;
            case WkbType::MultiLineString:
                list([this, depth] { part(WkbType::LineString, depth); });
                break;
            case WkbType::MultiPolygon:
                list([this, depth] { part(WkbType::Polygon, depth); });
                break;
            case WkbType::GeometryCollection:
                list([this, depth] { geometry(depth + 1); });
                break;
        }
    }

    void part(WkbType type, int depth) {
        build_.begin(type);
        body(type, depth);
        build_.end();
    }

    void ring() {
        build_.begin_ring();
        list([this] { position(); });
        build_.end();
    }

    /// The points of a MULTIPOINT stand in parentheses, or bare as many programs write them.
    void point_of_many() {
        build_.begin(WkbType::Point);
        skip_space();
        const bool bare = rest_.empty() || rest_.front() != '(';
        if (!bare) expect('(');
        position();
        if (!bare) expect(')');
        build_.end();
    }

    template <typename Item>
    void list(Item item) {
        expect('(');
        do {
            item();
        } while (accept(','));
        expect(')');
    }

    void position() {
        const double first = number();
        const double second = number();
        skip_space();
        if (!rest_.empty() && rest_.front() != ',' && rest_.front() != ')') {
            number();  // a height
            skip_space();
            if (!rest_.empty() && rest_.front() != ',' && rest_.front() != ')')
                build_.refuse("a position has two coordinates, or three");
        }
        build_.position(first, second);
    }

    double number() {
        skip_space();
        std::string_view digits = rest_;
        if (digits.starts_with('+')) digits.remove_prefix(1);
        double value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        const auto used = static_cast<std::size_t>(end - rest_.data());
        // "inf", "nan" and what a double cannot hold are read by from_chars, or not: no coordinate all the same.
        const bool numeric = !digits.empty() && (std::isdigit(static_cast<unsigned char>(digits.front())) != 0 ||
                                                 digits.front() == '-' || digits.front() == '.');
        const bool glued = numeric && error == std::errc{} && used < rest_.size() &&
                           (std::isalnum(static_cast<unsigned char>(rest_[used])) != 0 || rest_[used] == '.');
        if (!numeric || error != std::errc{} || glued)
            build_.refuse(fmt::format("a coordinate is expected at '{}'", rest_.substr(0, 30)));
        rest_.remove_prefix(used);
        return value;
    }

    void skip_space() {
        while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())) != 0) rest_.remove_prefix(1);
    }

    bool accept(char c) {
        skip_space();
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    void expect(char c) {
        if (accept(c)) return;
        build_.refuse(rest_.empty() ? fmt::format("the geometry ends where '{}' is expected", c)
                                    : fmt::format("'{}' is expected at '{}'", c, rest_.substr(0, 30)));
    }

    std::string_view peek_word() {
        skip_space();
        std::size_t length = 0;
        while (length < rest_.size() && std::isalpha(static_cast<unsigned char>(rest_[length])) != 0) ++length;
        return rest_.substr(0, length);
    }

    std::string_view word() {
        const std::string_view found = peek_word();
        rest_.remove_prefix(found.size());
        return found;
    }

    [[noreturn]] void refuse_kind(std::string_view name) const {
        const bool curved =
            std::any_of(unsupported.begin(), unsupported.end(), [&](auto kind) { return same_word(kind, name); });
        build_.refuse(
            fmt::format("'{}' is {}; expected POINT, LINESTRING, POLYGON, MULTIPOINT, MULTILINESTRING, "
                        "MULTIPOLYGON or GEOMETRYCOLLECTION",
                        name.substr(0, 30), curved ? "not supported" : "no geometry"));
    }

    std::string_view rest_;
    WkbBuilder build_;
};

}  // namespace

GeometryLiteral read_wkt(std::string_view& text, const GeometryReading& reading) {
    WktReader reader(text, reading);
    reader.geometry(0);
    text = reader.rest();
    return {reader.take(), reading.crs};
}

GeometryLiteral parse_wkt(std::string_view text, const GeometryReading& reading) {
    WktReader reader(text, reading);
    reader.geometry(0);
    reader.expect_end();
    return {reader.take(), reading.crs};
}

bool is_wkt_word(std::string_view word) {
    return std::any_of(wkt_types.begin(), wkt_types.end(),
                       [&](const auto& kind) { return same_word(kind.first, word); }) ||
           std::any_of(unsupported.begin(), unsupported.end(), [&](auto kind) { return same_word(kind, word); });
}

}  // namespace gis
