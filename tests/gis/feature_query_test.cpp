#include "gis/query/feature_query.hpp"

#include <gtest/gtest.h>

#include "gis/error.hpp"
#include "gis/query/tile_sql.hpp"

namespace {

gis::Layer parcels() {
    gis::Layer layer;
    layer.name = "parcelle";
    layer.schema_name = "cadastre";
    layer.table_name = "parcelle";
    layer.source_schema = "cadastre";
    layer.source_name = "parcelle";
    layer.id_column = "id";
    layer.id_sql_type = "text";
    layer.geometry_column = "geom";
    layer.geometry_type = gis::GeometryType::MultiPolygon;
    layer.crs = *gis::crs_from_epsg(2154);
    layer.max_zoom = 16;
    layer.fields = {{"section", "", gis::FieldType::Text, "text", "", 0},
                    {"contenance", "", gis::FieldType::Integer, "integer", "", 0}};
    return layer;
}

}  // namespace

TEST(FeatureQuery, ValuesNeverEnterTheSqlText) {
    const gis::Layer layer = parcels();
    gis::FeatureQuery query;
    query.layer = &layer;
    query.output_crs = gis::crs84();
    const std::string evil = "x'; drop table cadastre.parcelle; --";
    query.conditions = {{layer.find_field("section"), evil}};
    query.after = gis::PageKey{{}, evil};
    for (const auto& statement :
         {gis::page_sql(query), gis::count_sql(query), gis::feature_sql(layer, evil, gis::crs84())}) {
        EXPECT_EQ(statement.sql().find("drop"), std::string::npos);
        EXPECT_NE(std::find(statement.parameters().begin(), statement.parameters().end(), evil),
                  statement.parameters().end());
    }
}

TEST(FeatureQuery, AGeometryThatIsNotWantedIsNotRead) {
    const gis::Layer layer = parcels();
    gis::FeatureQuery query;
    query.layer = &layer;
    query.output_crs = layer.crs;
    const auto reads_it = [&] {
        const bool page = gis::page_sql(query).sql().find("geom") != std::string::npos;
        EXPECT_EQ(gis::union_sql(query, layer.fields.front()).sql().find("geom") != std::string::npos, page);
        return page;
    };
    EXPECT_TRUE(reads_it());
    query.with_geometry = false;
    EXPECT_FALSE(reads_it());
}

TEST(FeatureQuery, NamesAreQuoted) {
    gis::SqlStatement statement;
    statement.ident("a\"b");
    EXPECT_EQ(statement.sql(), "\"a\"\"b\"");
}

TEST(FeatureQuery, AppendedStatementsAreRenumbered) {
    gis::SqlStatement inner;
    inner.param(std::string("b"), "text").text(" or ").param(std::string("c"), "text");
    gis::SqlStatement outer;
    outer.param(std::string("a"), "text").text(" and ").append(inner);
    EXPECT_EQ(outer.sql(), "$1::text and $2::text or $3::text");
    EXPECT_EQ(outer.parameters().size(), 3U);
}

TEST(FeatureQuery, ABoxOutsideTheLayersAreaMatchesNothingInsteadOfFailing) {
    const gis::Layer layer = parcels();
    gis::FeatureQuery query;
    query.layer = &layer;
    query.output_crs = gis::crs84();
    query.bbox = gis::Envelope{100, -40, 120, -20, gis::crs84()};
    EXPECT_NE(gis::count_sql(query).sql().find("and false"), std::string::npos);
    query.bbox = gis::Envelope{-180, -90, 180, 90, gis::crs84()};  // QGIS asks for the world
    EXPECT_EQ(gis::count_sql(query).sql().find("and false"), std::string::npos);
}

TEST(FeatureQuery, DatetimeFormsOfTheStandard) {
    EXPECT_EQ(gis::parse_datetime("2016-03-01").begin, "2016-03-01T00:00:00Z");
    EXPECT_EQ(gis::parse_datetime("2016-03-01").end, "2016-03-01T23:59:59.999999Z");
    EXPECT_EQ(gis::parse_datetime("2016-03-01T12:00:00Z").begin, "2016-03-01T12:00:00Z");
    EXPECT_FALSE(gis::parse_datetime("../2016-03-01").begin);
    EXPECT_FALSE(gis::parse_datetime("2016-03-01/").end);
    for (const char* text : {"", "hier", "2016-13-01", "2016-02-30", "2016-03-01/2015-03-01", "/",
                             "2016-03-01T25:00:00Z", "2016-03-01T12:00:00", "2016-03-01/2016-04-01/2016-05-01"}) {
        EXPECT_THROW(gis::parse_datetime(text), gis::InvalidRequest) << text;
    }
}

TEST(FeatureQuery, ValuesMustFitTheirField) {
    const gis::Layer layer = parcels();
    const gis::Field& area = *layer.find_field("contenance");
    EXPECT_NO_THROW(gis::require_value_of(area, "-12"));
    for (const char* text : {"", "abc", "1.5", "NaN", "99999999999", "1e3"}) {
        EXPECT_THROW(gis::require_value_of(area, text), gis::InvalidRequest) << text;
    }
    EXPECT_THROW(gis::require_value_of(*layer.find_field("section"), std::string(2000, 'x')), gis::InvalidRequest);
}

TEST(TileSql, ATileOutsideTheZoomsOrTheCrsAreaNeedsNoDatabase) {
    gis::Layer layer = parcels();
    layer.min_zoom = 14;
    EXPECT_FALSE(gis::tile_sql(layer, 13, 0, 0, {2.6, 50.5, 2.7, 50.6}));
    EXPECT_FALSE(gis::tile_sql(layer, 14, 0, 0, {100, 10, 101, 11}));
    EXPECT_TRUE(gis::tile_sql(layer, 14, 8311, 5503, {2.6, 50.5, 2.62, 50.51}));
}
