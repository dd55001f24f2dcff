#include "gis/wfs/gml_geometry.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>

#include "gis/wfs/crs_name.hpp"
#include "gis/wfs/gml_node.hpp"
#include "gis/wfs/gml_positions.hpp"
#include "gis/wfs/service_error.hpp"
#include "gis/wfs/xml_document.hpp"

namespace gis::wfs {

namespace {

using Node = pugi::xml_node;

enum Kind : std::uint32_t { Point = 1, LineString, Polygon, MultiPoint, MultiLineString, MultiPolygon, Collection };

/// A geometry on its way to WKB: positions of a point or line, or parts (rings, members).
struct Shape {
    Kind kind = Point;
    Positions positions;
    std::vector<Shape> parts;
};

constexpr std::array<std::string_view, 18> geometry_names{
    "Point",           "LineString",        "LinearRing",   "Polygon",        "MultiPoint",
    "MultiLineString", "MultiCurve",        "MultiPolygon", "MultiSurface",   "MultiGeometry",
    "Curve",           "Surface",           "Box",          "CompositeCurve", "CompositeSurface",
    "Envelope",        "PolyhedralSurface", "Solid"};

class GeometryReader {
  public:
    GeometryReader(const GmlContext& context, const std::string& locator, std::size_t& positions_left)
        : context_(context), locator_(locator), positions_left_(positions_left) {}

    Shape read(const Node& element) {
        use_crs_of(element);
        const std::string_view name = local_name(element);
        if (name == "Point") return point(element);
        if (name == "LineString" || name == "Curve" || name == "CompositeCurve" || name == "LinearRing")
            return {LineString, line(element), {}};
        if (name == "Polygon" || name == "PolygonPatch") return polygon(element);
        if (name == "Rectangle" || name == "Triangle") return polygon(element);
        if (name == "Surface" || name == "PolyhedralSurface" || name == "TriangulatedSurface") return surface(element);
        if (name == "MultiPoint") return many(element, MultiPoint, Point);
        if (name == "MultiLineString" || name == "MultiCurve") return many(element, MultiLineString, LineString);
        if (name == "MultiPolygon" || name == "MultiSurface" || name == "CompositeSurface")
            return many(element, MultiPolygon, Polygon);
        if (name == "MultiGeometry") return many(element, Collection, std::nullopt);
        if (name == "Envelope" || name == "Box") return box(element);
        refuse(fmt::format("'{}' is no geometry that is read here; expected one of {}", name.substr(0, 50),
                           fmt::join(geometry_names.begin(), geometry_names.end() - 2, ", ")));
    }

    Crs crs() const { return crs_ ? crs_->crs : context_.default_crs; }

    /// Members of a geometry may repeat its srsName, not change it.
    void use_crs_of(const Node& element) {
        const std::string_view name = attribute_of(element, "srsName");
        if (name.empty()) return;
        const CrsName found = read_crs_name(name, context_.offered, context_.version, locator_);
        if (crs_ && (!(crs_->crs == found.crs) || crs_->northing_first != found.northing_first))
            refuse("one geometry names two CRSs");
        crs_ = found;
    }

    Positions positions(const Node& element) {
        Positions found = read_positions(element, northing_first(), positions_left_, locator_);
        positions_left_ -= found.list.size();
        return found;
    }

    [[noreturn]] void refuse(const std::string& reason) const {
        throw ServiceError("InvalidParameterValue", locator_, reason);
    }

  private:
    bool northing_first() const {
        if (crs_) return crs_->northing_first;
        return context_.default_crs.northing_first && context_.version != Version::V1_0_0;
    }

    Shape point(const Node& element) {
        Shape shape{Point, positions(element), {}};
        if (shape.positions.list.size() != 1)
            refuse(fmt::format("a Point has one position, not {}", shape.positions.list.size()));
        return shape;
    }

    /// A LineString, or the straight segments of a Curve, or the curves of a CompositeCurve one after the other.
    Positions line(const Node& element) {
        const std::string_view name = local_name(element);
        Positions all;
        if (name == "Curve" || name == "CompositeCurve" || name == "Ring") {
            for (const Node& piece : pieces_of(element)) append(all, line_piece(piece));
        } else {
            all = positions(element);
        }
        if (all.list.size() < 2) refuse(fmt::format("a line of {} positions", all.list.size()));
        return all;
    }

