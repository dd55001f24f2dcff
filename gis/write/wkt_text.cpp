#include "gis/write/wkt_text.hpp"

#include <fmt/format.h>

#include <array>

#include "gis/write/number_text.hpp"
#include "gis/write/wkb_cursor.hpp"

namespace gis {

namespace {

constexpr std::array<std::string_view, 8> names{"",           "POINT",           "LINESTRING",   "POLYGON",
                                                "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"};

class GeometryText {
  public:
    GeometryText(std::string& out, std::string_view wkb, int decimals) : out_(out), wkb_(wkb), decimals_(decimals) {}

    void geometry(int depth) {
        if (depth > WkbCursor::max_depth) throw std::runtime_error("WKB: collections too deep");
        const std::uint32_t type = wkb_.header();
        if (type == 0 || type >= names.size())
            throw std::runtime_error(fmt::format("WKB: geometry type {} has no WKT form", type));
        out_ += names[type];
        if (wkb_.has_z()) out_ += " Z";
        out_ += ' ';
        if (type == WkbCursor::GeometryCollection) return list([this, depth] { geometry(depth + 1); });
        body(type);
    }

  private:
    void body(std::uint32_t type) {
        switch (type) {
            case WkbCursor::Point:
                return point();
            case WkbCursor::LineString:
                return list([this] { position(); });
            case WkbCursor::Polygon:
                return list([this] { list([this] { position(); }); });
            default:
                return list([this] { body(wkb_.header()); });
        }
    }

    void point() {
        if (wkb_.skip_empty_point()) {
            out_ += "EMPTY";
            return;
        }
        out_ += '(';
        position();
        out_ += ')';
    }

    void position() {
        const auto [x, y, z] = wkb_.position();
        append_decimal(out_, x, decimals_);
        out_ += ' ';
        append_decimal(out_, y, decimals_);
        if (!wkb_.has_z()) return;
        out_ += ' ';
        append_decimal(out_, z, 3);
    }

    template <typename Part>
    void list(Part part) {
        const std::uint32_t count = wkb_.count();
        if (count == 0) {
            out_ += "EMPTY";
            return;
        }
        out_ += '(';
        for (std::uint32_t i = 0; i < count; ++i) {
            if (i > 0) out_ += ',';
            part();
        }
        out_ += ')';
    }

    std::string& out_;
    WkbCursor wkb_;
    int decimals_;
};

}  // namespace

void append_wkt(std::string& out, std::string_view wkb, int decimals) {
    GeometryText(out, wkb, decimals).geometry(0);
}

}  // namespace gis
