#include "gis/write/kml.hpp"

#include <fmt/format.h>

#include "gis/text/xml_name.hpp"
#include "gis/write/number_text.hpp"
#include "gis/write/wkb_cursor.hpp"
#include "gis/write/xml_text.hpp"

namespace gis {

namespace {

class KmlGeometry {
  public:
    KmlGeometry(std::string& out, std::string_view wkb) : out_(out), wkb_(wkb) {}

    void geometry(int depth) {
        if (depth > WkbCursor::max_depth) throw std::runtime_error("WKB: collections too deep");
        const std::uint32_t type = wkb_.header();
        switch (type) {
            case WkbCursor::Point:
                out_ += "<Point>";
                if (!wkb_.skip_empty_point()) positions(1);
                out_ += "</Point>";
                return;
            case WkbCursor::LineString:
                out_ += "<LineString>";
                positions(wkb_.count());
                out_ += "</LineString>";
                return;
            case WkbCursor::Polygon:
                return polygon();
            default:
                if (type > WkbCursor::GeometryCollection)
                    throw std::runtime_error(fmt::format("WKB: geometry type {} has no KML form", type));
                out_ += "<MultiGeometry>";
                for (std::uint32_t parts = wkb_.count(); parts > 0; --parts) geometry(depth + 1);
                out_ += "</MultiGeometry>";
        }
    }

  private:
    void positions(std::uint32_t count) {
        out_ += "<coordinates>";
        for (std::uint32_t i = 0; i < count; ++i) {
            if (i > 0) out_ += ' ';
            const auto [x, y, z] = wkb_.position();
            append_decimal(out_, x, 8);
            out_ += ',';
            append_decimal(out_, y, 8);
            if (wkb_.has_z()) {
                out_ += ',';
                append_decimal(out_, z, 3);
            }
        }
        out_ += "</coordinates>";
    }

    void polygon() {
        out_ += "<Polygon>";
        const std::uint32_t rings = wkb_.count();
        for (std::uint32_t i = 0; i < rings; ++i) {
            out_ += i == 0 ? "<outerBoundaryIs><LinearRing>" : "<innerBoundaryIs><LinearRing>";
            positions(wkb_.count());
            out_ += i == 0 ? "</LinearRing></outerBoundaryIs>" : "</LinearRing></innerBoundaryIs>";
        }
        out_ += "</Polygon>";
    }

    std::string& out_;
    WkbCursor wkb_;
};

std::string_view kml_type(FieldType type) {
    switch (type) {
        case FieldType::Integer:
            return "int";
        case FieldType::Number:
            return "double";
        case FieldType::Boolean:
            return "bool";
        default:
            return "string";
    }
}

}  // namespace

KmlWriter::KmlWriter(const FeatureOutput& output, Provenance provenance)
    : output_(output), provenance_(std::move(provenance)), schema_(xml_name(output.layer->name)) {
    for (std::size_t i = 0; i < output.fields.size(); ++i) {
        open_tags_.push_back("<SimpleData name=\"" + xml_text(output.fields[i]->name) + "\">");
        if (output.fields[i]->name == output.layer->label_field) label_ = i;
    }
}

void KmlWriter::begin(std::string& out, const CollectionFacts&) {
    out +=
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml "
        "xmlns=\"http://www.opengis.net/kml/2.2\">\n<Document>\n<name>";
    append_xml_text(out, provenance_.title);
    out += "</name>\n<description>";
    append_xml_text(out, provenance_.text());
    out += "</description>\n<Schema name=\"" + schema_ + "\" id=\"" + schema_ + "\">\n";
    for (const Field* field : output_.fields) {
        out += fmt::format("<SimpleField type=\"{}\" name=\"{}\"><displayName>{}</displayName></SimpleField>\n",
                           kml_type(field->type), xml_text(field->name), xml_text(field->title));
    }
    out += "</Schema>\n";
}

void KmlWriter::write(std::string& out, const Feature& feature) {
    out += "<Placemark><name>";
    const bool has_label = label_ && !std::holds_alternative<std::monostate>(feature.values[*label_]);
    append_xml_scalar(out, has_label ? feature.values[*label_] : Scalar(feature.id));
    out += "</name><ExtendedData><SchemaData schemaUrl=\"#" + schema_ + "\">";
    for (std::size_t i = 0; i < feature.values.size(); ++i) {
        if (std::holds_alternative<std::monostate>(feature.values[i])) continue;
        out += open_tags_[i];
        // "1" is what every reader takes for true; some do not know the word.
        const auto* flag = std::get_if<bool>(&feature.values[i]);
        append_xml_scalar(out, flag == nullptr ? feature.values[i] : Scalar(std::int64_t{*flag}));
        out += "</SimpleData>";
    }
    out += "</SchemaData></ExtendedData>";
    if (!feature.wkb.empty() && !is_empty_geometry(feature.wkb)) KmlGeometry(out, feature.wkb).geometry(0);
    out += "</Placemark>\n";
}

void KmlWriter::end(std::string& out) {
    out += "</Document>\n</kml>\n";
}

}  // namespace gis
