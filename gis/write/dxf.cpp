#include "gis/write/dxf.hpp"

#include <fmt/format.h>

#include "gis/write/number_text.hpp"
#include "gis/write/wkb_cursor.hpp"
#include "gis/write/xml_text.hpp"

namespace gis {

namespace {

/// Group code and value, each on its line.
void group(std::string& out, int code, std::string_view value) {
    append_integer(out, code);
    out += '\n';
    out += value;
    out += '\n';
}

void number_group(std::string& out, int code, double value, int decimals) {
    append_integer(out, code);
    out += '\n';
    append_decimal(out, value, decimals);
    out += '\n';
}

/// Release 12 holds 31 characters: capital letters, digits, '-', '_', '$'.
std::string layer_name(std::string_view name, std::size_t longest) {
    std::string made;
    for (const char c : name.substr(0, longest)) {
        const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        const bool kept = (upper >= 'A' && upper <= 'Z') || (upper >= '0' && upper <= '9') || upper == '-';
        made += kept ? upper : '_';
    }
    return made;
}

/// UTF-8 as DXF writes it in ASCII: "\U+00E9". Line ends become spaces, what lies beyond four digits a question mark.
void append_text(std::string& out, std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead < 0x80) {
            out += lead < 0x20 ? ' ' : text[i];
            ++i;
            continue;
        }
        const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        std::uint32_t point = lead & (0xFFU >> (length + 1));
        for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
            point = (point << 6U) | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
        out += point > 0xFFFF ? "?" : fmt::format("\\U+{:04X}", point);
        i += length;
    }
}

class DxfGeometry {
  public:
    DxfGeometry(std::string& out, std::string_view wkb, const std::string& layer, int decimals)
        : out_(out), wkb_(wkb), layer_(layer), decimals_(decimals) {}

    void geometry(int depth) {
        if (depth > WkbCursor::max_depth) throw std::runtime_error("WKB: collections too deep");
        const std::uint32_t type = wkb_.header();
        switch (type) {
            case WkbCursor::Point:
                if (wkb_.skip_empty_point()) return;
                group(out_, 0, "POINT");
                group(out_, 8, layer_);
                return position();
            case WkbCursor::LineString:
                return polyline(false);
            case WkbCursor::Polygon:
                for (std::uint32_t rings = wkb_.count(); rings > 0; --rings) polyline(true);
                return;
            default:
                if (type > WkbCursor::GeometryCollection)
                    throw std::runtime_error(fmt::format("WKB: geometry type {} has no DXF form", type));
                for (std::uint32_t parts = wkb_.count(); parts > 0; --parts) geometry(depth + 1);
        }
    }

  private:
    void position() {
        const auto [x, y, z] = wkb_.position();
        number_group(out_, 10, x, decimals_);
        number_group(out_, 20, y, decimals_);
        number_group(out_, 30, z, 3);
    }

    void polyline(bool closed) {
        std::uint32_t count = wkb_.count();
        if (count == 0) return;
        const bool has_heights = wkb_.has_z();
        group(out_, 0, "POLYLINE");
        group(out_, 8, layer_);
        group(out_, 66, "1");
        append_integer(out_, 70);
        out_ += '\n';
        append_integer(out_, (closed ? 1 : 0) + (has_heights ? 8 : 0));
        out_ += "\n10\n0\n20\n0\n30\n0\n";
        for (std::uint32_t i = 0; i < count; ++i) {
            if (closed && i + 1 == count && count > 1) {  // the flag says that the ring ends where it began
                wkb_.position();
                break;
            }
            group(out_, 0, "VERTEX");
            group(out_, 8, layer_);
            if (has_heights) group(out_, 70, "32");
            position();
        }
        group(out_, 0, "SEQEND");
        group(out_, 8, layer_);
    }

    std::string& out_;
    WkbCursor wkb_;
    const std::string& layer_;
    int decimals_;
};

}  // namespace

DxfWriter::DxfWriter(const FeatureOutput& output, const Provenance& about)
    : layer_(layer_name(output.layer->name, 25)),
      text_layer_(layer_ + "_TEXTE"),
      decimals_(coordinate_decimals(output.crs)),
      text_height_(output.crs.geographic ? 1.5e-5 : 1.5) {
    std::string text = about.text() + "Système de coordonnées : " + output.crs.name + " (" + output.crs.code() + ")\n";
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = text.find('\n', begin);
        comments_ += "999\n";
        append_text(comments_, std::string_view(text).substr(begin, end - begin));
        comments_ += '\n';
        begin = end + 1;
    }
    for (std::size_t i = 0; i < output.fields.size(); ++i) {
        if (output.fields[i]->name == output.layer->label_field) label_ = i;
    }
}

void DxfWriter::begin(std::string& out, const CollectionFacts&) {
    out += comments_;
    out += "0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1009\n9\n$INSUNITS\n70\n6\n0\nENDSEC\n";
    out += "0\nSECTION\n2\nTABLES\n0\nTABLE\n2\nLAYER\n70\n2\n";
    int colour = 7;
    for (const std::string& name : {layer_, text_layer_}) {
        group(out, 0, "LAYER");
        group(out, 2, name);
        out += fmt::format("70\n0\n62\n{}\n6\nCONTINUOUS\n", colour);
        colour = 3;
    }
    out += "0\nENDTAB\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n";
}

void DxfWriter::write(std::string& out, const Feature& feature) {
    if (feature.wkb.empty()) return;
    DxfGeometry(out, feature.wkb, layer_, decimals_).geometry(0);
    if (!label_ || std::holds_alternative<std::monostate>(feature.values[*label_])) return;
    label_text_.clear();
    if (const auto* text = std::get_if<std::string_view>(&feature.values[*label_])) {
        append_text(label_text_, *text);
    } else {
        append_xml_scalar(label_text_, feature.values[*label_]);
    }
    const auto point = label_text_.empty() ? std::nullopt : inner_point_.of(feature.wkb);
    if (!point) return;
    group(out, 0, "TEXT");
    group(out, 8, text_layer_);
    number_group(out, 10, point->x, decimals_);
    number_group(out, 20, point->y, decimals_);
    out += "30\n0\n";
    number_group(out, 40, text_height_, 6);
    group(out, 1, label_text_);
}

void DxfWriter::end(std::string& out) {
    out += "0\nENDSEC\n0\nEOF\n";
}

}  // namespace gis
