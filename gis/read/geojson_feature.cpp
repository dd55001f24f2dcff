#include "gis/read/geojson_feature.hpp"

#include <array>
#include <utility>

#include "gis/read/text.hpp"

namespace gis::read {

namespace {

struct GeometryKind {
    std::string_view name;
    Shape::Kind kind;
    int level;  // how deep its coordinates nest: 1 for a position
};

constexpr std::array<GeometryKind, 6> kinds{{{"Polygon", Shape::Kind::Polygon, 3},
                                             {"MultiPolygon", Shape::Kind::Polygon, 4},
                                             {"Point", Shape::Kind::Point, 1},
                                             {"LineString", Shape::Kind::Line, 2},
                                             {"MultiPoint", Shape::Kind::Point, 2},
                                             {"MultiLineString", Shape::Kind::Line, 3}}};

const GeometryKind* find_kind(std::string_view name) {
    for (const auto& kind : kinds) {
        if (kind.name == name) return &kind;
    }
    return nullptr;
}

void set_defect(SourceFeature& feature, const char* why) {
    if (feature.defect.empty()) feature.defect = why;
}

void append(Shape& into, const Shape& part) {
    const auto vertices = static_cast<std::uint32_t>(into.vertex_count());
    const auto rings = static_cast<std::uint32_t>(into.rings.size());
    into.xy.insert(into.xy.end(), part.xy.begin(), part.xy.end());
    for (const auto end : part.rings) into.rings.push_back(vertices + end);
    for (const auto end : part.parts) into.parts.push_back(rings + end);
}

}  // namespace

GeoJsonFeatureParser::GeoJsonFeatureParser(std::vector<std::string> wanted) : wanted_(std::move(wanted)) {
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
        if (same_name(wanted_[i], "id")) id_slot_ = static_cast<int>(i);
    }
}

int GeoJsonFeatureParser::slot_of(std::string_view name) {
    const auto [entry, added] = slots_.try_emplace(std::string(name), -1);
    if (!added) return entry->second;
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
        if (same_name(wanted_[i], name)) entry->second = static_cast<int>(i);
    }
    // A file whose keys differ from feature to feature must not grow this table without end.
    const int slot = entry->second;
    if (slots_.size() > 10'000) slots_.clear();
    return slot;
}

void GeoJsonFeatureParser::parse_feature(JsonCursor& cursor, SourceFeature& feature) {
    feature.values.assign(wanted_.size(), Value{});
    feature.shape.clear();
    feature.defect.clear();
    feature.defect_field.clear();
    Value id;
    bool is_feature = false;
    cursor.expect('{');
    if (cursor.accept('}')) throw JsonError{"un objet vide n'est pas un Feature"};
    do {
        cursor.string(key_);
        cursor.expect(':');
        if (key_ == "geometry") {
            geometry(cursor, feature, feature.shape, 2);
        } else if (key_ == "properties") {
            properties(cursor, feature);
        } else if (key_ == "id") {
            id = cursor.value(2);
        } else if (key_ == "type" && cursor.peek() == '"') {
            cursor.string(text_);
            is_feature = text_ == "Feature";
        } else {
            cursor.skip(2);
        }
    } while (cursor.another('}'));
    if (!is_feature) throw JsonError{"un élément de la collection n'est pas un Feature"};
    if (id_slot_ >= 0) {
        auto& value = feature.values[static_cast<std::size_t>(id_slot_)];
        if (std::holds_alternative<std::monostate>(value)) value = std::move(id);
    }
}

void GeoJsonFeatureParser::parse_geometry(JsonCursor& cursor, SourceFeature& feature) {
    feature.values.assign(wanted_.size(), Value{});
    feature.shape.clear();
    feature.defect.clear();
    geometry(cursor, feature, feature.shape, 1);
}

void GeoJsonFeatureParser::properties(JsonCursor& cursor, SourceFeature& feature) {
    if (cursor.peek() != '{') {
        cursor.skip(3);
        return;
    }
    cursor.expect('{');
    if (cursor.accept('}')) return;
    std::size_t place = 0;
    do {
        cursor.string(key_);
        cursor.expect(':');
        if (place >= hints_.size()) hints_.push_back({key_, slot_of(key_)});
        KeyHint& hint = hints_[place];
        if (hint.name != key_) hint = {key_, slot_of(key_)};
        if (place < 200) ++place;
        if (on_property) {
            Value value = cursor.value(4);
            on_property(key_, value);
            if (hint.slot >= 0) feature.values[static_cast<std::size_t>(hint.slot)] = std::move(value);
        } else if (hint.slot >= 0) {
            feature.values[static_cast<std::size_t>(hint.slot)] = cursor.value(4);
        } else {
            cursor.skip(4);
        }
    } while (cursor.another('}'));
}

