#include "gis/edit/edit_check.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "gis/edit/field_check.hpp"
#include "gis/edit/shape_check.hpp"
#include "gis/edit/wkb_shape.hpp"

namespace {

using gis::Edit;
using gis::EditProblem;
using gis::Field;
using gis::FieldType;
using gis::GeometryType;
using gis::Value;

Field edited_field(const std::string& name, FieldType type, const std::string& sql_type) {
    return Field{name, name, type, sql_type, "", 0};
}

Value given_text(const char* words) {
    return std::string(words);
}

/// Layers of Lambert-93 points called as data-samples call theirs.
gis::Layer bench_layer() {
    gis::Layer layer;
    layer.name = "banc";
    layer.id_column = "id";
    layer.id_sql_type = "text";
    layer.geometry_column = "geom";
    layer.geometry_type = GeometryType::Point;
    layer.crs = gis::crs_from_epsg(2154).value();
    layer.tracked = layer.editable = layer.geometry_required = true;
    layer.fields = {edited_field("id", FieldType::Text, "text"),
                    edited_field("nom", FieldType::Text, "text"),
                    edited_field("nature", FieldType::Text, "text"),
                    edited_field("hauteur", FieldType::Number, "double precision"),
                    edited_field("age", FieldType::Integer, "smallint"),
                    edited_field("surface", FieldType::Number, "real")};
    layer.fields[1].required = true;
    layer.fields[2].codes = {{"banc", "Banc"}, {"arbre", "Arbre"}};
    layer.fields[3].minimum = 0;
    layer.fields[3].maximum = 60;
    layer.fields[5].editable = false;
    return layer;
}

std::string wkb_point(double x, double y) {
    gis::WkbShape shape;
    shape.xy = {x, y};
    shape.parts = {{1}};
    return gis::write_wkb(shape, GeometryType::Point);
}

std::string polygon(std::vector<double> xy) {
    gis::WkbShape shape;
    shape.parts = {{xy.size() / 2}};
    shape.xy = std::move(xy);
    return gis::write_wkb(shape, GeometryType::Polygon);
}

gis::EditGeometry at(double x, double y, int epsg = 2154) {
    return {wkb_point(x, y), gis::crs_from_epsg(epsg).value()};
}

std::vector<std::string> problems_of(const Edit& edit) {
    std::vector<EditProblem> problems;
    gis::check_edit(edit, 0, problems);
    std::vector<std::string> lines;
    for (const EditProblem& problem : problems) lines.push_back(problem.field + ": " + problem.expected);
    return lines;
}

using Lines = std::vector<std::string>;

std::string checked(const Field& f, const Value& value, bool from_text = false) {
    const gis::CheckedValue result = gis::check_value(f, value, from_text);
    return result.is_good() ? result.text.value_or("null") : "expected: " + result.expected;
}

TEST(EditValues, AreOfTheFieldsType) {
    const Field whole = edited_field("n", FieldType::Integer, "smallint");
    EXPECT_EQ(checked(whole, std::int64_t{7}), "7");
    EXPECT_EQ(checked(whole, 3.0), "3");
    EXPECT_EQ(checked(whole, Value{}), "null");
    for (const Value& wrong : {Value(3.5), Value(std::int64_t{40000}), given_text("7"), Value(true), Value(1e300)})
        EXPECT_EQ(checked(whole, wrong), "expected: a whole number expected");
    EXPECT_EQ(checked(whole, given_text(" 7 "), true), "7");
    EXPECT_EQ(checked(whole, given_text("7; drop table"), true), "expected: a whole number expected");
    const Field number = edited_field("x", FieldType::Number, "real");
    EXPECT_EQ(checked(number, 0.25), "0.25");
    EXPECT_EQ(checked(number, 1e39), "expected: a number expected") << "no real";
    EXPECT_EQ(checked(number, given_text("NaN"), true), "expected: a number expected");
    const Field flag = edited_field("b", FieldType::Boolean, "boolean");
    EXPECT_EQ(checked(flag, true), "true");
    EXPECT_EQ(checked(flag, given_text("true")), "expected: true or false expected");
    EXPECT_EQ(checked(flag, given_text("0"), true), "false");
    const Field day = edited_field("d", FieldType::Date, "date");
    EXPECT_EQ(checked(day, given_text("2024-02-29")), "2024-02-29");
    EXPECT_EQ(checked(day, given_text("2023-02-29")), "expected: a date such as 2026-01-31 expected");
    EXPECT_EQ(checked(day, std::int64_t{20240229}), "expected: a date such as 2026-01-31 expected");
    const Field time = edited_field("t", FieldType::DateTime, "timestamp with time zone");
    EXPECT_EQ(checked(time, given_text("2024-02-29T12:00:00+01:00")), "2024-02-29T12:00:00+01:00");
    EXPECT_EQ(checked(time, given_text("2024-02-29T12:00:00")), "2024-02-29T12:00:00Z");
    EXPECT_EQ(checked(time, given_text("2024-02-29")), "expected: a date-time such as 2026-01-31T12:00:00Z expected");
}

TEST(EditValues, KeepToLengthsAndCodes) {
    Field name = edited_field("nom", FieldType::Text, "text");
    name.max_length = 4;
    EXPECT_EQ(checked(name, given_text("été!")), "été!") << "characters, not bytes";
    EXPECT_EQ(checked(name, given_text("12345")), "expected: a text of at most 4 characters expected");
    EXPECT_EQ(checked(name, std::string("a\0b", 3)), "expected: a text without NUL characters expected");
    EXPECT_EQ(checked(name, std::int64_t{1}), "expected: a text expected");
    name.codes = {{"a", "A"}, {"b", "B"}};
    EXPECT_EQ(checked(name, given_text("b")), "b");
    EXPECT_EQ(checked(name, given_text("B")), "expected: one of a, b expected");
    const Field uuid = edited_field("id", FieldType::Text, "uuid");
    EXPECT_EQ(checked(uuid, given_text("x")), "expected: a UUID expected");
    Field number = edited_field("h", FieldType::Number, "double precision");
    number.minimum = 0;
    EXPECT_EQ(checked(number, -0.1), "expected: a number not below 0 expected");
}

TEST(EditCheck, TellsEveryProblemAtOnce) {
    const gis::Layer layer = bench_layer();
    Edit edit;
    edit.layer = &layer;
    edit.values = {{"id", given_text("b1")},     {"nature", given_text("lampe")}, {"hauteur", 70.0},
                   {"age", given_text("vieux")}, {"couleur", given_text("bleu")}, {"age", std::int64_t{1}}};
    edit.geometry = at(700000, 100);
    EXPECT_EQ(
        problems_of(edit),
        (Lines{"nature: one of banc, arbre expected", "hauteur: a number from 0 to 60 expected",
               "age: a whole number expected", "couleur: one of id, nom, nature, hauteur, age, surface expected",
               "age: each property once expected", "nom: a value expected, the field is required",
               "geometry: coordinates inside the area of EPSG:2154 expected; is the axis order longitude or easting "
               "first?"}));
}

TEST(EditCheck, AskForWhatIsRequiredOnlyOfAWholeFeature) {
    const gis::Layer layer = bench_layer();
    Edit edit;
    edit.layer = &layer;
    edit.kind = Edit::Kind::Update;
    edit.id = "b1";
    edit.values = {{"hauteur", 1.5}};
    EXPECT_EQ(problems_of(edit), Lines{});
    edit.values = {{"nom", Value{}}};
    EXPECT_EQ(problems_of(edit), Lines{"nom: a value expected, the field is required"});
    edit.kind = Edit::Kind::Replace;
    edit.values = {{"nom", given_text("x")}};
    EXPECT_EQ(problems_of(edit), Lines{"geometry: a geometry expected"});
    edit.kind = Edit::Kind::Insert;
    edit.id.reset();
    edit.geometry = at(700000, 6600000);
    EXPECT_EQ(problems_of(edit), Lines{"id: an id of the new feature expected: this layer's ids are natural keys"});
}

TEST(EditCheck, IdsDoNotChangeAndReadOnlyFieldsAreClaims) {
    const gis::Layer layer = bench_layer();
    Edit edit;
    edit.layer = &layer;
    edit.kind = Edit::Kind::Update;
    edit.id = "b1";
    edit.values = {{"id", given_text("b2")}};
    EXPECT_EQ(problems_of(edit), Lines{"id: the feature's own id expected: ids do not change"});
    edit.values = {{"id", given_text("b1")}, {"surface", 2.5}};
    std::vector<EditProblem> problems;
    const gis::CheckedEdit result = gis::check_edit(edit, 0, problems);
    EXPECT_TRUE(problems.empty());
    EXPECT_TRUE(result.values.empty());
    ASSERT_EQ(result.claims.size(), 1U);
    EXPECT_EQ(result.claims[0].text, "2.5");
}

TEST(EditCheck, AViewIsNotEdited) {
    gis::Layer layer = bench_layer();
    layer.editable = false;
    Edit edit;
    edit.layer = &layer;
    std::vector<EditProblem> problems;
    gis::check_edit(edit, 0, problems);
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems[0].reason, EditProblem::Reason::NotAllowed);
}

