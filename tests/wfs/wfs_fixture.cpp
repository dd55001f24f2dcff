#include "tests/wfs/wfs_fixture.hpp"

namespace test {

namespace {

using gis::Field;
using gis::FieldType;
using gis::GeometryType;
using gis::Layer;

Field field(const std::string& name, FieldType type, const std::string& sql_type) {
    Field made;
    made.name = name;
    made.title = name;
    made.type = type;
    made.sql_type = sql_type;
    return made;
}

Layer layer(const std::string& name, GeometryType type, std::vector<Field> fields) {
    Layer made;
    made.id = 1;
    made.name = name;
    made.title = "Couche <" + name + "> & cie";
    made.schema_name = made.source_schema = "donnees";
    made.table_name = made.source_name = name;
    made.id_column = "id";
    made.id_sql_type = "text";
    made.geometry_column = "geom";
    made.geometry_type = type;
    made.crs = gis::crs_from_epsg(2154).value();
    made.fields = std::move(fields);
    made.theme = "essai";
    made.licence = "Licence Ouverte 2.0";
    made.extent = gis::GeographicBox{2.5, 50.4, 2.8, 50.6};
    return made;
}

gis::Catalog make_catalog() {
    std::vector<Layer> layers;
    layers.push_back(
        layer("place", GeometryType::Point,
              {field("id", FieldType::Text, "text"), field("name", FieldType::Text, "text"),
               field("count", FieldType::Integer, "integer"), field("price", FieldType::Number, "double precision"),
               field("active", FieldType::Boolean, "boolean"), field("built", FieldType::Date, "date"),
               field("seen", FieldType::DateTime, "timestamptz")}));
    layers.push_back(layer("zone", GeometryType::MultiPolygon, {field("id", FieldType::Text, "text")}));
    Layer note =
        layer("note", GeometryType::Any, {field("id", FieldType::Text, "text"), field("a b", FieldType::Text, "text")});
    note.geometry_column.clear();
    layers.push_back(std::move(note));
    return gis::Catalog(std::move(layers));
}

}  // namespace

const gis::Catalog& catalog() {
    static const gis::Catalog made = make_catalog();
    return made;
}

const std::vector<gis::Crs>& offered() {
    static const std::vector<gis::Crs> made{gis::crs84(), gis::crs_from_epsg(4326).value(),
                                            gis::crs_from_epsg(2154).value(), gis::crs_from_epsg(3857).value()};
    return made;
}

const gis::Layer& place() {
    return *catalog().find("place");
}

gis::wfs::RequestContext context() {
    return {catalog(), offered()};
}

}  // namespace test
