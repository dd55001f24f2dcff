// WFS over the API: what clients ask and what they are answered, with known rows (see api_fixture.hpp).

#include <fmt/format.h>

#include "tests/api/wfs_fixture.hpp"
#include "tests/support/xml_schema.hpp"

namespace {

using test::root_attribute;
using test::WfsTest;

class Wfs : public WfsTest {};

const std::string get_feature = "version=2.0.0&request=GetFeature&";

TEST_F(Wfs, CapabilitiesOfThreeVersionsNameTheLayersAndTheAddress) {
    for (const std::string version : {"2.0.0", "1.1.0", "1.0.0"}) {
        const RawAnswer answer = wfs("request=GetCapabilities&acceptversions=" + version);
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(root_attribute(answer.body, "version"), version);
        for (const char* layer : {"place", "square", "note", "lieu_dit"})
            EXPECT_NE(answer.body.find(std::string("carreau:") + layer + "<"), std::string::npos)
                << layer << " in " << version;
        EXPECT_NE(answer.body.find("http://"), std::string::npos);
        EXPECT_NE(answer.body.find("/wfs\""), std::string::npos) << "the address is absolute";
        EXPECT_EQ(answer.body.find("\"Transaction\""), std::string::npos) << "nobody may edit";
    }
    EXPECT_NE(get("/wfs?SERVICE=WFS&REQUEST=GetCapabilities").body.find("2.0.0"), std::string::npos)
        << "names in any case";
}

TEST_F(Wfs, AddressesFollowAPrefixOfTheProxy) {
    const RawAnswer answer =
        wfs("request=GetCapabilities",
            "X-Forwarded-Host: sig.example\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Prefix: /carreau\r\n");
    EXPECT_NE(answer.body.find("https://sig.example/carreau/wfs"), std::string::npos) << answer.body.substr(0, 2000);
}

TEST_F(Wfs, TransactionIsOfferedToWhoMayEdit) {
    make_person("lectrice", "read");
    make_person("editrice", "read,edit");
    EXPECT_EQ(wfs("request=GetCapabilities", token_of("lectrice")).body.find("name=\"Transaction\""),
              std::string::npos);
    EXPECT_NE(wfs("request=GetCapabilities", token_of("editrice")).body.find("name=\"Transaction\""),
              std::string::npos);
}

TEST_F(Wfs, FeaturesComeInKeyOrderWithCounts) {
    const RawAnswer answer = wfs(get_feature + "typenames=carreau:place");
    EXPECT_EQ(ids_of(answer), (Ids{"p1", "p2", "p3", "p4", "p5"}));
    EXPECT_EQ(root_attribute(answer.body, "numberMatched"), "5");
    EXPECT_EQ(root_attribute(answer.body, "numberReturned"), "5");
    EXPECT_EQ(root_attribute(answer.body, "next"), "");
    EXPECT_EQ(root_attribute(answer.body, "previous"), "");
    EXPECT_EQ(answer.header("Content-Type"), "application/gml+xml; version=3.2");
    EXPECT_NE(answer.body.find("&lt;script&gt;"), std::string::npos) << "hostile texts are escaped";
}

TEST_F(Wfs, PositionsFollowTheNameOfTheCrs) {
    const auto position = [&](const std::string& more) {
        const RawAnswer answer = wfs(more);
        const auto begin = answer.body.find("pos>") + 4;
        const auto end = answer.body.find("</gml:pos", begin);
        if (begin < 4 || end == std::string::npos) return answer.body.substr(0, 600);
        double x = 0;
        double y = 0;
        std::sscanf(answer.body.substr(begin, end - begin).c_str(), "%lf %lf", &x, &y);
        return fmt::format("{:.4f} {:.4f}", x, y);
    };
    const std::string two = get_feature + "resourceid=place.p1";
    EXPECT_EQ(position(two), "700000.0000 6600000.0000");
    EXPECT_EQ(position(two + "&srsname=urn:ogc:def:crs:EPSG::4326"), "46.5000 3.0000") << "latitude first";
    EXPECT_EQ(position(two + "&srsname=http://www.opengis.net/def/crs/EPSG/0/4326"), "46.5000 3.0000");
    EXPECT_EQ(position(two + "&srsname=EPSG:4326"), "3.0000 46.5000");
    EXPECT_EQ(position(two + "&srsname=urn:ogc:def:crs:OGC:1.3:CRS84"), "3.0000 46.5000");
    const std::string one = "version=1.1.0&request=GetFeature&typename=place&featureid=place.p1";
    EXPECT_EQ(position(one + "&srsname=urn:ogc:def:crs:EPSG::4326"), "46.5000 3.0000");
    EXPECT_EQ(position(one + "&srsname=EPSG:4326"), "3.0000 46.5000");
    const std::string old =
        wfs("version=1.0.0&request=GetFeature&typename=place&featureid=place.p1&srsname=EPSG:4326").body;
    EXPECT_NE(old.find("3,46.5<"), std::string::npos) << old;
}

TEST_F(Wfs, BoxesSelectInTheAxisOrderOfTheirCrs) {
    EXPECT_EQ(places("bbox=699000,6599000,701000,6601000"), Ids{"p1"}) << "the layer's own CRS";
    EXPECT_EQ(places("bbox=699000,6599000,701000,6601000,urn:ogc:def:crs:EPSG::2154"), Ids{"p1"});
    EXPECT_EQ(places("bbox=46.4,2.9,46.6,3.1,urn:ogc:def:crs:EPSG::4326"), Ids{"p1"});
    EXPECT_EQ(places("bbox=2.9,46.4,3.1,46.6,EPSG:4326"), Ids{"p1"});
    EXPECT_EQ(places("bbox=2.9,46.4,3.1,46.6,urn:ogc:def:crs:EPSG::4326"), Ids{}) << "off Somalia";
    EXPECT_EQ(ids_of(wfs("version=1.0.0&request=GetFeature&typename=place&bbox=2.9,46.4,3.1,46.6,EPSG:4326")),
              Ids{"p1"});
}

TEST_F(Wfs, SortingAndPropertiesAndNames) {
    EXPECT_EQ(places("sortby=count D,name A"), (Ids{"p5", "p4", "p3", "p2", "p1"}));
    EXPECT_EQ(places("sortby=name DESC&count=1"), Ids{"p5"});
    EXPECT_EQ(places("resourceid=place.p3,place.p1,place.nobody"), (Ids{"p1", "p3"}));
    EXPECT_EQ(ids_of(wfs("version=2.0.0&request=GetFeature&resourceid=place.p3")), Ids{"p3"}) << "without a type name";
    const std::string part = wfs(get_feature + "typenames=place&propertyname=name&resourceid=place.p1").body;
    EXPECT_NE(part.find("<carreau:name>origine<"), std::string::npos);
    EXPECT_EQ(part.find("<carreau:count>"), std::string::npos);
    EXPECT_EQ(part.find("<carreau:geom>"), std::string::npos);
    const std::string shape = wfs(get_feature + "typenames=place&propertyname=geom&resourceid=place.p1").body;
    EXPECT_EQ(shape.find("<carreau:name>"), std::string::npos);
    EXPECT_NE(shape.find("<carreau:geom>"), std::string::npos);
}

TEST_F(Wfs, HitsCountEverythingAndGiveNothing) {
    const RawAnswer answer = wfs(get_feature + "typenames=square&resulttype=hits&count=7");
    EXPECT_EQ(root_attribute(answer.body, "numberMatched"), "3000") << "not capped by a page";
    EXPECT_EQ(root_attribute(answer.body, "numberReturned"), "0");
    EXPECT_EQ(names_of(answer), Ids{});
    EXPECT_EQ(ids_of(get(path_of(root_attribute(answer.body, "next")))).size(), 7U);
    EXPECT_EQ(root_attribute(wfs("version=1.1.0&request=GetFeature&typename=square&resulttype=hits").body,
                             "numberOfFeatures"),
              "3000");
}

TEST_F(Wfs, SeveralQueriesStayApart) {
    const RawAnswer answer = wfs(get_feature + "typenames=(note)(place)&count=4");
    EXPECT_EQ(names_of(answer), (Ids{"note.1", "note.2", "place.p1", "place.p2"}));
    EXPECT_EQ(root_attribute(answer.body, "numberMatched"), "7");
    EXPECT_EQ(root_attribute(answer.body, "numberReturned"), "4");
    EXPECT_EQ(names_of(get(path_of(root_attribute(answer.body, "next")))), (Ids{"place.p3", "place.p4", "place.p5"}));
    EXPECT_EQ(names_of(wfs("version=1.1.0&request=GetFeature&typename=note,place")).size(), 7U);
}

TEST_F(Wfs, PropertyValues) {
    const RawAnswer answer = wfs("version=2.0.0&request=GetPropertyValue&typenames=place&valuereference=price");
    EXPECT_EQ(root_attribute(answer.body, "numberReturned"), "2") << "what has no value is no value: " << answer.body;
    EXPECT_NE(answer.body.find("<wfs:member><carreau:price>1.25</carreau:price></wfs:member>"), std::string::npos);
    const std::string names =
        wfs("version=2.0.0&request=GetPropertyValue&typenames=place&valuereference=@gml:id&count=1").body;
    EXPECT_NE(names.find("<wfs:member>place.p1</wfs:member>"), std::string::npos) << names;
    EXPECT_NE(wfs("version=2.0.0&request=GetPropertyValue&typenames=place&valuereference=geom&count=1")
                  .body.find("<gml:pos>700000"),
              std::string::npos);
    EXPECT_EQ(report_of(wfs("version=2.0.0&request=GetPropertyValue&typenames=place")),
              "400 MissingParameterValue valueReference");
    EXPECT_EQ(report_of(wfs("version=2.0.0&request=GetPropertyValue&typenames=place&valuereference=nom")),
              "400 InvalidParameterValue valueReference");
}

TEST_F(Wfs, StoredQueries) {
    EXPECT_NE(wfs("version=2.0.0&request=ListStoredQueries").body.find("GetFeatureById"), std::string::npos);
    EXPECT_NE(wfs("version=2.0.0&request=DescribeStoredQueries").body.find("name=\"ID\""), std::string::npos);
    const std::string by_id = get_feature + "storedquery_id=urn:ogc:def:query:OGC-WFS::GetFeatureById&id=";
    const RawAnswer answer = wfs(by_id + "place.p2");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(root_attribute(answer.body, "gml:id"), "place.p2") << "the feature is the document";
    for (const char* nobody : {"place.nobody", "parcelle.1", "x", "square.abc"})
        EXPECT_EQ(report_of(wfs(by_id + nobody)), "404 NotFound ID") << nobody;
}

TEST_F(Wfs, SchemasDescribeTheFeatures) {
    const std::string all = wfs("version=2.0.0&request=DescribeFeatureType").body;
    for (const char* layer : {"place", "square", "note", "lieu_dit"})
        EXPECT_NE(all.find(fmt::format("<xs:element name=\"{}\"", layer)), std::string::npos);
    EXPECT_EQ(wfs("version=2.0.0&request=DescribeFeatureType&typenames=place").body.find("square"), std::string::npos);
    EXPECT_EQ(report_of(wfs("version=2.0.0&request=DescribeFeatureType&typenames=nulle_part")),
              "400 InvalidParameterValue typeNames");
}

TEST_F(Wfs, ErrorsSpeakTheVersionOfTheRequest) {
    EXPECT_EQ(report_of(wfs("version=2.0.0&request=GetFeature&typenames=x")), "400 InvalidParameterValue typeNames");
    EXPECT_NE(wfs("version=2.0.0&request=GetFeature&typenames=x").body.find("http://www.opengis.net/ows/1.1"),
              std::string::npos);
    EXPECT_NE(wfs("version=1.1.0&request=GetFeature&typename=x").body.find("\"http://www.opengis.net/ows\""),
              std::string::npos);
    EXPECT_NE(wfs("version=1.0.0&request=GetFeature&typename=x").body.find("ServiceExceptionReport"),
              std::string::npos);
    EXPECT_EQ(report_of(get("/wfs")), "400 MissingParameterValue request");
    EXPECT_EQ(report_of(wfs("version=2.0.0&request=LockFeature")), "501 OperationNotSupported LockFeature");
    EXPECT_EQ(report_of(wfs("version=2.0.0&request=GetFeature&typenames=place&outputformat=x")),
              "400 InvalidParameterValue outputFormat");
    EXPECT_EQ(report_of(post("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>")),
              "400 OperationParsingFailed request");
    EXPECT_EQ(
        report_of(post(
            "<GetFeature xmlns=\"http://www.opengis.net/wfs\" version=\"1.0.0\"><Query typeName=\"x\"/></GetFeature>")),
        "400 InvalidParameterValue typeName");
    EXPECT_EQ(report_of(wfs("version=2.0.0&request=GetFeature&typenames=place&filter=<Filter "
                            "xmlns=\"http://www.opengis.net/fes/2.0\"><PropertyIsNull><ValueReference>nom</"
                            "ValueReference></PropertyIsNull></Filter>")),
              "400 InvalidParameterValue filter");
}

TEST_F(Wfs, AFormIsAsGoodAsAnAddress) {
    const RawAnswer answer =
        ::request(port(), "POST", "/wfs", "Content-Type: application/x-www-form-urlencoded\r\n",
                  "service=WFS&version=2.0.0&request=GetFeature&typenames=place&resourceid=place.p1");
    EXPECT_EQ(ids_of(answer), Ids{"p1"});
    EXPECT_EQ(
        ::request(port(), "POST", "/wfs", "Content-Type: application/x-www-form-urlencoded\r\n", "service=%FF").status,
        400);
}

TEST_F(Wfs, OldVersionsGiveEverythingWithoutPages) {
    EXPECT_EQ(ids_of(wfs("version=1.1.0&request=GetFeature&typename=square")).size(), 3000U);
    EXPECT_EQ(ids_of(wfs("version=1.0.0&request=GetFeature&typename=square")).size(), 3000U);
    EXPECT_EQ(ids_of(wfs("version=1.0.0&request=GetFeature&typename=square&maxfeatures=5")).size(), 5U);
}

TEST_F(Wfs, AnswersAreValid) {
    if (!test::validity("wfs", "<a/>")) GTEST_SKIP() << "no official schemas or no xmllint: answers are not validated";
    for (const std::string query :
         {"typenames=place", "typenames=place&srsname=urn:ogc:def:crs:EPSG::4326&count=2&startindex=1",
          "typenames=(place)(square)&count=7", "typenames=square&resulttype=hits", "typenames=note"}) {
        EXPECT_EQ(test::validity("wfs", wfs(get_feature + query).body).value(), "") << query;
    }
    for (const std::string query : {"GetPropertyValue&typenames=place&valuereference=name",
                                    "GetPropertyValue&typenames=place&valuereference=geom", "ListStoredQueries",
                                    "DescribeStoredQueries", "GetCapabilities", "LockFeature"})
        EXPECT_EQ(test::validity("wfs", wfs("version=2.0.0&request=" + query).body).value(), "") << query;
    // gml:featureMember of GML 3.1.1 is strict: only an answer without features is valid without their own schema.
    const std::string hits = "version=1.1.0&request=GetFeature&typename=place&resulttype=hits";
    for (const std::string& query : {hits, std::string("version=1.1.0&request=GetCapabilities")})
        EXPECT_EQ(test::validity("wfs11", wfs(query).body).value(), "") << query;
}

}  // namespace
