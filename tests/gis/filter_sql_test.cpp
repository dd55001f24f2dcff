#include "gis/filter/filter_sql.hpp"

#include <gtest/gtest.h>

#include "gis/error.hpp"
#include "gis/filter/bind.hpp"
#include "gis/filter/property.hpp"
#include "gis/geometry/wkt.hpp"
#include "tests/gis/sample_layer.hpp"

namespace {

using gis::Comparison;
using gis::Expression;
using gis::Filter;
using gis::Literal;

const gis::Layer layer = test::sample_layer();

Expression field(const char* name) {
    return gis::property_of(layer, name);
}
Expression value(Literal literal) {
    return {std::move(literal)};
}
Filter equal(Expression left, Expression right) {
    return {Comparison{Comparison::Operator::Equal, std::move(left), std::move(right)}};
}
gis::SqlStatement filter_sql_of(Filter filter) {
    gis::SqlStatement statement;
    gis::add_filter(statement, layer, *gis::bind_filter(std::move(filter), layer));
    return statement;
}
std::string reason_of(Filter filter) {
    try {
        gis::bind_filter(std::move(filter), layer);
    } catch (const gis::InvalidRequest& refused) {
        return refused.what();
    }
    return "";
}

TEST(FilterSql, ALiteralTakesTheTypeOfItsField) {
    EXPECT_EQ(filter_sql_of(equal(field("count"), value(std::int64_t{12}))).sql(), "(\"count\" = $1::integer)");
    EXPECT_EQ(filter_sql_of(equal(value(std::int64_t{12}), field("count"))).sql(), "($1::integer = \"count\")");
    EXPECT_EQ(filter_sql_of(equal(field("ratio"), value(0.1))).sql(), "(\"ratio\" = $1::real)");
    EXPECT_EQ(filter_sql_of(equal(field("name"), value(std::string("x")))).sql(), "(\"name\" = $1::text)");
    EXPECT_EQ(filter_sql_of(equal(field("built"), value(gis::DateLiteral{"2020-01-01"}))).sql(),
              "(\"built\" = $1::date)");
}

TEST(FilterSql, WhatDoesNotFitTheFieldIsComparedExactlyInsteadOfFailing) {
    EXPECT_EQ(filter_sql_of(equal(field("small"), value(std::int64_t{100000}))).sql(), "(\"small\" = $1::numeric)");
    EXPECT_EQ(filter_sql_of(equal(field("count"), value(1.5))).sql(), "(\"count\" = $1::numeric)");
    EXPECT_EQ(filter_sql_of(equal(field("ratio"), value(1e300))).sql(), "(\"ratio\" = $1::float8)");
}

TEST(FilterSql, AnUntypedLiteralIsReadAsWhatItMeets) {
    const auto statement = filter_sql_of(equal(field("count"), value(gis::UntypedLiteral{" 12 "})));
    EXPECT_EQ(statement.sql(), "(\"count\" = $1::integer)");
    EXPECT_EQ(statement.parameters().front(), "12");
    EXPECT_EQ(filter_sql_of(equal(field("active"), value(gis::UntypedLiteral{"1"}))).parameters().front(), "true");
    EXPECT_EQ(filter_sql_of(equal(field("name"), value(gis::UntypedLiteral{"12"}))).sql(), "(\"name\" = $1::text)");
    EXPECT_NE(reason_of(equal(field("count"), value(gis::UntypedLiteral{"abc"})))
                  .find("'count': a number is expected, got 'abc'"),
              std::string::npos);
}

TEST(FilterSql, ADayMeetsADateTimeByItsUtcDay) {
    EXPECT_EQ(filter_sql_of(equal(field("seen"), value(gis::DateLiteral{"2020-01-01"}))).sql(),
              "((\"seen\" at time zone 'UTC')::date = $1::date)");
    EXPECT_EQ(filter_sql_of(equal(field("seen"), value(gis::TimestampLiteral{"2020-01-01T00:00:00Z"}))).sql(),
              "(\"seen\" = $1::timestamptz)");
}

TEST(FilterSql, ASpatialLiteralIsSentOnceInTheLayersCrsBehindABoxOperator) {
    gis::GeometryReading reading;
    reading.crs = gis::crs84();
    const Expression point{gis::parse_wkt("POINT(3 46.5)", reading)};
    const auto statement = filter_sql_of({gis::Spatial{gis::Spatial::Operator::Intersects, field("geometry"), point}});
    EXPECT_EQ(
        statement.sql(),
        "(st_geomfromwkb($1::bytea, 2154) && \"geom\" and st_intersects(\"geom\", st_geomfromwkb($1::bytea, 2154)))");
    ASSERT_EQ(statement.parameters().size(), 1U);
    // Lambert-93's origin: 700000, 6600000.
    EXPECT_EQ(statement.parameters().front()->size(), 2U + 2 * 21);
}

TEST(FilterSql, DepthAndSizeAreBounded) {
    Filter deep{gis::Always{}};
    for (int i = 0; i < gis::max_filter_depth - 1; ++i) deep = {gis::Not{gis::share(std::move(deep))}};
    EXPECT_EQ(reason_of(deep), "");
    EXPECT_NE(reason_of({gis::Not{gis::share(deep)}}).find("nested deeper than 64"), std::string::npos);
    gis::Or many;
    for (int i = 0; i < 333; ++i) many.parts.push_back(equal(field("count"), value(std::int64_t{i})));
    EXPECT_EQ(reason_of({many}), "");
    many.parts.push_back({gis::Always{}});
    EXPECT_NE(reason_of({many}).find("more than 1000"), std::string::npos);
}

TEST(FilterSql, KindsThatDoNotCompareAreRefused) {
    EXPECT_NE(reason_of(equal(field("count"), value(std::string("12")))).find("'count' cannot be compared with a text"),
              std::string::npos);
    EXPECT_NE(reason_of(equal(field("geometry"), value(std::string("12")))).find("S_INTERSECTS"), std::string::npos);
    EXPECT_NE(reason_of(equal(field("built"), value(std::string("hier")))).find("'built': a date is expected"),
              std::string::npos);
    EXPECT_NE(reason_of(equal(field("code"), value(std::string("1")))).find("a UUID is expected"), std::string::npos);
    EXPECT_NE(reason_of({gis::Like{field("count"), value(std::string("1%"))}}).find("LIKE wants a text"),
              std::string::npos);
    EXPECT_NE(reason_of({gis::Like{field("name"), value(std::string("a\\"))}}).find("ends with its escape"),
              std::string::npos);
    EXPECT_EQ(reason_of({gis::Like{field("name"), value(std::string("a\\\\"))}}), "");
    EXPECT_NE(reason_of(equal(field("name"), value(std::string("a\0b", 3)))).find("NUL"), std::string::npos);
    EXPECT_NE(reason_of(equal(field("name"), value(std::string("\xff")))).find("UTF-8"), std::string::npos);
}

TEST(FilterSql, AnUnknownPropertyNamesWhatThereIs) {
    try {
        field("nam");
        FAIL();
    } catch (const gis::InvalidRequest& refused) {
        EXPECT_EQ(std::string(refused.what()),
                  "filter: 'place' has no property 'nam' (near: name); it has id, name, count, small, ratio, price, "
                  "active, built, seen, code, geometry");
    }
}

TEST(FilterSql, OtherWildcardsBecomeOurs) {
    EXPECT_EQ(gis::like_pattern("a*b#%!*_", "*", "#", "!"), "a%b_\\%*\\_");
    EXPECT_EQ(gis::like_pattern("100%\\", "*", "?", ""), "100\\%\\\\");
    EXPECT_THROW(gis::like_pattern("a!", "*", "?", "!"), gis::InvalidRequest);
}

}  // namespace