    std::vector<Node> pieces_of(const Node& element) const {
        std::vector<Node> pieces;
        for (const Node& child : child_elements(element)) {
            const std::string_view name = local_name(child);
            if (name == "segments" || name == "curveMember")
                for (const Node& piece : child_elements(child)) pieces.push_back(piece);
        }
        return pieces;
    }

    Positions line_piece(const Node& piece) {
        use_crs_of(piece);
        const std::string_view name = local_name(piece);
        if (name == "LineStringSegment" || name == "LineString" || name == "Curve" || name == "CompositeCurve" ||
            name == "GeodesicString")
            return line(piece);
        refuse(fmt::format("'{}': only straight pieces (LineStringSegment) are read; draw curves as lines",
                           name.substr(0, 50)));
    }

    /// Pieces of one line meet: the common position is written once.
    void append(Positions& all, Positions piece) const {
        if (!all.list.empty() && all.has_z != piece.has_z) refuse("pieces with and without height in one geometry");
        all.has_z = piece.has_z;
        const bool meets = !all.list.empty() && all.list.back() == piece.list.front();
        if (!all.list.empty() && !meets) refuse("the pieces of a curve must follow each other without a gap");
        all.list.insert(all.list.end(), piece.list.begin() + (meets ? 1 : 0), piece.list.end());
    }

    Shape polygon(const Node& element) {
        Shape shape{Polygon, {}, {}};
        int outer = 0;
        for (const Node& child : child_elements(element)) {
            const std::string_view name = local_name(child);
            const bool is_outer = name == "exterior" || name == "outerBoundaryIs";
            if (!is_outer && name != "interior" && name != "innerBoundaryIs") continue;
            for (const Node& boundary : child_elements(child)) {
                Shape made{LineString, ring(boundary), {}};
                outer += is_outer;
                shape.parts.insert(is_outer ? shape.parts.begin() : shape.parts.end(), std::move(made));
            }
        }
        if (outer > 1 || (outer == 0 && !shape.parts.empty())) refuse("a polygon has one exterior ring");
        return shape;
    }

    Positions ring(const Node& boundary) {
        use_crs_of(boundary);
        const std::string_view name = local_name(boundary);
        if (name != "LinearRing" && name != "Ring")
            refuse(fmt::format("'{}' where a LinearRing or Ring is expected", name.substr(0, 50)));
        Positions found = line(boundary);
        if (found.list.size() < 4 || !(found.list.front() == found.list.back()))
            refuse("a ring has at least four positions, the last equal to the first");
        return found;
    }

    /// A Surface of one patch is a polygon, of several a multipolygon.
    Shape surface(const Node& element) {
        Shape shape{MultiPolygon, {}, {}};
        for (const Node& child : child_elements(element)) {
            const std::string_view name = local_name(child);
            if (name != "patches" && name != "polygonPatches" && name != "trianglePatches") continue;
            for (const Node& patch : child_elements(child)) {
                const std::string_view kind = local_name(patch);
                if (kind != "PolygonPatch" && kind != "Rectangle" && kind != "Triangle")
                    refuse(fmt::format("'{}': only plane patches (PolygonPatch) are read", kind.substr(0, 50)));
                shape.parts.push_back(polygon(patch));
            }
        }
        if (shape.parts.empty()) refuse("a Surface without patches");
        if (shape.parts.size() == 1) return std::move(shape.parts.front());
        return shape;
    }

    Shape many(const Node& element, Kind kind, std::optional<Kind> member) {
        Shape shape{kind, {}, {}};
        for (const Node& child : child_elements(element)) {
            const std::string_view name = local_name(child);
            if (!name.ends_with("Member") && !name.ends_with("Members")) continue;
            for (const Node& part : child_elements(child)) add_member(shape, read(part), member);
        }
        return shape;
    }

    void add_member(Shape& shape, Shape part, std::optional<Kind> member) const {
        if (member == Polygon && part.kind == MultiPolygon) {  // a Surface of several patches
            for (Shape& patch : part.parts) shape.parts.push_back(std::move(patch));
            return;
        }
        if (member && part.kind != *member) refuse("a member of another geometry type");
        shape.parts.push_back(std::move(part));
    }

