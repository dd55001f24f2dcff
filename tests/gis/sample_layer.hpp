#pragma once

#include "gis/layer/layer.hpp"

namespace test {

/// The layer `place` of the API's tests (tests/api/api_fixture.cpp), without a database: a field of every type.
inline gis::Layer sample_layer() {
    gis::Layer layer;
    layer.name = "place";
    layer.schema_name = layer.source_schema = "donnees";
    layer.table_name = layer.source_name = "place";
    layer.id_column = "id";
    layer.id_sql_type = "text";
    layer.geometry_column = "geom";
    layer.geometry_type = gis::GeometryType::Point;
    layer.crs = *gis::crs_from_epsg(2154);
    layer.fields = {{"id", "", gis::FieldType::Text, "text", "", 0},
                    {"name", "", gis::FieldType::Text, "text", "", 0},
                    {"count", "", gis::FieldType::Integer, "integer", "", 0},
                    {"small", "", gis::FieldType::Integer, "smallint", "", 0},
                    {"ratio", "", gis::FieldType::Number, "real", "", 0},
                    {"price", "", gis::FieldType::Number, "double precision", "", 0},
                    {"active", "", gis::FieldType::Boolean, "boolean", "", 0},
                    {"built", "", gis::FieldType::Date, "date", "", 0},
                    {"seen", "", gis::FieldType::DateTime, "timestamp with time zone", "", 0},
                    {"code", "", gis::FieldType::Text, "uuid", "", 0}};
    return layer;
}

}  // namespace test
