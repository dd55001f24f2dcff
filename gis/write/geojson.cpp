#include "gis/write/geojson.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gis/write/wkb_cursor.hpp"

namespace gis {

namespace {

/// Reads one WKB geometry and writes its GeoJSON.
class GeojsonGeometry {
  public:
    GeojsonGeometry(std::string& out, std::string_view wkb, bool northing_first, int decimals)
        : out_(out), wkb_(wkb), northing_first_(northing_first), decimals_(decimals) {}

    void geometry(int depth) {
        if (depth > WkbCursor::max_depth) throw std::runtime_error("WKB: collections too deep");
        const std::uint32_t type = wkb_.header();
        switch (type) {
            case WkbCursor::Point:
                open("Point");
                wkb_.skip_empty_point() ? void(out_ += "[]") : position();
                break;
            case WkbCursor::LineString:
                open("LineString");
                line();
                break;
            case WkbCursor::Polygon:
                open("Polygon");
                polygon();
                break;
            case WkbCursor::MultiPoint:
                open("MultiPoint");
                parts(&GeojsonGeometry::position);
                break;
            case WkbCursor::MultiLineString:
                open("MultiLineString");
                parts(&GeojsonGeometry::line);
                break;
            case WkbCursor::MultiPolygon:
                open("MultiPolygon");
                parts(&GeojsonGeometry::polygon);
                break;
            case WkbCursor::GeometryCollection:
                out_ += R"({"type":"GeometryCollection","geometries":)";
                list([this, depth] { geometry(depth + 1); });
                break;
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

    static constexpr std::uint32_t positions_at_once = 64;
    static constexpr std::size_t longest_position = 3 * (longest_decimal + 1) + 1;

    char* put_position(char* at) {
        const auto [x, y, z] = wkb_.position();
        *at++ = '[';
        at = put_decimal(at, northing_first_ ? y : x, decimals_);
        *at++ = ',';
        at = put_decimal(at, northing_first_ ? x : y, decimals_);
        if (wkb_.has_z()) {
            *at++ = ',';
            at = put_decimal(at, z, 3);
        }
        *at++ = ']';
        return at;
    }

    void position() {
        std::array<char, longest_position> text;
        out_.append(text.data(), put_position(text.data()));
    }

    /// Most of what is written are these: straight into the buffer, some at a time.
    void line() {
        std::uint32_t left = wkb_.count();
        out_ += '[';
        for (bool is_first = true; left > 0;) {
            const std::uint32_t count = std::min(left, positions_at_once);
            const std::size_t size = out_.size();
            out_.resize(size + count * (longest_position + 1));
            char* at = out_.data() + size;
            for (std::uint32_t i = 0; i < count; ++i) {
                if (!is_first) *at++ = ',';
                is_first = false;
                at = put_position(at);
            }
            out_.resize(static_cast<std::size_t>(at - out_.data()));
            left -= count;
        }
        out_ += ']';
    }

    template <typename Part>
    void list(Part part) {
        const std::uint32_t count = wkb_.count();
        out_ += '[';
        for (std::uint32_t i = 0; i < count; ++i) {
            if (i > 0) out_ += ',';
            part();
        }
        out_ += ']';
    }

    void polygon() {
        list([this] { line(); });
    }

    void parts(void (GeojsonGeometry::*part)()) {
        list([this, part] {
            wkb_.header();
            (this->*part)();
        });
    }

    std::string& out_;
    WkbCursor wkb_;
    bool northing_first_;
    int decimals_;
};

}  // namespace

void append_geojson_geometry(std::string& out, std::string_view wkb, bool northing_first, int decimals) {
    GeojsonGeometry(out, wkb, northing_first, decimals).geometry(0);
}

GeoJsonFeatureText::GeoJsonFeatureText(const FeatureOutput& output)
    : id_is_number_(output.layer->id_type == FieldType::Integer),
      northing_first_(output.crs.northing_first),
      decimals_(coordinate_decimals(output.crs)) {
    for (const Field* field : output.fields) {
        std::string name = names_.empty() ? "" : ",";
        append_json_string(name, field->name);
        names_.push_back(name + ':');
    }
}

void GeoJsonFeatureText::append(std::string& out, const Feature& feature) const {
    out += R"({"type":"Feature","id":)";
    if (id_is_number_) {
        out += feature.id;
    } else {
        append_json_string(out, feature.id);
    }
    out += R"(,"geometry":)";
    if (feature.wkb.empty()) {
        out += "null";
    } else {
        append_geojson_geometry(out, feature.wkb, northing_first_, decimals_);
    }
    out += R"(,"properties":{)";
    for (std::size_t i = 0; i < feature.values.size(); ++i) {
        out += names_[i];
        append_json_scalar(out, feature.values[i]);
    }
    out += '}';
}

void append_geojson_feature(std::string& out, const Layer& layer, const Feature& feature, const Crs& output_crs) {
    FeatureQuery query;
    query.layer = &layer;
    query.output_crs = output_crs;
    GeoJsonFeatureText(output_of(query)).append(out, feature);
}

void GeoJsonWriter::begin(std::string& out, const CollectionFacts& facts) {
    out += R"({"type":"FeatureCollection",)";
    if (facts.number_matched) out += fmt::format(R"("numberMatched":{},)", *facts.number_matched);
    if (facts.number_returned) out += fmt::format(R"("numberReturned":{},)", *facts.number_returned);
    if (!facts.links.empty()) out += R"("links":)" + facts.links + ',';
    out += R"("features":[)";
}

void GeoJsonWriter::write(std::string& out, const Feature& feature) {
    out += is_first_ ? "\n" : ",\n";
    is_first_ = false;
    feature_.append(out, feature);
    out += '}';
}

void GeoJsonWriter::end(std::string& out) {
    out += "\n]}\n";
}

}  // namespace gis
