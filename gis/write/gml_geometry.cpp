#include <fmt/format.h>

#include <array>

#include "gis/write/gml.hpp"
#include "gis/write/number_text.hpp"
#include "gis/write/wkb_cursor.hpp"
#include "gis/write/xml_text.hpp"

namespace gis {

namespace {

/// The elements of multi-geometries by version: 3.x writes curves and surfaces, as the simple-features profiles want.
struct MultiNames {
    std::string_view element;
    std::string_view member;
};

class GmlGeometry {
  public:
    GmlGeometry(std::string& out, std::string_view wkb, const GmlForm& form, int decimals, std::string_view id)
        : out_(out), wkb_(wkb), form_(form), decimals_(decimals), id_(id), is_2_(form.version == GmlVersion::V2_1) {}

    /// `part`: 0 for the whole, else its place among the members, which says the gml:id.
    void geometry(int depth) {
        if (depth > WkbCursor::max_depth) throw std::runtime_error("WKB: collections too deep");
        const std::uint32_t type = wkb_.header();
        switch (type) {
            case WkbCursor::Point:
                return point(depth == 0);
            case WkbCursor::LineString:
                return line(depth == 0);
            case WkbCursor::Polygon:
                return polygon(depth == 0);
            case WkbCursor::MultiPoint:
                return multi({"gml:MultiPoint", "gml:pointMember"}, depth);
            case WkbCursor::MultiLineString:
                return multi(is_2_ ? MultiNames{"gml:MultiLineString", "gml:lineStringMember"}
                                   : MultiNames{"gml:MultiCurve", "gml:curveMember"},
                             depth);
            case WkbCursor::MultiPolygon:
                return multi(is_2_ ? MultiNames{"gml:MultiPolygon", "gml:polygonMember"}
                                   : MultiNames{"gml:MultiSurface", "gml:surfaceMember"},
                             depth);
            case WkbCursor::GeometryCollection:
                return multi({"gml:MultiGeometry", "gml:geometryMember"}, depth);
            default:
                throw std::runtime_error(fmt::format("WKB: geometry type {} has no GML form", type));
        }
    }

  private:
    /// `<gml:Point gml:id=".." srsName="..">`; the CRS stands on the outermost element, which holds for all within.
    void open(std::string_view element, bool outermost) {
        out_ += '<';
        out_ += element;
        if (form_.version == GmlVersion::V3_2) {
            out_ += " gml:id=\"";
            out_ += id_;
            if (!outermost) {
                out_ += '.';
                append_integer(out_, ++parts_);
            }
            out_ += '"';
        }
        if (outermost) {
            out_ += " srsName=\"";
            append_xml_text(out_, form_.srs_name);
            out_ += '"';
            if (has_heights() && !is_2_) out_ += " srsDimension=\"3\"";
        }
        out_ += '>';
    }

    bool has_heights() const { return wkb_.has_z() && form_.with_heights; }

    void close(std::string_view element) {
        out_ += "</";
        out_ += element;
        out_ += '>';
    }

    void position(char separator) {
        const auto [x, y, z] = wkb_.position();
        append_decimal(out_, form_.northing_first ? y : x, decimals_);
        out_ += separator;
        append_decimal(out_, form_.northing_first ? x : y, decimals_);
        if (has_heights()) {
            out_ += separator;
            append_decimal(out_, z, 3);
        }
    }

    void positions() {
        const std::uint32_t count = wkb_.count();
        out_ += is_2_ ? "<gml:coordinates>" : "<gml:posList>";
        for (std::uint32_t i = 0; i < count; ++i) {
            if (i > 0) out_ += ' ';
            position(is_2_ ? ',' : ' ');
        }
        out_ += is_2_ ? "</gml:coordinates>" : "</gml:posList>";
    }

    void point(bool outermost) {
        open("gml:Point", outermost);
        if (!wkb_.skip_empty_point()) {
            out_ += is_2_ ? "<gml:coordinates>" : "<gml:pos>";
            position(is_2_ ? ',' : ' ');
            out_ += is_2_ ? "</gml:coordinates>" : "</gml:pos>";
        }
        close("gml:Point");
    }

    void line(bool outermost) {
        open("gml:LineString", outermost);
        positions();
        close("gml:LineString");
    }

    void polygon(bool outermost) {
        open("gml:Polygon", outermost);
        const std::uint32_t rings = wkb_.count();
        for (std::uint32_t i = 0; i < rings; ++i) {
            const std::string_view around = is_2_ ? (i == 0 ? "gml:outerBoundaryIs" : "gml:innerBoundaryIs")
                                                  : (i == 0 ? "gml:exterior" : "gml:interior");
            out_ += '<';
            out_ += around;
            out_ += "><gml:LinearRing>";
            positions();
            out_ += "</gml:LinearRing></";
            out_ += around;
            out_ += '>';
        }
        close("gml:Polygon");
    }

    void multi(MultiNames names, int depth) {
        open(names.element, depth == 0);
        const std::uint32_t count = wkb_.count();
        for (std::uint32_t i = 0; i < count; ++i) {
            out_ += '<';
            out_ += names.member;
            out_ += '>';
            geometry(depth + 1);
            out_ += "</";
            out_ += names.member;
            out_ += '>';
        }
        close(names.element);
    }

    std::string& out_;
    WkbCursor wkb_;
    const GmlForm& form_;
    int decimals_;
    std::string_view id_;
    bool is_2_;
    int parts_ = 0;
};

}  // namespace

void append_gml_geometry(std::string& out, std::string_view wkb, const GmlForm& form, int decimals,
                         std::string_view id) {
    GmlGeometry(out, wkb, form, decimals, id).geometry(0);
}

}  // namespace gis
