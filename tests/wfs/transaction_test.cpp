// Transactions as QGIS, GDAL and the standards write them.

#include "gis/wfs/transaction.hpp"

#include <cstring>

#include "tests/wfs/wfs_fixture.hpp"

namespace {

using gis::Edit;
using gis::wfs::Transaction;
using gis::wfs::Version;

Transaction read_body(const std::string& xml) {
    return std::get<Transaction>(gis::wfs::read_xml_request(xml, test::context()).operation);
}

std::string body_refused(const std::string& xml) {
    return test::refusal([&] { read_body(xml); });
}

std::string text_of(const Edit& edit, const std::string& field) {
    for (const auto& value : edit.values) {
        if (value.field != field) continue;
        const auto* text = std::get_if<std::string>(&value.value);
        return text == nullptr ? "NULL" : *text;
    }
    return "absent";
}

/// x and y of a WKB point.
std::pair<double, double> point_of(const Edit& edit) {
    std::pair<double, double> at;
    std::memcpy(&at.first, edit.geometry->wkb.data() + 5, 8);
    std::memcpy(&at.second, edit.geometry->wkb.data() + 13, 8);
    return at;
}

const std::string qgis_1_0 =
    R"(<Transaction xmlns="http://www.opengis.net/wfs" version="1.0.0" service="WFS" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
        xsi:schemaLocation="urn:carreau:features http://x/wfs" xmlns:carreau="urn:carreau:features" xmlns:gml="http://www.opengis.net/gml">)";
const std::string wfs_1_1 =
    R"(<wfs:Transaction xmlns:wfs="http://www.opengis.net/wfs" xmlns:ogc="http://www.opengis.net/ogc" xmlns:gml="http://www.opengis.net/gml"
        xmlns:carreau="urn:carreau:features" service="WFS" version="1.1.0">)";
const std::string wfs_2_0 =
    R"(<wfs:Transaction xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:fes="http://www.opengis.net/fes/2.0"
        xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:c="urn:carreau:features" service="WFS" version="2.0.0">)";

