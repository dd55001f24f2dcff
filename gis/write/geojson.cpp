#include "gis/write/geojson.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <iterator>
#include <stdexcept>

namespace gis {

namespace {

constexpr std::array<double, 10> powers_of_ten{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
constexpr int max_depth = 8;  // collections inside collections

/// Reads one WKB geometry and writes its GeoJSON.
class GeometryWriter {
  public:
    GeometryWriter(std::string& out, std::string_view wkb, bool northing_first, int decimals)
        : out_(out), rest_(wkb), northing_first_(northing_first), decimals_(decimals) {}

    void geometry(int depth) {
        if (depth > max_depth) throw std::runtime_error("WKB: collections too deep");
        const std::uint32_t type = header();
        switch (type) {
            case 1:
                open("Point");
                point_or_empty();
                break;
            case 2:
                open("LineString");
                line();
                break;
            case 3:
                open("Polygon");
                polygon();
                break;
            case 4:
                open("MultiPoint");
                parts(&GeometryWriter::position);
                break;
            case 5:
                open("MultiLineString");
                parts(&GeometryWriter::line);
                break;
            case 6:
                open("MultiPolygon");
                parts(&GeometryWriter::polygon);
                break;
            case 7:
                collection(depth);
                return;
            default:
                throw std::runtime_error(fmt::format("WKB: geometry type {} has no GeoJSON form", type));
        }
        out_ += '}';
    }

  private:
    void open(std::string_view type) {
        out_ += R"({"type":")";
        out_ += type;
        out_ += R"(","coordinates":)";
    }

    /// Byte order and type; the dimensions are kept for the coordinates that follow.
    std::uint32_t header() {
        swap_ = (byte() == 1) != (std::endian::native == std::endian::little);
        std::uint32_t type = number<std::uint32_t>();
        has_z_ = (type & 0x80000000U) != 0;
        has_m_ = (type & 0x40000000U) != 0;
        if ((type & 0x20000000U) != 0) number<std::uint32_t>();  // EWKB's SRID
        type &= 0x0fffffffU;
        const std::uint32_t dimensions = type / 1000;
        has_z_ = has_z_ || dimensions == 1 || dimensions == 3;
        has_m_ = has_m_ || dimensions == 2 || dimensions == 3;
        return type % 1000;
    }

    std::uint8_t byte() {
        if (rest_.empty()) throw std::runtime_error("WKB: too short");
        const auto value = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return value;
    }

    template <typename T>
    T number() {
        if (rest_.size() < sizeof(T)) throw std::runtime_error("WKB: too short");
        std::array<char, sizeof(T)> bytes{};
        std::memcpy(bytes.data(), rest_.data(), sizeof(T));
        if (swap_) std::reverse(bytes.begin(), bytes.end());
        rest_.remove_prefix(sizeof(T));
        return std::bit_cast<T>(bytes);
    }

    void position() {
        const double x = number<double>();
        const double y = number<double>();
        out_ += '[';
        append_decimal(out_, northing_first_ ? y : x, decimals_);
        out_ += ',';
        append_decimal(out_, northing_first_ ? x : y, decimals_);
        if (has_z_) {
            out_ += ',';
            append_decimal(out_, number<double>(), 3);
        }
        if (has_m_) number<double>();
        out_ += ']';
    }

    void point_or_empty() {
        // WKB has no empty point but one of NaN coordinates.
        double x = 0;
        if (rest_.size() >= sizeof x) std::memcpy(&x, rest_.data(), sizeof x);
        if (std::isnan(x)) {
            out_ += "[]";
        } else {
            position();
        }
    }

    template <typename Part>
    void list(Part part) {
        const auto count = number<std::uint32_t>();
        out_ += '[';
        for (std::uint32_t i = 0; i < count; ++i) {
            if (i > 0) out_ += ',';
            part();
        }
        out_ += ']';
    }

    void line() {
        list([this] { position(); });
    }

    void polygon() {
        list([this] { line(); });
    }

    void parts(void (GeometryWriter::*part)()) {
        list([this, part] {
            header();
            (this->*part)();
        });
    }

    void collection(int depth) {
        out_ += R"({"type":"GeometryCollection","geometries":)";
        list([this, depth] { geometry(depth + 1); });
        out_ += '}';
    }

    std::string& out_;
    std::string_view rest_;
    bool northing_first_;
    int decimals_;
    bool swap_ = false;
    bool has_z_ = false;
    bool has_m_ = false;
};

void append_scalar(std::string& out, const Scalar& value) {
    if (const auto* text = std::get_if<std::string_view>(&value)) {
        append_json_string(out, *text);
    } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        fmt::format_to(std::back_inserter(out), "{}", *whole);
    } else if (const auto* number = std::get_if<double>(&value)) {
        if (std::isfinite(*number)) {
            fmt::format_to(std::back_inserter(out), "{}", *number);
        } else {
            out += "null";
        }
    } else if (const auto* flag = std::get_if<bool>(&value)) {
        out += *flag ? "true" : "false";
    } else {
        out += "null";
    }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t plain = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text, plain, i - plain);
        plain = i + 1;
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
        }
    }
    out.append(text, plain, text.size() - plain);
    out += '"';
}

void append_decimal(std::string& out, double value, int decimals) {
    const double scale = powers_of_ten[static_cast<std::size_t>(decimals)];
    if (std::abs(value) * scale > 9e17) {  // beyond 64-bit integers
        fmt::format_to(std::back_inserter(out), "{}", value);
        return;
    }
    const long long scaled = std::llround(value * scale);
    auto rest = static_cast<unsigned long long>(scaled < 0 ? -scaled : scaled);
    std::array<char, 24> digits{};
    char* end = digits.data() + digits.size();
    char* begin = end;
    bool significant = false;
    for (int i = 0; i < decimals; ++i) {
        const auto digit = static_cast<char>('0' + rest % 10);
        rest /= 10;
        significant = significant || digit != '0';
        if (significant) *--begin = digit;
    }
    if (significant) *--begin = '.';
    do {
        *--begin = static_cast<char>('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (scaled < 0) *--begin = '-';
    out.append(begin, end);
}

void append_geojson_geometry(std::string& out, std::string_view wkb, bool northing_first, int decimals) {
    GeometryWriter(out, wkb, northing_first, decimals).geometry(0);
}

void append_geojson_feature(std::string& out, const Layer& layer, const Feature& feature, const Crs& output_crs) {
    out += R"({"type":"Feature","id":)";
    if (layer.id_type == FieldType::Integer) {
        out += feature.id;
    } else {
        append_json_string(out, feature.id);
    }
    out += R"(,"geometry":)";
    if (feature.wkb.empty()) {
        out += "null";
    } else {
        append_geojson_geometry(out, feature.wkb, output_crs.northing_first, coordinate_decimals(output_crs));
    }
    out += R"(,"properties":{)";
    for (std::size_t i = 0; i < feature.values.size(); ++i) {
        if (i > 0) out += ',';
        append_json_string(out, feature.fields.empty() ? layer.fields[i].name : feature.fields[i]->name);
        out += ':';
        append_scalar(out, feature.values[i]);
    }
    out += '}';
}

}  // namespace gis