std::string fault(const gis::Layer& layer, const gis::EditGeometry& geometry) {
    return gis::check_shape(layer, geometry).expected;
}

TEST(EditShapes, AreOfTheLayersTypeAndInItsArea) {
    const gis::Layer layer = bench_layer();
    const gis::CheckedShape shape = gis::check_shape(layer, at(3, 46.5, 4326));
    ASSERT_TRUE(shape.is_good()) << shape.expected;
    const auto read = gis::read_wkb(shape.wkb).shape.value();
    EXPECT_NEAR(read.xy[0], 700000, 0.01) << "the central meridian of Lambert-93";
    EXPECT_NEAR(read.xy[1], 6600000, 0.01) << "its latitude of origin";
    EXPECT_NE(fault(layer, at(46.5, 3, 4326)), "") << "latitude first";
    EXPECT_NE(fault(layer, at(363, 46.5, 4326)), "") << "round the world";
    EXPECT_EQ(fault(layer, {polygon({0, 0, 1, 0, 1, 1, 0, 0}), layer.crs}), "a Point expected, got a Polygon");
    const std::string with_z("\1\xe9\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 29);
    EXPECT_NE(fault(layer, {with_z, layer.crs}).find("no heights"), std::string::npos)
        << fault(layer, {with_z, layer.crs});
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(fault(layer, {wkb_point(nan, 1), layer.crs}), "finite coordinates expected");
    EXPECT_EQ(fault(layer, {wkb_point(nan, nan), layer.crs}), "a geometry that is not empty expected");
    EXPECT_EQ(fault(layer, {std::string("\1\x11\0\0\0", 5), layer.crs}),
              "a point, line or polygon without curves expected");
}

TEST(EditShapes, AreValidOrTheReasonAndThePlaceAreTold) {
    gis::Layer layer = bench_layer();
    layer.geometry_type = GeometryType::MultiPolygon;
    const double x = 700000, y = 6600000;
    const auto square = polygon({x, y, x + 10, y, x + 10, y + 10, x, y + 10, x, y});
    const gis::CheckedShape good = gis::check_shape(layer, {square, layer.crs});
    ASSERT_TRUE(good.is_good()) << good.expected;
    EXPECT_EQ(gis::read_wkb(good.wkb).shape->type, GeometryType::MultiPolygon) << "a single one becomes a multi";
    EXPECT_EQ(fault(layer, {polygon({x, y, x + 10, y + 10, x + 10, y, x, y + 10, x, y}), layer.crs}),
              "a valid geometry expected: Self-intersection at 700005 6600005");
    EXPECT_EQ(fault(layer, {polygon({x, y, x + 10, y, x, y}), layer.crs}), "rings of at least 4 positions expected");
    EXPECT_EQ(fault(layer, {polygon({x, y, x + 10, y, x, y + 9, x, y + 1}), layer.crs}),
              "rings that end where they begin expected");
}

TEST(EditShapes, NoBytesBreakTheReader) {
    const std::string whole = polygon({0, 0, 10, 0, 10, 10, 0, 10, 0, 0});
    EXPECT_TRUE(gis::read_wkb(whole).shape);
    for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(gis::read_wkb(whole.substr(0, size)).shape);
    EXPECT_FALSE(gis::read_wkb(whole + "x").shape);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        for (const char byte : {'\0', '\x7f', '\xff'}) {
            std::string changed = whole;
            changed[i] = byte;
            gis::read_wkb(changed);  // whatever it says, it stays within the bytes
        }
    }
    EXPECT_EQ(gis::write_wkb(*gis::read_wkb(whole).shape, GeometryType::Polygon), whole);
}

}  // namespace