void GeoJsonFeatureParser::geometry(JsonCursor& cursor, SourceFeature& feature, Shape& shape, int depth) {
    if (depth > JsonCursor::max_depth) throw JsonError{"plus de 64 niveaux imbriqués ; refusé"};
    if (cursor.peek() != '{') {
        cursor.skip(depth);  // null: no geometry
        return;
    }
    cursor.expect('{');
    part_.clear();
    std::string type;
    int level = 0;
    bool collection = false;
    if (cursor.accept('}')) return;
    do {
        cursor.string(key_);
        cursor.expect(':');
        if (key_ == "type" && cursor.peek() == '"') {
            cursor.string(type);
        } else if (key_ == "coordinates" && cursor.peek() == '[') {
            level = coordinates(cursor, feature, depth + 1);
        } else if (key_ == "geometries" && cursor.peek() == '[') {
            collection = true;
            cursor.expect('[');
            if (cursor.accept(']')) continue;
            do geometry(cursor, feature, shape, depth + 2);
            while (cursor.another(']'));
        } else {
            cursor.skip(depth + 1);
        }
    } while (cursor.another('}'));
    if (collection) return;
    type_ = std::move(type);
    accept_members(feature, shape, level);
}

void GeoJsonFeatureParser::accept_members(SourceFeature& feature, Shape& into, int level) {
    const GeometryKind* kind = find_kind(type_);
    if (!kind)
        return set_defect(feature, "type de géométrie inconnu ; attendu : Point, LineString, Polygon ou leurs Multi");
    if (level == 0 || part_.xy.empty()) return;  // "coordinates": []
    if (level != kind->level)
        return set_defect(feature, "les coordonnées ne sont pas imbriquées comme le type l'annonce");
    part_.kind = kind->kind;
    if (kind->kind != Shape::Kind::Polygon) part_.parts.clear();
    if (kind->kind == Shape::Kind::Point) part_.rings.clear();
    const bool had_z = into.had_z || part_.had_z;
    if (into.kind == Shape::Kind::None) {
        std::swap(into, part_);
    } else if (into.kind == part_.kind) {
        append(into, part_);
    } else {
        set_defect(feature, "collection de géométries de natures différentes ; séparez-les");
    }
    into.had_z = had_z;
}

int GeoJsonFeatureParser::coordinates(JsonCursor& cursor, SourceFeature& feature, int depth) {
    if (depth > JsonCursor::max_depth) throw JsonError{"plus de 64 niveaux imbriqués ; refusé"};
    cursor.expect('[');
    if (cursor.accept(']')) return 0;
    if (cursor.peek() != '[') {
        position(cursor, feature);
        return 1;
    }
    int inner = 0;
    do {
        if (cursor.peek() != '[') {
            set_defect(feature, "une coordonnée n'est pas un nombre");
            cursor.skip(depth);
            continue;
        }
        const int level = coordinates(cursor, feature, depth + 1);
        if (inner != 0 && level != 0 && level != inner) set_defect(feature, "coordonnées imbriquées de façon inégale");
        if (level > inner) inner = level;
    } while (cursor.another(']'));
    if (inner == 1) part_.rings.push_back(static_cast<std::uint32_t>(part_.vertex_count()));
    if (inner == 2) part_.parts.push_back(static_cast<std::uint32_t>(part_.rings.size()));
    return inner == 0 ? 0 : inner + 1;
}

void GeoJsonFeatureParser::position(JsonCursor& cursor, SourceFeature& feature) {
    double xyz[3] = {0, 0, 0};
    int count = 0;
    do {
        const char c = cursor.peek();
        if (c != '-' && (c < '0' || c > '9')) {
            set_defect(feature, "une coordonnée n'est pas un nombre");
            cursor.skip(JsonCursor::max_depth);
            continue;
        }
        const double value = cursor.number();
        if (count < 3) xyz[count] = value;
        ++count;
    } while (cursor.another(']'));
    if (count < 2) return set_defect(feature, "une position a moins de deux coordonnées");
    if (part_.vertex_count() >= max_vertices)
        return set_defect(feature, "plus d'un million de sommets ; découpez l'objet");
    part_.had_z = part_.had_z || count > 2;
    part_.xy.push_back(xyz[0]);
    part_.xy.push_back(xyz[1]);
}

}  // namespace gis::read
