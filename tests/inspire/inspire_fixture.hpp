#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gis/write/inspire/document.hpp"

namespace test {

/// Little-endian WKB of a polygon around (x, y), half a unit to each side, closed unless `corners` says less than 5.
inline std::string square(double x, double y, std::uint32_t corners = 5) {
    std::string wkb;
    const auto add = [&](const auto& value) { wkb.append(reinterpret_cast<const char*>(&value), sizeof value); };
    wkb += '\1';
    add(std::uint32_t{3});
    add(std::uint32_t{1});
    add(corners);
    const double offsets[5][2] = {{-0.5, -0.5}, {0.5, -0.5}, {0.5, 0.5}, {-0.5, 0.5}, {-0.5, -0.5}};
    for (std::uint32_t i = 0; i < corners; ++i) {
        add(x + offsets[i][0]);
        add(y + offsets[i][1]);
    }
    return wkb;
}

/// Little-endian WKB of a point.
inline std::string point(double x, double y) {
    std::string wkb;
    const auto add = [&](const auto& value) { wkb.append(reinterpret_cast<const char*>(&value), sizeof value); };
    wkb += '\1';
    add(std::uint32_t{1});
    add(x);
    add(y);
    return wkb;
}

/// Little-endian WKB of a line of `positions` from (x, y) to the north-east.
inline std::string line(double x, double y, std::uint32_t positions = 3) {
    std::string wkb;
    const auto add = [&](const auto& value) { wkb.append(reinterpret_cast<const char*>(&value), sizeof value); };
    wkb += '\1';
    add(std::uint32_t{2});
    add(positions);
    for (std::uint32_t i = 0; i < positions; ++i) {
        add(x + 0.1 * i);
        add(y + 0.1 * i);
    }
    return wkb;
}

inline std::string multi(const std::vector<std::string>& polygons, std::uint32_t type = 6) {
    std::string wkb;
    const auto add = [&](std::uint32_t value) { wkb.append(reinterpret_cast<const char*>(&value), sizeof value); };
    wkb += '\1';
    add(type);
    add(static_cast<std::uint32_t>(polygons.size()));
    for (const std::string& polygon : polygons) wkb += polygon;
    return wkb;
}

/// A layer over `table` with text fields of these names.
inline gis::Layer layer_of(const std::string& name, const std::string& table, const std::vector<std::string>& fields) {
    gis::Layer layer;
    layer.name = name;
    layer.title = "Titre";
    layer.schema_name = table.substr(0, table.find('.'));
    layer.table_name = table.substr(table.find('.') + 1);
    layer.id_column = fields.front();
    layer.geometry_column = "geom";
    layer.geometry_type = gis::GeometryType::MultiPolygon;
    for (const std::string& field : fields) layer.fields.push_back({field, "", gis::FieldType::Text, "text", "", 0});
    return layer;
}

/// Makes a document of a theme, feature by feature.
class Writing {
  public:
    explicit Writing(gis::inspire::Theme theme, int srid = 4258,
                     gis::inspire::DocumentForm::Collection collection = gis::inspire::DocumentForm::Collection::Wfs)
        : theme_(std::move(theme)), document_(theme_, {collection, *gis::crs_from_epsg(srid), "FR.ESSAI"}) {
        gis::CollectionFacts facts;
        facts.time_stamp = "2026-01-31T12:00:00Z";
        facts.number_matched = facts.number_returned = 0;
        document_.begin(out_, facts);
        head_ = out_.size();
    }
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;

    /// The mapping of that name, or the first of the layer's table.
    void layer(const gis::Layer& layer, std::vector<gis::inspire::LookupRows> lookups = {},
               std::string_view name = {}) {
        const std::string table = layer.schema_name + "." + layer.table_name;
        const auto found = std::ranges::find_if(theme_.mappings, [&](const gis::inspire::Mapping& m) {
            return m.table == table && (name.empty() || m.name == name);
        });
        const gis::inspire::Mapping& mapping = *found;
        fields_ = gis::inspire::Document::fields_of(mapping, layer);
        document_.start_layer(mapping, layer, fields_, std::move(lookups));
    }
    /// `values` by field name; a field without one is NULL.
    int add(std::string_view id, const std::string& wkb,
            const std::vector<std::pair<std::string_view, gis::Scalar>>& values) {
        std::vector<gis::Scalar> row;
        for (const gis::Field* field : fields_) {
            gis::Scalar value;
            for (const auto& [name, given] : values) {
                if (name == field->name) value = given;
            }
            row.push_back(value);
        }
        return take_object ? document_.each_object({id, wkb, row}, take_object) : document_.write(out_, {id, wkb, row});
    }
    /// Given the objects that features become, which are not written then.
    gis::inspire::Document::TakeObject take_object;
    /// What was written of features.
    std::string objects() const { return out_.substr(head_); }
    std::string whole() {
        document_.end(out_);
        return out_;
    }
    const gis::inspire::Refusals& refusals() const { return document_.refusals(); }

  private:
    gis::inspire::Theme theme_;
    gis::inspire::Document document_;
    std::vector<const gis::Field*> fields_;
    std::string out_;
    std::size_t head_ = 0;
};

}  // namespace test
