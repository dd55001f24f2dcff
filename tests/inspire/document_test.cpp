// Documents of features made by hand: what is written, split, named and refused.

#include "gis/write/inspire/document.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/inspire/inspire_fixture.hpp"

namespace {

using std::string_view;
using test::multi;
using test::square;

constexpr const char* theme_text =
    R"(<c:theme name="t" title="Essai" versions="1.0" xmlns:c="urn:carreau:inspire" xmlns:t="urn:t" schema="urn:t t.xsd">
  <c:objects name="zone" table="d.zone" shape="surface">
    <t:Zone gml:id="Z.{id:name}.{@part}">{geometry}</t:Zone>
  </c:objects>
  <c:objects name="secteur" table="d.secteur" shape="multisurface">
    <t:Secteur gml:id="S.{id:name}">{geometry}</t:Secteur>
  </c:objects>
  <c:objects name="lieu" table="d.lieu" c:unless="p.etat = PRESCRIT">
    <c:lookup name="p" table="d.plan" key="code" column="plan"/>
    <t:Lieu gml:id="L.{id:name}"><t:etat c:void="unknown">{p.etat}</t:etat><t:secteur c:void="unknown" xlink:href="#S.{secteur:ref(secteur)}"/></t:Lieu>
  </c:objects>
</c:theme>)";

const gis::Layer zone = test::layer_of("zone", "d.zone", {"id"});
const gis::Layer secteur = test::layer_of("secteur", "d.secteur", {"id"});
const gis::Layer lieu = test::layer_of("lieu", "d.lieu", {"id", "plan", "secteur"});

gis::inspire::Theme theme() {
    return gis::inspire::parse_theme(theme_text);
}

