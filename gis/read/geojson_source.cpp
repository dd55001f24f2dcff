#include "gis/read/geojson_source.hpp"

#include <fmt/format.h>

#include <limits>
#include <unordered_map>

#include "gis/error.hpp"
#include "gis/read/geojson_feature.hpp"
#include "gis/read/json_window.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

/// Features looked at to describe the file.
constexpr std::int64_t sample_size = 500;

using TakeFeature = std::function<void(SourceFeature&)>;

/// {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}} -> "EPSG:2154"; "?..." when not understood.
std::string crs_of(const std::string& json) {
    for (const std::string_view marker : {"EPSG::", "EPSG:", "EPSG/0/"}) {
        const auto at = json.find(marker);
        if (at == std::string::npos) continue;
        std::string code;
        for (std::size_t i = at + marker.size(); i < json.size() && json[i] >= '0' && json[i] <= '9'; ++i) {
            code += json[i];
        }
        if (!code.empty()) return "EPSG:" + code;
    }
    if (json.find("CRS84") != std::string::npos) return "EPSG:4326";
    return "?" + json.substr(0, 60);
}

/// The properties met and the type that holds all their values.
class FieldCensus {
  public:
    void note(const std::string& name, const Value& value) {
        if (places_.size() >= 1'000 && !places_.contains(name)) return;
        const auto [entry, added] = places_.try_emplace(name, fields_.size());
        if (added) {
            fields_.push_back({name, FieldType::Text});
            typed_.push_back(false);
        }
        if (std::holds_alternative<std::monostate>(value)) return;
        FieldType& type = fields_[entry->second].type;
        type = typed_[entry->second] ? widened(type, type_of(value)) : type_of(value);
        typed_[entry->second] = true;
    }
    std::vector<SourceField> take() { return std::move(fields_); }

  private:
    static FieldType type_of(const Value& value) {
        if (std::holds_alternative<bool>(value)) return FieldType::Boolean;
        if (std::holds_alternative<std::int64_t>(value)) return FieldType::Integer;
        return std::holds_alternative<double>(value) ? FieldType::Number : FieldType::Text;
    }
    static FieldType widened(FieldType a, FieldType b) {
        if (a == b) return a;
        const auto numeric = [](FieldType type) { return type == FieldType::Integer || type == FieldType::Number; };
        return numeric(a) && numeric(b) ? FieldType::Number : FieldType::Text;
    }

    std::unordered_map<std::string, std::size_t> places_;
    std::vector<SourceField> fields_;
    std::vector<bool> typed_;
};

GeometryType type_of(Shape::Kind kind, bool multi) {
    switch (kind) {
        case Shape::Kind::Point:
            return multi ? GeometryType::MultiPoint : GeometryType::Point;
        case Shape::Kind::Line:
            return multi ? GeometryType::MultiLineString : GeometryType::LineString;
        case Shape::Kind::Polygon:
            return multi ? GeometryType::MultiPolygon : GeometryType::Polygon;
        case Shape::Kind::None:
            break;
    }
    return GeometryType::Any;
}

class GeoJsonSource final : public Source {
  public:
    explicit GeoJsonSource(Input input) : input_(std::move(input)) { describe(); }

    const std::vector<SourceLayer>& layers() const override { return layers_; }
    std::int64_t bytes_done() const override { return bytes_done_; }

    void read(std::size_t, const std::vector<std::string>& wanted, const TakeFeature& take) override {
        GeoJsonFeatureParser parser(wanted);
        scan(parser, take, std::numeric_limits<std::int64_t>::max());
    }

  private:
    void describe() {
        FieldCensus census;
        GeoJsonFeatureParser parser({});
        parser.on_property = [&](const std::string& name, const Value& value) { census.note(name, value); };
        Shape::Kind kind = Shape::Kind::None;
        bool mixed = false;
        bool multi = false;
        scan(
            parser,
            [&](SourceFeature& feature) {
                if (feature.shape.empty()) return;
                mixed = mixed || (kind != Shape::Kind::None && kind != feature.shape.kind);
                multi = multi || feature.shape.part_count() > 1;
                kind = feature.shape.kind;
            },
            sample_size);
        SourceLayer layer;
        const std::string file = input_.path.filename().string();
        layer.name = file.substr(0, file.find('.'));
        layer.fields = census.take();
        layer.geometry = mixed ? GeometryType::Any : type_of(kind, multi);
        layer.crs = crs_.empty() ? "EPSG:4326" : crs_;
        layer.encoding = "UTF-8";
        layers_.push_back(std::move(layer));
    }

