#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gis/crs/crs.hpp"

namespace gis {

enum class FieldType { Integer, Number, Text, Boolean, Date, DateTime };

/// "integer", "number", "text", "boolean", "date", "datetime".
std::string_view to_string(FieldType type);
FieldType parse_field_type(std::string_view text);

/// A value of a code list and what it means to a person.
struct Code {
    std::string value;  ///< as text, also where the field is a number
    std::string label;

    friend bool operator==(const Code&, const Code&) = default;
};

/// One attribute of a layer, as every door names it.
struct Field {
    std::string name;   ///< column name, and property name in every output
    std::string title;  ///< what a person reads: "Contenance (m²)"
    FieldType type = FieldType::Text;
    std::string sql_type;  ///< PostgreSQL type of the column: "integer", "text"
    std::string description;
    int tile_min_zoom = 0;  ///< lowest zoom at which tiles carry it; above `max_zoom` means never

    bool required = false;      ///< a feature cannot be without it
    bool editable = true;       ///< false: the database computes it, or the declaration says it is not for editing
    bool has_default = false;   ///< the database gives a value to a new feature that comes without
    std::vector<Code> codes{};  ///< the only values there are, in order; empty: any
    std::optional<int> max_length{};  ///< characters of a text
    std::optional<double> minimum{};  ///< of a number
    std::optional<double> maximum{};

    friend bool operator==(const Field&, const Field&) = default;
};

enum class GeometryType { Point, LineString, Polygon, MultiPoint, MultiLineString, MultiPolygon, Any };

std::string_view to_string(GeometryType type);
GeometryType parse_geometry_type(std::string_view text);

/// The field by which features belong to missions.
inline constexpr std::string_view mission_field = "mission_id";

/// A declared set of features: the one description that tiles, features, search and the portal read.
struct Layer {
    int id = 0;         ///< number in catalogue.layer
    std::string name;   ///< what URLs say: "parcelle"
    std::string title;  ///< "Parcelles cadastrales"
    std::string description;
    std::string theme;  ///< group in the portal: "cadastre", "risque", "urba", "ads", "archeo", "org"
    std::string schema_name;
    std::string table_name;
    std::string
        source_schema;  ///< where requests read: the table, or a view of `expose` that applies the access policy
    std::string source_name;
    std::string id_sql_type;  ///< PostgreSQL type of the id column: parameters are cast to it
    std::string id_column;    ///< unique, not null, sortable: feature ids and page keys
    FieldType id_type = FieldType::Text;
    std::string geometry_column;  ///< empty: a table without geometry, features only
    GeometryType geometry_type = GeometryType::Any;
    Crs crs;  ///< storage
    std::vector<Field> fields;
    std::string label_field;      ///< the field that names a feature for a person; empty: the id
    std::string commune_column;   ///< INSEE code, when features belong to a commune
    std::string commune_link;     ///< table(feature, commune) when features belong to several
    std::string datetime_column;  ///< what `datetime=` filters; empty: the parameter matches everything
    std::string coverage_column;  ///< an import replaces the rows of the values it brings; empty: the whole layer
    std::string picture_column;   ///< names the picture of a feature, a deposited photo; empty: features have none
    std::string mission_role;     ///< "mission": features are missions; "drone", "levé": they belong to some; empty
    std::string raster_column;    ///< its features are rasters, and this names the file; empty: they are not
    std::optional<GeographicBox> extent;
    int min_zoom = 0;
    int max_zoom = 16;
    int merge_zoom = 0;               ///< below, tiles draw polygons that differ in nothing but their id as one
    int sort_order = 0;               ///< drawing order: greater is above
    bool visible = true;              ///< shown when the portal opens
    bool published = true;            ///< answered to anyone at all
    bool sensitive = false;           ///< positions are made coarse for those without the right `exact`
    bool hidden_from_public = false;  ///< sensitive, and nothing is shown to who has no convention of his own
    bool hidden_from_agents = false;  ///< nor to anybody without the right `exact`
    bool exact_for_agents = false;    ///< sensitive, and coarse for the public alone
    bool fictive = false;             ///< generated demonstration data, said in every metadata
    bool tracked = false;             ///< writes reach catalogue.change and catalogue.history
    bool editable = false;            ///< a tracked table: who has the right may write it
    bool id_given = false;            ///< the database gives the id of a new feature
    bool versioned = false;           ///< imports make partitions of it: an id is unique by check, not by index
    bool geometry_required = false;
    bool has_z = false;         ///< positions have three coordinates
    bool time_slider = false;   ///< the map offers to choose by `datetime_column`
    bool tiles_by_sql = false;  ///< declared: tiles come from the database each time, not from memory
    std::string licence;
    std::string attribution;
    std::string contact;        ///< who answers for it: "Service SIG <sig@agglo.fr>"; empty: who answers for the server
    std::string lineage;        ///< how its data came about
    std::string access_limits;  ///< why not everybody has it
    std::vector<std::string> keywords;  ///< "cadastre", or "cadastre <address of the concept>"
    std::string vintage;                ///< of the published version: "2026-01-01"
    std::string style;                  ///< JSON: MapLibre layer fragments, without source
    std::optional<int> label_zoom;      ///< lowest zoom at which the style writes text; nothing: never
    std::string updated;                ///< RFC 3339, when the declaration or the published version last changed

    bool is_polygonal() const {
        return geometry_type == GeometryType::Polygon || geometry_type == GeometryType::MultiPolygon;
    }
    bool has_geometry() const { return !geometry_column.empty(); }
    /// Its features say which communes they belong to. Where they do not, whoever sees a part of it sees all.
    bool has_communes() const { return !commune_column.empty() || !commune_link.empty(); }
    /// Its features are missions, which follow from what they hold: nobody writes them.
    bool holds_missions() const { return mission_role == "mission"; }
    /// Its features have the columns `mission` and `mission_id`.
    bool belongs_to_missions() const { return !mission_role.empty() && !holds_missions(); }
    /// The field that the map's time slider reads in tiles; null: it does not choose among these features.
    const Field* time_field() const;
    const Field* find_field(std::string_view field_name) const;

    friend bool operator==(const Layer&, const Layer&) = default;
};

}  // namespace gis
