// Documents that need no features: valid by the official schemas, and what clients look for in them.

#include "gis/wfs/capabilities.hpp"

#include "gis/wfs/feature_schema.hpp"
#include "tests/wfs/wfs_fixture.hpp"

namespace {

using gis::wfs::Sections;
using gis::wfs::Version;

gis::wfs::ServiceFacts facts(bool editing) {
    return {"https://sig.example/carreau/wfs?a=1&b=2",
            "Service SIG",
            test::offered(),
            {"x"},
            [editing](const gis::Layer& layer) { return editing && layer.name == "place"; },
            "7"};
}

std::string document(Version version, bool editing = false, Sections sections = {}) {
    return gis::wfs::capabilities(version, test::catalog(), facts(editing), sections);
}

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

constexpr Version versions[] = {Version::V1_0_0, Version::V1_1_0, Version::V2_0_0};

TEST(Capabilities, AreValid) {
    for (const bool editing : {false, true}) {
        const auto second = test::validity("wfs", document(Version::V2_0_0, editing));
        if (!second) GTEST_SKIP() << "no official schemas or no xmllint: documents are not validated";
        EXPECT_EQ(*second, "");
        EXPECT_EQ(test::validity("wfs11", document(Version::V1_1_0, editing)).value(), "");
    }
    EXPECT_EQ(test::validity("wfs", document(Version::V2_0_0, false, {{"ServiceIdentification"}})).value(), "");
}

TEST(Capabilities, SayWhatQgisAndGdalLookFor) {
    const std::string second = document(Version::V2_0_0);
    EXPECT_TRUE(
        holds(second, "<ows:Constraint name=\"ImplementsResultPaging\"><ows:NoValues/><ows:DefaultValue>TRUE<"));
    EXPECT_TRUE(holds(second, "<ows:Constraint name=\"CountDefault\"><ows:NoValues/><ows:DefaultValue>10000<"));
    EXPECT_TRUE(holds(second, "<wfs:DefaultCRS>urn:ogc:def:crs:EPSG::2154</wfs:DefaultCRS>"));
    EXPECT_TRUE(holds(second, "<wfs:OtherCRS>urn:ogc:def:crs:EPSG::4326</wfs:OtherCRS>"));
    EXPECT_TRUE(holds(second, "<ows:LowerCorner>2.5 50.4</ows:LowerCorner>"));
    EXPECT_TRUE(holds(document(Version::V1_0_0), "<SRS>EPSG:2154</SRS>"));
    for (const Version version : versions) {
        const std::string text = document(version);
        EXPECT_TRUE(holds(text, "carreau:place<")) << to_string(version);
        EXPECT_TRUE(holds(text, "https://sig.example/carreau/wfs?a=1&amp;b=2"));
        EXPECT_TRUE(holds(text, "Couche &lt;place&gt; &amp; cie"));
        EXPECT_TRUE(holds(text, "xmlns:carreau=\"urn:carreau:features\""));
    }
}

TEST(Capabilities, TransactionIsAdvertisedOnlyToWhoMayEdit) {
    for (const Version version : versions) {
        EXPECT_FALSE(holds(document(version, false), "Transaction\"")) << to_string(version);
        EXPECT_FALSE(holds(document(version, false), "<Transaction>"));
        EXPECT_FALSE(holds(document(version, false), "Insert"));
        EXPECT_TRUE(
            holds(document(version, true), version == Version::V1_0_0 ? "<Transaction>" : "name=\"Transaction\""));
    }
    EXPECT_TRUE(
        holds(document(Version::V2_0_0, true), "ImplementsTransactionalWFS\"><ows:NoValues/><ows:DefaultValue>TRUE<"));
    EXPECT_TRUE(holds(document(Version::V2_0_0, false),
                      "ImplementsTransactionalWFS\"><ows:NoValues/><ows:DefaultValue>FALSE<"));
}

TEST(Capabilities, SectionsAreChosen) {
    const std::string text = document(Version::V2_0_0, false, {{"FeatureTypeList"}});
    EXPECT_TRUE(holds(text, "<wfs:FeatureTypeList>"));
    EXPECT_FALSE(holds(text, "<ows:OperationsMetadata>"));
    EXPECT_TRUE(holds(document(Version::V2_0_0, false, {{"All"}}), "<ows:OperationsMetadata>"));
}

TEST(FeatureSchema, IsFlatAndOfTheVersionsGml) {
    std::vector<const gis::Layer*> layers;
    for (const gis::Layer& layer : test::catalog().layers()) layers.push_back(&layer);
    const std::string second = gis::wfs::feature_schema(Version::V2_0_0, layers);
    EXPECT_TRUE(holds(second, "<xs:element name=\"geom\" type=\"gml:PointPropertyType\""));
    EXPECT_TRUE(holds(second, "<xs:element name=\"geom\" type=\"gml:MultiSurfacePropertyType\""));
    EXPECT_TRUE(holds(second, "<xs:element name=\"count\" type=\"xs:int\""));
    EXPECT_TRUE(holds(second, "<xs:element name=\"seen\" type=\"xs:dateTime\""));
    EXPECT_TRUE(holds(second, "<xs:element name=\"a_x0020_b\" type=\"xs:string\""));
    EXPECT_TRUE(holds(second, "substitutionGroup=\"gml:AbstractFeature\""));
    EXPECT_TRUE(holds(gis::wfs::feature_schema(Version::V1_0_0, layers), "gml:MultiPolygonPropertyType"));
    EXPECT_TRUE(holds(gis::wfs::feature_schema(Version::V1_1_0, layers), "gml/3.1.1/base/gml.xsd"));
}

TEST(ExceptionReport, IsValidAndEscaped) {
    using gis::wfs::exception_report;
    const std::string old = exception_report(Version::V1_0_0, "InvalidParameterValue", "a\"b", "<x> & y");
    EXPECT_TRUE(holds(
        old,
        "<ServiceException code=\"InvalidParameterValue\" locator=\"a&quot;b\">&lt;x&gt; &amp; y</ServiceException>"));
    const auto second =
        test::validity("wfs", exception_report(Version::V2_0_0, "InvalidParameterValue", "filter", "<x>"));
    if (!second) GTEST_SKIP() << "no official schemas or no xmllint: documents are not validated";
    EXPECT_EQ(*second, "");
    EXPECT_EQ(test::validity("wfs11", exception_report(Version::V1_1_0, "InvalidParameterValue", "", "x")).value(), "");
}

}  // namespace