std::size_t count(const std::string& text, string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

TEST(InspireDocument, LatitudeComesFirstAndTheCrsIsSaidExactly) {
    test::Writing writing(theme());
    writing.layer(zone);
    EXPECT_EQ(writing.add("7", square(2, 50), {{"id", string_view("7")}}), 1);
    EXPECT_EQ(
        writing.objects(),
        "<wfs:member><t:Zone gml:id=\"Z.7.1\"><gml:Polygon gml:id=\"Z.7.1.geom\" "
        "srsName=\"http://www.opengis.net/def/crs/EPSG/0/4258\"><gml:exterior><gml:LinearRing><gml:posList>49.5 1.5 "
        "49.5 2.5 50.5 2.5 50.5 1.5 49.5 1.5</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></t:Zone>"
        "</wfs:member>\n");
}

TEST(InspireDocument, EveryOfferedCrsHasItsAxisOrder) {
    ASSERT_EQ(gis::inspire::offered_crs().size(), 6U);
    for (const gis::Crs& crs : gis::inspire::offered_crs()) {
        test::Writing writing(theme(), crs.srid);
        writing.layer(zone);
        writing.add("7", square(2, 50), {{"id", string_view("7")}});
        EXPECT_NE(writing.objects().find("EPSG/0/" + std::to_string(crs.srid) + "\""), std::string::npos);
        EXPECT_NE(writing.objects().find("<gml:posList>49.5 1.5 "), std::string::npos)
            << crs.srid << " has its northing first";
    }
}

TEST(InspireDocument, ASurfaceForEachPolygonWhereTheSchemaHasPlaceForOne) {
    test::Writing writing(theme());
    writing.layer(zone);
    EXPECT_EQ(writing.add("7", multi({square(2, 50), square(4, 50), square(6, 50)}), {{"id", string_view("7")}}), 3);
    EXPECT_EQ(count(writing.objects(), "<gml:Polygon"), 3U);
    EXPECT_EQ(count(writing.objects(), "gml:id=\"Z.7.3\""), 1U);
    EXPECT_EQ(count(writing.objects(), "MultiSurface"), 0U);
}

TEST(InspireDocument, AMultiSurfaceEvenOfOnePolygon) {
    test::Writing writing(theme());
    writing.layer(secteur);
    EXPECT_EQ(writing.add("a", square(2, 50), {{"id", string_view("a")}}), 1);
    EXPECT_EQ(writing.add("b", multi({square(2, 50), square(4, 50)}), {{"id", string_view("b")}}), 1);
    EXPECT_EQ(count(writing.objects(), "<gml:MultiSurface"), 2U);
    EXPECT_EQ(count(writing.objects(), "<gml:Polygon"), 3U);
    EXPECT_EQ(count(writing.objects(), "srsName"), 2U) << "on the outermost element";
}

TEST(InspireDocument, MembersWithoutRingsAreNoPolygons) {
    const std::string nothing("\1\3\0\0\0\0\0\0\0", 9);  // POLYGON EMPTY
    test::Writing writing(theme());
    writing.layer(zone);
    EXPECT_EQ(writing.add("7", multi({nothing, square(2, 50), nothing, square(4, 50)}), {{"id", string_view("7")}}), 2);
    writing.layer(secteur);
    EXPECT_EQ(writing.add("a", multi({nothing, square(2, 50)}), {{"id", string_view("a")}}), 1);
    EXPECT_EQ(count(writing.objects(), "<gml:MultiSurface"), 1U);
    EXPECT_EQ(count(writing.objects(), "<gml:surfaceMember"), 1U);
    EXPECT_EQ(count(writing.objects(), "<gml:posList"), 3U) << "no polygon without an exterior";
    EXPECT_EQ(writing.add("b", multi({nothing}), {{"id", string_view("b")}}), 0);
    EXPECT_EQ(writing.refusals().count, 1);
}

TEST(InspireDocument, ABodyWithoutPlaceForAGeometryNeedsNone) {
    test::Writing writing(theme());
    writing.layer(lieu);
    EXPECT_EQ(writing.add("1", "", {{"id", string_view("1")}}), 1);
    writing.layer(secteur);
    EXPECT_EQ(writing.add("a", "", {{"id", string_view("a")}}), 0);
}

TEST(InspireDocument, NamesOnlyObjectsThatAreThere) {
    test::Writing writing(theme());
    writing.layer(secteur);
    writing.add("a", square(2, 50), {{"id", string_view("a")}});
    writing.layer(lieu);
    writing.add("1", square(2, 50), {{"id", string_view("1")}, {"secteur", string_view("a")}});
    writing.add("2", square(2, 50), {{"id", string_view("2")}, {"secteur", string_view("b")}});
    EXPECT_EQ(count(writing.objects(), "xlink:href=\"#S.a\""), 1U);
    EXPECT_EQ(count(writing.objects(), "#S.b"), 0U);
    EXPECT_EQ(count(writing.objects(), "<t:secteur xsi:nil=\"true\" nilReason=\"unknown\"/>"), 1U);
}

TEST(InspireDocument, LooksUpAndLeavesOutOnCondition) {
    test::Writing writing(theme());
    writing.layer(lieu, {{{"A", {"ANTICIPE"}}, {"P", {"PRESCRIT"}}, {"N", {""}}}});
    EXPECT_EQ(writing.add("1", square(2, 50), {{"id", string_view("1")}, {"plan", string_view("A")}}), 1);
    EXPECT_EQ(writing.add("2", square(2, 50), {{"id", string_view("2")}, {"plan", string_view("P")}}), 0);
    EXPECT_EQ(writing.add("3", square(2, 50), {{"id", string_view("3")}, {"plan", string_view("N")}}), 1);
    EXPECT_EQ(writing.add("4", square(2, 50), {{"id", string_view("4")}, {"plan", string_view("?")}}), 1);
    EXPECT_EQ(count(writing.objects(), "<t:etat>ANTICIPE</t:etat>"), 1U);
    EXPECT_EQ(count(writing.objects(), "<t:etat xsi:nil"), 2U);
    EXPECT_EQ(writing.refusals().count, 0) << "what a rule leaves out is not refused";
}

TEST(InspireDocument, RefusesWhatCannotBeAnObject) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    test::Writing writing(theme());
    writing.layer(zone);
    EXPECT_EQ(writing.add("1", "", {{"id", string_view("1")}}), 0) << "no geometry";
    EXPECT_EQ(writing.add("2", multi({}), {{"id", string_view("2")}}), 0) << "an empty one";
    EXPECT_EQ(writing.add("3", square(2, 50, 4), {{"id", string_view("3")}}), 0) << "an open ring";
    EXPECT_EQ(writing.add("4", square(2, 50, 3), {{"id", string_view("4")}}), 0) << "too few positions";
    EXPECT_EQ(writing.add("5", square(nan, 50), {{"id", string_view("5")}}), 0) << "no number";
    EXPECT_EQ(writing.add("6", multi({square(2, 50), square(2, 50, 4)}), {{"id", string_view("6")}}), 0);
    EXPECT_EQ(writing.add("7", square(2, 50), {}), 0) << "no id";
    EXPECT_EQ(writing.objects(), "");
    EXPECT_EQ(writing.refusals().count, 7);
    ASSERT_EQ(writing.refusals().first.size(), 7U);
    EXPECT_EQ(writing.refusals().first[2], "zone 3: no area of closed rings");
}

