// WFS-T over the API, in three versions: what is stored, what is answered, what is refused whole.

#include <fmt/format.h>

#include "tests/api/wfs_fixture.hpp"
#include "tests/support/xml_schema.hpp"

namespace {

using test::root_attribute;

const std::string head_2_0 =
    R"(<wfs:Transaction xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:fes="http://www.opengis.net/fes/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"
        xmlns:c="urn:carreau:features" service="WFS" version="2.0.0">)";
const std::string head_1_1 =
    R"(<wfs:Transaction xmlns:wfs="http://www.opengis.net/wfs" xmlns:fes="http://www.opengis.net/ogc" xmlns:gml="http://www.opengis.net/gml"
        xmlns:c="urn:carreau:features" service="WFS" version="1.1.0">)";
const std::string head_1_0 =
    R"(<wfs:Transaction xmlns:wfs="http://www.opengis.net/wfs" xmlns:fes="http://www.opengis.net/ogc" xmlns:gml="http://www.opengis.net/gml"
        xmlns:c="urn:carreau:features" service="WFS" version="1.0.0">)";

class WfsTransaction : public test::WfsTest {
  protected:
    void SetUp() override {
        WfsTest::SetUp();
        make_person("editrice", "read,edit");
        make_person("lectrice", "read");
        run("delete from donnees.place where id !~ '^p[1-5]$'");
    }
    RawAnswer change(const std::string& head, const std::string& actions, const std::string& who = "editrice") const {
        return post(head + actions + "</wfs:Transaction>", who.empty() ? "" : token_of(who));
    }
    static std::string insert(const std::string& id, const std::string& geometry, const std::string& more = "") {
        return "<wfs:Insert handle=\"h\"><c:place><c:id>" + id + "</c:id>" + more + "<c:geom>" + geometry +
               "</c:geom></c:place></wfs:Insert>";
    }
    std::string stored(const std::string& id, const std::string& what = "st_astext(st_snaptogrid(geom, 0.01))") {
        return scalar("select " + what + " from donnees.place where id = '" + id + "'");
    }
};

TEST_F(WfsTransaction, Version10StoresXBeforeYWhateverTheNameOfTheCrs) {
    for (const std::string srs :
         {"urn:ogc:def:crs:EPSG::4326", "EPSG:4326", "http://www.opengis.net/gml/srs/epsg.xml#4326"}) {
        const RawAnswer answer = change(
            head_1_0, insert("q", "<gml:Point srsName=\"" + srs +
                                      "\"><gml:coordinates cs=\",\" ts=\" \">3,46.5</gml:coordinates></gml:Point>"));
        ASSERT_EQ(answer.status, 200) << answer.body;
        EXPECT_NE(answer.body.find("<wfs:SUCCESS/>"), std::string::npos);
        EXPECT_NE(answer.body.find("fid=\"place.q\""), std::string::npos) << answer.body;
        EXPECT_EQ(stored("q"), "POINT(700000 6600000)") << srs;
        EXPECT_EQ(change(head_1_0,
                         "<wfs:Delete typeName=\"c:place\"><fes:Filter><fes:FeatureId "
                         "fid=\"place.q\"/></fes:Filter></wfs:Delete>")
                      .status,
                  200);
        EXPECT_EQ(scalar("select count(*) from donnees.place"), "5");
    }
}

TEST_F(WfsTransaction, Version11And20FollowTheNameOfTheCrs) {
    for (const std::string& head : {head_1_1, head_2_0}) {
        const RawAnswer answer = change(
            head,
            insert("u",
                   "<gml:Point gml:id=\"x\" srsName=\"urn:ogc:def:crs:EPSG::4326\"><gml:pos>46.5 "
                   "3</gml:pos></gml:Point>") +
                insert("e", "<gml:Point gml:id=\"y\" srsName=\"EPSG:4326\"><gml:pos>3 46.5</gml:pos></gml:Point>"));
        ASSERT_EQ(answer.status, 200) << answer.body;
        EXPECT_NE(answer.body.find("<wfs:totalInserted>2</wfs:totalInserted>"), std::string::npos) << answer.body;
        EXPECT_NE(answer.body.find("id=\"place.u\""), std::string::npos);
        EXPECT_EQ(stored("u"), "POINT(700000 6600000)");
        EXPECT_EQ(stored("e"), "POINT(700000 6600000)");
        EXPECT_EQ(test::validity(head == head_1_1 ? "wfs11" : "wfs", answer.body).value_or(""), "");
        EXPECT_EQ(places("resourceid=place.u"), Ids{"u"}) << "seen by the next read";
        EXPECT_EQ(root_attribute(wfs("version=2.0.0&request=GetFeature&typenames=place&resulttype=hits").body,
                                 "numberMatched"),
                  "7");
        run("delete from donnees.place where id in ('u', 'e')");
    }
}