TEST(Transaction, QgisInsertsInto20LayersWithUrnsButWithoutTurningAxes) {
    const Transaction found = read_body(
        qgis_1_0 +
        R"(<Insert xmlns="http://www.opengis.net/wfs"><place xmlns="urn:carreau:features"><geom><gml:Point srsName="urn:ogc:def:crs:EPSG::4326">
           <gml:coordinates cs="," ts=" ">2.6,50.5</gml:coordinates></gml:Point></geom><name>l'&amp;</name><count>3</count></place></Insert></Transaction>)");
    ASSERT_EQ(found.request.edits.size(), 1U);
    const Edit& edit = found.request.edits[0];
    EXPECT_EQ(edit.kind, Edit::Kind::Insert);
    EXPECT_EQ(edit.layer->name, "place");
    EXPECT_TRUE(edit.values_are_text);
    EXPECT_EQ(text_of(edit, "name"), "l'&");
    EXPECT_EQ(text_of(edit, "count"), "3");
    EXPECT_EQ(text_of(edit, "price"), "absent");
    EXPECT_EQ(point_of(edit), std::pair(2.6, 50.5));
    EXPECT_EQ(edit.geometry->crs.srid, 4326);
}

TEST(Transaction, Gml31IsReadByTheAxisOrderOfItsName) {
    const Transaction found = read_body(
        wfs_1_1 +
        R"(<wfs:Insert handle="h"><carreau:place><carreau:geom><gml:Point srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>50.5 2.6</gml:pos></gml:Point>
           </carreau:geom></carreau:place><carreau:place><carreau:active>1</carreau:active><carreau:seen>2026-01-31T12:00:00</carreau:seen></carreau:place></wfs:Insert></wfs:Transaction>)");
    ASSERT_EQ(found.request.edits.size(), 2U);
    EXPECT_EQ(point_of(found.request.edits[0]), std::pair(2.6, 50.5));
    EXPECT_EQ(text_of(found.request.edits[1], "active"), "true");
    EXPECT_EQ(text_of(found.request.edits[1], "seen"), "2026-01-31T12:00:00Z");
    EXPECT_FALSE(found.request.edits[1].geometry.has_value());
    ASSERT_EQ(found.actions.size(), 1U);
    EXPECT_EQ(found.actions[0].handle, "h");
    EXPECT_EQ(found.actions[0].edits, 2U);
}

TEST(Transaction, UpdatesSetWhatTheyNameAndNull) {
    const Transaction found = read_body(
        qgis_1_0 +
        R"(<Update xmlns="http://www.opengis.net/wfs" typeName="carreau:place"><Property><Name>name</Name><Value>neuf</Value></Property>
           <Property><Name>carreau:price</Name></Property><Property><Name>count</Name><Value/></Property>
           <Filter xmlns="http://www.opengis.net/ogc"><FeatureId fid="place.p1"/></Filter></Update></Transaction>)");
    ASSERT_EQ(found.request.edits.size(), 1U);
    const Edit& edit = found.request.edits[0];
    EXPECT_EQ(edit.kind, Edit::Kind::Update);
    EXPECT_EQ(edit.id, "p1");
    EXPECT_EQ(edit.filter, nullptr);
    EXPECT_EQ(text_of(edit, "name"), "neuf");
    EXPECT_EQ(text_of(edit, "price"), "NULL");
    EXPECT_EQ(text_of(edit, "count"), "NULL");
    EXPECT_EQ(text_of(edit, "active"), "absent");
}

TEST(Transaction, DeletesByNamesOrByFilter) {
    const Transaction found = read_body(
        wfs_1_1 +
        R"(<wfs:Delete typeName="carreau:place"><ogc:Filter><ogc:FeatureId fid="place.a"/><ogc:FeatureId fid="place.b"/></ogc:Filter></wfs:Delete>
           <wfs:Delete typeName="carreau:place"><ogc:Filter><ogc:PropertyIsEqualTo><ogc:PropertyName>count</ogc:PropertyName><ogc:Literal>1</ogc:Literal>
           </ogc:PropertyIsEqualTo></ogc:Filter></wfs:Delete></wfs:Transaction>)");
    ASSERT_EQ(found.request.edits.size(), 3U);
    EXPECT_EQ(found.request.edits[0].id, "a");
    EXPECT_EQ(found.request.edits[1].id, "b");
    EXPECT_EQ(found.request.edits[2].id, std::nullopt);
    EXPECT_NE(found.request.edits[2].filter, nullptr);
    EXPECT_EQ(found.actions[1].first_edit, 2U);
}

TEST(Transaction, EveryActionOf20) {
    const Transaction found = read_body(
        wfs_2_0 +
        R"(<wfs:Insert><c:place><gml:boundedBy><gml:Envelope/></gml:boundedBy><c:name xsi:nil="true"/><c:geom><gml:Point gml:id="x"
             srsName="urn:ogc:def:crs:EPSG::2154"><gml:pos>700000 6600000</gml:pos></gml:Point></c:geom></c:place></wfs:Insert>
           <wfs:Update typeName="c:place"><wfs:Property><wfs:ValueReference>c:name</wfs:ValueReference><wfs:Value>x</wfs:Value></wfs:Property>
             <wfs:Property><wfs:ValueReference action="remove">count</wfs:ValueReference></wfs:Property>
             <fes:Filter><fes:ResourceId rid="place.p1"/></fes:Filter></wfs:Update>
           <wfs:Replace><c:place><c:name>y</c:name></c:place><fes:Filter><fes:ResourceId rid="place.p2"/></fes:Filter></wfs:Replace>
           <wfs:Delete typeName="c:place"><fes:Filter><fes:ResourceId rid="place.p3"/></fes:Filter></wfs:Delete></wfs:Transaction>)");
    ASSERT_EQ(found.request.edits.size(), 4U);
    EXPECT_EQ(text_of(found.request.edits[0], "name"), "NULL");
    EXPECT_EQ(text_of(found.request.edits[1], "count"), "NULL");
    EXPECT_EQ(found.request.edits[2].kind, Edit::Kind::Replace);
    EXPECT_EQ(found.request.edits[2].id, "p2");
    EXPECT_EQ(found.request.edits[3].kind, Edit::Kind::Delete);
}

TEST(Transaction, GeometryOfAnUpdateMayBeTakenAway) {
    const Transaction found =
        read_body(wfs_1_1 + R"(<wfs:Update typeName="place"><wfs:Property><wfs:Name>geom</wfs:Name></wfs:Property>
        <ogc:Filter><ogc:FeatureId fid="place.a"/></ogc:Filter></wfs:Update></wfs:Transaction>)");
    ASSERT_TRUE(found.request.edits[0].geometry.has_value());
    EXPECT_TRUE(found.request.edits[0].geometry->wkb.empty());
}

TEST(Transaction, RefusesWhatIsNoTransaction) {
    const std::string update =
        R"(<wfs:Update typeName="place"><wfs:Property><wfs:Name>name</wfs:Name><wfs:Value>x</wfs:Value></wfs:Property>)";
    const std::pair<std::string, std::string> cases[] = {
        {"", "expected"},
        {"<wfs:Insert/>", "a feature expected"},
        {"<wfs:Insert><carreau:parcelle/></wfs:Insert>", "there is no feature type"},
        {"<wfs:Insert><carreau:place><carreau:nom>x</carreau:nom></carreau:place></wfs:Insert>", "nom"},
        {"<wfs:Insert><carreau:place><carreau:name>x</carreau:name><carreau:name>y</carreau:name></carreau:place></"
         "wfs:Insert>",
         "twice"},
        {"<wfs:Insert><carreau:place><carreau:name><b/></carreau:name></carreau:place></wfs:Insert>", "text expected"},
        {"<wfs:Insert><carreau:place><carreau:geom><gml:Solid/></carreau:geom></carreau:place></wfs:Insert>", "Solid"},
        {"<wfs:Insert><carreau:place><carreau:geom><gml:Point srsName=\"EPSG:9999\"><gml:pos>1 "
         "2</gml:pos></gml:Point></carreau:geom></carreau:place></wfs:Insert>",
         "EPSG:9999"},
        {"<wfs:Delete typeName=\"place\"/>", "a Filter expected"},
        {"<wfs:Delete><ogc:Filter><ogc:FeatureId fid=\"place.a\"/></ogc:Filter></wfs:Delete>", "typeName"},
        {"<wfs:Delete typeName=\"place\"><ogc:Filter><ogc:FeatureId fid=\"zone.a\"/></ogc:Filter></wfs:Delete>",
         "zone.a"},
        {"<wfs:Update typeName=\"place\"><ogc:Filter><ogc:FeatureId fid=\"place.a\"/></ogc:Filter></wfs:Update>",
         "Property expected"},
        {update + "<ogc:Filter><ogc:PropertyIsNull><ogc:PropertyName>nom</ogc:PropertyName></ogc:PropertyIsNull></"
                  "ogc:Filter></wfs:Update>",
         "nom"},
        {"<wfs:Replace/>", "no action of a Transaction 1.1.0"},
        {"<wfs:Native vendorId=\"x\" safeToIgnore=\"false\"/>", "Native"},
        {"<wfs:LockId>x</wfs:LockId><wfs:Insert/>", "lock"},
    };
    for (const auto& [inside, reason] : cases) {
        const std::string found = body_refused(wfs_1_1 + inside + "</wfs:Transaction>");
        EXPECT_NE(found.find(reason), std::string::npos) << inside << " -> " << found;
    }
}

TEST(Transaction, MoreFeaturesThanOneRequestMayChangeAreRefused) {
    std::string xml = wfs_1_1 + "<wfs:Insert>";
    for (int i = 0; i < 20'001; ++i) xml += "<carreau:place/>";
    EXPECT_NE(body_refused(xml + "</wfs:Insert></wfs:Transaction>").find("20000"), std::string::npos);
}

TEST(Transaction, AnswersAreValidInTheirVersion) {
    Transaction transaction;
    transaction.handle = "t<1>";
    const auto add = [&](Edit::Kind kind, const std::string& handle) {
        Edit edit;
        edit.kind = kind;
        edit.layer = &test::place();
        transaction.actions.push_back({kind, handle, transaction.request.edits.size(), 1});
        transaction.request.edits.push_back(edit);
    };
    add(Edit::Kind::Insert, "h&1");
    add(Edit::Kind::Update, "");
    add(Edit::Kind::Delete, "");
    const std::vector<gis::EditResult> results{
        {Edit::Kind::Insert, {"a b"}, {}}, {Edit::Kind::Update, {"x", "y"}, {}}, {Edit::Kind::Delete, {"z"}, {}}};
    const std::string old = gis::wfs::transaction_response(Version::V1_0_0, transaction, results);
    EXPECT_NE(old.find("<ogc:FeatureId fid=\"place.a_x0020_b\"/>"), std::string::npos) << old;
    EXPECT_NE(old.find("<wfs:SUCCESS/>"), std::string::npos);
    const std::string middle = gis::wfs::transaction_response(Version::V1_1_0, transaction, results);
    EXPECT_NE(middle.find("<wfs:totalUpdated>2</wfs:totalUpdated>"), std::string::npos) << middle;
    const std::string now = gis::wfs::transaction_response(Version::V2_0_0, transaction, results);
    EXPECT_NE(now.find("<fes:ResourceId rid=\"place.a_x0020_b\"/>"), std::string::npos) << now;
    const auto first = test::validity("wfs11", middle);
    if (!first) GTEST_SKIP() << "no official schemas or no xmllint: answers are not validated";
    EXPECT_EQ(*first, "");
    EXPECT_EQ(test::validity("wfs", now).value(), "");
}

}  // namespace