    void scan(GeoJsonFeatureParser& parser, const TakeFeature& take, std::int64_t most) {
        SourceFeature feature;
        try {
            JsonWindow window(input_.path, input_.shown_name);
            window.skip_byte_order_mark();
            window.take([](JsonCursor& cursor) { cursor.expect('{'); });
            if (!scan_members(window, parser, feature, take, most)) scan_single(parser, feature, take);
        } catch (const JsonError& error) {
            throw InvalidRequest(
                input_.shown_name,
                fmt::format("GeoJSON incorrect{} : {}",
                            feature.number > 0 ? fmt::format(" à l'objet {}", feature.number) : "", error.what));
        }
    }

    /// Walks through a FeatureCollection; false when the document is a Feature or a geometry instead.
    bool scan_members(JsonWindow& window, GeoJsonFeatureParser& parser, SourceFeature& feature, const TakeFeature& take,
                      std::int64_t most) {
        std::string key;
        std::string type;
        bool features_seen = false;
        bool another = true;
        window.take([&](JsonCursor& cursor) { another = !cursor.accept('}'); });
        while (another) {
            char first = 0;
            window.take([&](JsonCursor& cursor) {
                cursor.string(key);
                cursor.expect(':');
                first = cursor.peek();
            });
            if (key == "features" && first == '[') {
                features_seen = true;
                if (!scan_features(window, parser, feature, take, most)) return true;
            } else if (key == "type" && first == '"') {
                window.take([&](JsonCursor& cursor) { cursor.string(type); });
            } else if (key == "crs" && first == '{') {
                read_crs(window, features_seen);
            } else if (type != "FeatureCollection" &&
                       (key == "geometry" || key == "coordinates" || key == "geometries")) {
                return false;
            } else {
                window.take([](JsonCursor& cursor) { cursor.skip(1); });
            }
            window.take([&](JsonCursor& cursor) { another = cursor.another('}'); });
        }
        window.take([](JsonCursor& cursor) {
            if (!cursor.at_end()) throw JsonError{"il reste du texte après la fin du document"};
        });
        if (!features_seen) throw JsonError{"ni FeatureCollection, ni Feature, ni géométrie"};
        return true;
    }

    void read_crs(JsonWindow& window, bool features_seen) {
        Value text;
        window.take([&](JsonCursor& cursor) { text = cursor.value(1); });
        const std::string found = crs_of(std::get<std::string>(text));
        if (features_seen && found != (crs_.empty() ? "EPSG:4326" : crs_)) {
            throw JsonError{"le membre crs suit les objets ; placez-le avant, ou indiquez --crs"};
        }
        crs_ = found;
    }

    /// False when `most` features were taken before the end.
    bool scan_features(JsonWindow& window, GeoJsonFeatureParser& parser, SourceFeature& feature,
                       const TakeFeature& take, std::int64_t most) {
        bool another = true;
        window.take([&](JsonCursor& cursor) {
            cursor.expect('[');
            another = !cursor.accept(']');
        });
        while (another) {
            if (feature.number >= most) return false;
            ++feature.number;
            window.take([&](JsonCursor& cursor) {
                parser.parse_feature(cursor, feature);
                another = cursor.another(']');
            });
            if ((feature.number & 0x3FF) == 0) bytes_done_ = window.packed_bytes();
            take(feature);
        }
        return true;
    }

    void scan_single(GeoJsonFeatureParser& parser, SourceFeature& feature, const TakeFeature& take) {
        JsonWindow window(input_.path, input_.shown_name);
        window.skip_byte_order_mark();
        feature.number = 1;
        window.take([&](JsonCursor& cursor) {
            const char* start = cursor.position();
            std::string key;
            bool is_feature = false;
            cursor.expect('{');
            do {
                cursor.string(key);
                cursor.expect(':');
                is_feature = is_feature || key == "geometry";
                cursor.skip(1);
            } while (cursor.another('}'));
            if (!cursor.at_end()) throw JsonError{"il reste du texte après la fin du document"};
            cursor.move_to(start);
            if (is_feature)
                parser.parse_feature(cursor, feature);
            else
                parser.parse_geometry(cursor, feature);
        });
        take(feature);
    }

    Input input_;
    std::vector<SourceLayer> layers_;
    std::string crs_;
    std::int64_t bytes_done_ = 0;
};

}  // namespace

std::unique_ptr<Source> open_geojson_source(const Input& input) {
    return std::make_unique<GeoJsonSource>(input);
}

}  // namespace gis::read