TEST_F(WfsTransaction, UpdatesByNameAndByFilter) {
    ASSERT_EQ(change(head_2_0, insert("a", "<gml:Point gml:id=\"x\"><gml:pos>1000000 6500000</gml:pos></gml:Point>",
                                      "<c:count>77</c:count>") +
                                   insert("b", "<gml:Point gml:id=\"y\"><gml:pos>1000001 6500000</gml:pos></gml:Point>",
                                          "<c:count>77</c:count>"))
                  .status,
              200);
    const RawAnswer many = change(
        head_2_0,
        R"(<wfs:Update typeName="c:place"><wfs:Property><wfs:ValueReference>name</wfs:ValueReference><wfs:Value>d'été &lt;&amp;&gt;</wfs:Value></wfs:Property>
        <fes:Filter><fes:PropertyIsEqualTo><fes:ValueReference>count</fes:ValueReference><fes:Literal>77</fes:Literal></fes:PropertyIsEqualTo></fes:Filter></wfs:Update>)");
    ASSERT_EQ(many.status, 200) << many.body;
    EXPECT_NE(many.body.find("<wfs:totalUpdated>2</wfs:totalUpdated>"), std::string::npos) << many.body;
    EXPECT_EQ(stored("b", "name"), "d'été <&>");
    const RawAnswer one = change(
        head_1_1,
        R"(<wfs:Update typeName="c:place"><wfs:Property><wfs:Name>built</wfs:Name><wfs:Value>2026-01-31</wfs:Value></wfs:Property>
        <wfs:Property><wfs:Name>active</wfs:Name><wfs:Value>1</wfs:Value></wfs:Property><wfs:Property><wfs:Name>count</wfs:Name></wfs:Property>
        <wfs:Property><wfs:Name>geom</wfs:Name><wfs:Value><gml:Point srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>46.5 3</gml:pos></gml:Point></wfs:Value></wfs:Property>
        <fes:Filter><fes:FeatureId fid="place.a"/></fes:Filter></wfs:Update>)");
    ASSERT_EQ(one.status, 200) << one.body;
    EXPECT_EQ(stored("a", "built || ' ' || active || ' ' || coalesce(count::text, 'NULL') || ' ' || name"),
              "2026-01-31 true NULL d'été <&>");
    EXPECT_EQ(stored("a"), "POINT(700000 6600000)");
}

TEST_F(WfsTransaction, ReplaceLeavesNothingOfTheFormer) {
    ASSERT_EQ(change(head_2_0, insert("r", "<gml:Point gml:id=\"x\"><gml:pos>700000 6600000</gml:pos></gml:Point>",
                                      "<c:name>avant</c:name><c:count>1</c:count>"))
                  .status,
              200);
    const RawAnswer answer = change(head_2_0,
                                    "<wfs:Replace><c:place><c:name>après</c:name></c:place><fes:Filter><fes:ResourceId "
                                    "rid=\"place.r\"/></fes:Filter></wfs:Replace>");
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_NE(answer.body.find("<wfs:totalReplaced>1</wfs:totalReplaced>"), std::string::npos);
    EXPECT_EQ(stored("r", "name || ' ' || coalesce(count::text, 'NULL')"), "après NULL");
}

TEST_F(WfsTransaction, WhatCannotBeDoneWholeIsNotDoneAtAll) {
    const std::string good = insert("x", "<gml:Point gml:id=\"x\"><gml:pos>700000 6600000</gml:pos></gml:Point>");
    const std::string gone =
        "<wfs:Delete typeName=\"c:place\"><fes:Filter><fes:ResourceId rid=\"place.nobody\"/></fes:Filter></wfs:Delete>";
    EXPECT_EQ(report_of(change(head_2_0, good + gone)), "404 OperationProcessingFailed Transaction");
    const RawAnswer wrong = change(
        head_2_0,
        good + insert("y", "<gml:Point gml:id=\"y\"><gml:pos>1 1</gml:pos></gml:Point>", "<c:count>douze</c:count>"));
    EXPECT_EQ(report_of(wrong), "400 InvalidValue Transaction");
    EXPECT_NE(wrong.body.find("douze"), std::string::npos) << wrong.body;
    EXPECT_EQ(
        report_of(change(head_2_0,
                         good + insert("p1", "<gml:Point gml:id=\"y\"><gml:pos>700000 6600000</gml:pos></gml:Point>")))
            .substr(0, 3),
        "409");
    EXPECT_EQ(
        report_of(change(head_2_0, insert("y", "<gml:Point gml:id=\"y\"><gml:pos>1e30 1e30</gml:pos></gml:Point>")))
            .substr(0, 3),
        "400");
    EXPECT_EQ(scalar("select count(*) from donnees.place"), "5");
}

TEST_F(WfsTransaction, WhoMayNotIsRefused) {
    const std::string good = insert("x", "<gml:Point gml:id=\"x\"><gml:pos>700000 6600000</gml:pos></gml:Point>");
    const RawAnswer anonymous = change(head_2_0, good, "");
    EXPECT_EQ(anonymous.status, 401);
    EXPECT_NE(anonymous.header("WWW-Authenticate"), "");
    EXPECT_EQ(report_of(change(head_2_0, good, "lectrice")), "403 OperationProcessingFailed Transaction");
    EXPECT_EQ(report_of(change(head_2_0,
                               "<wfs:Delete typeName=\"c:cachee\"><fes:Filter><fes:ResourceId "
                               "rid=\"cachee.1\"/></fes:Filter></wfs:Delete>")),
              "400 InvalidParameterValue typeNames");
    EXPECT_EQ(scalar("select count(*) from donnees.place"), "5");
}

TEST_F(WfsTransaction, ABodyBeyondTheLimitIsRefusedBySize) {
    EXPECT_EQ(post(std::string(11'000'000, ' '), token_of("editrice")).status, 413);
}

}  // namespace