    Shape box(const Node& element) {
        const Positions corners = positions(element);
        if (corners.list.size() != 2) refuse("an envelope has two corners");
        const auto [a, b] = std::pair(corners.list[0], corners.list[1]);
        if (a.x > b.x || a.y > b.y) refuse("an envelope whose lower corner is above the upper one");
        Positions edge{{{a.x, a.y, 0}, {b.x, a.y, 0}, {b.x, b.y, 0}, {a.x, b.y, 0}, {a.x, a.y, 0}}, false};
        return {Polygon, {}, {Shape{LineString, std::move(edge), {}}}};
    }

    const GmlContext& context_;
    const std::string& locator_;
    std::size_t& positions_left_;
    std::optional<CrsName> crs_;
};

bool has_z(const Shape& shape) {
    if (!shape.positions.list.empty()) return shape.positions.has_z;
    for (const Shape& part : shape.parts) {
        if (has_z(part)) return true;
    }
    return false;
}

/// ISO WKB, little endian.
class WkbWriter {
  public:
    explicit WkbWriter(bool with_z) : with_z_(with_z) {}

    void write(const Shape& shape) {
        wkb_ += '\x01';
        number(shape.kind + (with_z_ ? 1000U : 0U));
        if (shape.kind == Point) {
            position(shape.positions.list.front());
        } else if (shape.kind == LineString) {
            list(shape.positions);
        } else {
            number(static_cast<std::uint32_t>(shape.parts.size()));
            for (const Shape& part : shape.parts) {
                if (shape.kind == Polygon) {
                    list(part.positions);
                } else {
                    write(part);
                }
            }
        }
    }
    std::string take() { return std::move(wkb_); }

  private:
    void list(const Positions& positions) {
        number(static_cast<std::uint32_t>(positions.list.size()));
        for (const Position& at : positions.list) position(at);
    }
    void position(const Position& at) {
        value(at.x);
        value(at.y);
        if (with_z_) value(at.z);
    }
    void number(std::uint32_t bits) {
        for (unsigned shift = 0; shift < 32; shift += 8) wkb_ += static_cast<char>((bits >> shift) & 0xFFU);
    }
    void value(double number) {
        const auto bits = std::bit_cast<std::uint64_t>(number);
        for (unsigned shift = 0; shift < 64; shift += 8) wkb_ += static_cast<char>((bits >> shift) & 0xFFU);
    }

    bool with_z_;
    std::string wkb_;
};

}  // namespace

bool is_gml_geometry(const pugi::xml_node& element) {
    const std::string_view name = local_name(element);
    if (!namespace_of(element).starts_with("http://www.opengis.net/gml")) return false;
    for (const std::string_view known : geometry_names) {
        if (known == name) return true;
    }
    return false;
}

GmlGeometry read_gml(const pugi::xml_node& element, const GmlContext& context, const std::string& locator,
                     std::size_t& positions_left) {
    GeometryReader reader(context, locator, positions_left);
    const Shape shape = reader.read(element);
    WkbWriter writer(context.keep_z && has_z(shape));
    writer.write(shape);
    return {writer.take(), reader.crs()};
}

GmlGeometry read_gml(std::string_view xml, const GmlContext& context, const std::string& locator) {
    const XmlDocument document(xml, locator);
    std::size_t positions_left = max_gml_positions;
    return read_gml(document.root(), context, locator, positions_left);
}

Envelope read_gml_envelope(const pugi::xml_node& element, const GmlContext& context, const std::string& locator) {
    std::size_t positions_left = 2;
    GeometryReader reader(context, locator, positions_left);
    reader.use_crs_of(element);
    const Positions corners = reader.positions(element);
    if (corners.list.size() != 2) reader.refuse("an envelope has two corners");
    const Position& a = corners.list[0];
    const Position& b = corners.list[1];
    if (a.x > b.x || a.y > b.y) reader.refuse("an envelope whose lower corner is above the upper one");
    return {a.x, a.y, b.x, b.y, reader.crs()};
}

}  // namespace gis::wfs