TEST(InspireDocument, CountsUnknownCodes) {
    test::Writing writing(gis::inspire::parse_theme(
        R"(<c:theme name="t" versions="1.0"><c:codes name="g"><c:code of="a" is="A"/></c:codes><c:objects name="z" table="d.zone">
           <t:Z gml:id="Z.{id:name}"><t:g c:void="unknown">{g:g}</t:g></t:Z></c:objects></c:theme>)"));
    const gis::Layer layer = test::layer_of("zone", "d.zone", {"id", "g"});
    writing.layer(layer);
    for (const string_view code : {"a", "b", "b"})
        writing.add("1", square(2, 50), {{"id", string_view("1")}, {"g", code}});
    EXPECT_EQ(writing.refusals().unknown_codes, (std::map<std::string, std::int64_t>{{"g b", 2}}));
}

TEST(InspireDocument, ACodeThatAnotherTermKnowsIsNotUnknown) {
    test::Writing writing(gis::inspire::parse_theme(
        R"(<c:theme name="t" versions="1.0"><c:codes name="g"><c:code of="a" is="A"/></c:codes>
           <c:codes name="h"><c:code of="b" is="B"/></c:codes><c:codes name="o" other="O"/><c:objects name="z" table="d.zone">
           <t:Z gml:id="Z.{id:name}"><t:g c:void="unknown">{g:g|g:h}</t:g><t:o>{g:g|g:o}</t:o></t:Z></c:objects></c:theme>)"));
    const gis::Layer layer = test::layer_of("zone", "d.zone", {"id", "g"});
    writing.layer(layer);
    for (const string_view code : {"a", "b", "c"})
        writing.add("1", square(2, 50), {{"id", string_view("1")}, {"g", code}});
    EXPECT_EQ(count(writing.objects(), "<t:g>A</t:g><t:o>A</t:o>"), 1U);
    EXPECT_EQ(count(writing.objects(), "<t:g>B</t:g><t:o>O</t:o>"), 1U);
    EXPECT_EQ(count(writing.objects(), "<t:g xsi:nil=\"true\" nilReason=\"unknown\"/><t:o>O</t:o>"), 1U);
    EXPECT_EQ(writing.refusals().unknown_codes,
              (std::map<std::string, std::int64_t>{{"g c", 1}, {"h c", 1}, {"o b", 1}, {"o c", 1}}));
}

TEST(InspireDocument, GmlCollectionForStreams) {
    test::Writing writing(theme(), 4258, gis::inspire::DocumentForm::Collection::Gml);
    writing.layer(zone);
    writing.add("7", square(2, 50), {{"id", string_view("7")}});
    const std::string text = writing.whole();
    EXPECT_EQ(count(text, "<gml:FeatureCollection"), 1U);
    EXPECT_EQ(count(text, "<gml:featureMember><t:Zone"), 1U);
    EXPECT_EQ(count(text, "wfs"), 0U);
}

}  // namespace
