#include "gis/wfs/request.hpp"

#include "tests/wfs/wfs_fixture.hpp"

namespace {

using gis::wfs::DescribeFeatureType;
using gis::wfs::GetCapabilities;
using gis::wfs::GetFeature;
using gis::wfs::Request;
using gis::wfs::ResultType;
using gis::wfs::Version;
using Pairs = std::vector<std::pair<std::string, std::string>>;

/// "a=b&c=d" without any decoding.
Pairs pairs(const std::string& text) {
    Pairs found;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find('&', begin), text.size());
        const std::string part = text.substr(begin, end - begin);
        const auto equals = part.find('=');
        found.emplace_back(part.substr(0, equals), part.substr(equals + 1));
        begin = end + 1;
    }
    return found;
}

Request kvp(const std::string& text) {
    return gis::wfs::read_kvp_request(pairs(text), test::context());
}

GetFeature features(const std::string& text) {
    return std::get<GetFeature>(kvp("service=WFS&version=2.0.0&request=GetFeature&" + text).operation);
}

std::string kvp_refused(const std::string& text) {
    return test::refusal([&] { kvp(text); });
}

std::string features_refused(const std::string& text) {
    return kvp_refused("service=WFS&version=2.0.0&request=GetFeature&" + text);
}

const std::string wfs2 =
    "xmlns:wfs=\"http://www.opengis.net/wfs/2.0\" xmlns:c=\"urn:carreau:features\" service=\"WFS\"";

Request xml(const std::string& text) {
    return gis::wfs::read_xml_request(text, test::context());
}

std::string xml_refused(const std::string& text) {
    return test::refusal([&] { xml(text); });
}

TEST(Request, VersionsAreNegotiated) {
    const auto version = [](const std::string& text) {
        return kvp("service=WFS&request=GetCapabilities" + text).version;
    };
    EXPECT_EQ(version(""), Version::V2_0_0);
    EXPECT_EQ(version("&ACCEPTVERSIONS=2.0.0,1.1.0,1.0.0"), Version::V2_0_0);
    EXPECT_EQ(version("&AcceptVersions=1.1.0,2.0.0"), Version::V1_1_0);
    EXPECT_EQ(version("&acceptversions=3.0.0,1.0.0"), Version::V1_0_0);
    EXPECT_EQ(version("&version=1.1.0"), Version::V1_1_0);
    EXPECT_EQ(version("&version=1.1.3"), Version::V1_1_0) << "the nearest below";
    EXPECT_EQ(version("&version=9.0.0"), Version::V2_0_0);
    EXPECT_EQ(version("&version=0.0.1"), Version::V1_0_0);
    EXPECT_EQ(kvp_refused("service=WFS&request=GetCapabilities&acceptversions=3.0.0").substr(0, 43),
              "VersionNegotiationFailed at AcceptVersions:");
}

TEST(Request, WhatIsMissingOrUnknownIsNamed) {
    EXPECT_EQ(kvp_refused("").substr(0, 33), "MissingParameterValue at request:");
    EXPECT_EQ(kvp_refused("request=GetCapabilities").substr(0, 33), "MissingParameterValue at service:");
    EXPECT_EQ(kvp_refused("service=WMS&request=GetCapabilities").substr(0, 33), "InvalidParameterValue at service:");
    EXPECT_EQ(kvp_refused("service=WFS&request=GetFeature&typenames=place").substr(0, 33),
              "MissingParameterValue at version:");
    EXPECT_EQ(kvp_refused("service=WFS&version=3.0&request=GetFeature").substr(0, 33),
              "InvalidParameterValue at version:");
    EXPECT_EQ(kvp_refused("service=WFS&version=2.0.0&request=DropEverything").substr(0, 33),
              "InvalidParameterValue at request:");
    EXPECT_EQ(kvp_refused("service=WFS&version=2.0.0&request=LockFeature").substr(0, 36),
              "OperationNotSupported at LockFeature");
    EXPECT_EQ(features_refused("").substr(0, 35), "MissingParameterValue at typeNames:");
    EXPECT_EQ(features_refused("typenames=parcelle").substr(0, 35), "InvalidParameterValue at typeNames:");
    EXPECT_EQ(features_refused("typenames=place,zone").substr(0, 32), "OptionNotSupported at typeNames:");
    EXPECT_EQ(features_refused("typenames=x:place&namespaces=xmlns(x,http://other)").substr(0, 35),
              "InvalidParameterValue at typeNames:");
    EXPECT_EQ(features_refused("typenames=place&count=-1").substr(0, 31), "InvalidParameterValue at count:");
    EXPECT_EQ(features_refused("typenames=place&startindex=a").substr(0, 36), "InvalidParameterValue at startIndex:");
    EXPECT_EQ(features_refused("typenames=place&resulttype=all").substr(0, 36), "InvalidParameterValue at resultType:");
    EXPECT_EQ(features_refused("typenames=place&srsname=EPSG:9999").substr(0, 33), "InvalidParameterValue at srsName:");
    EXPECT_EQ(features_refused("typenames=place&propertyname=nom").substr(0, 37),
              "InvalidParameterValue at propertyName");
    EXPECT_EQ(features_refused("typenames=place&sortby=nom").substr(0, 31), "InvalidParameterValue at sortBy");
    EXPECT_EQ(features_refused("typenames=place&sortby=name upwards").substr(0, 31), "InvalidParameterValue at sortBy");
    EXPECT_EQ(features_refused("typenames=note&bbox=1,2,3,4").substr(0, 29), "InvalidParameterValue at bbox");
    EXPECT_EQ(features_refused("typenames=place&bbox=1,2,3,4&resourceid=place.1").substr(0, 31),
              "InvalidParameterValue at filter");
    EXPECT_EQ(features_refused("typenames=place&filter=<a").substr(0, 32), "OperationParsingFailed at filter");
    EXPECT_EQ(features_refused("typenames=place&filter=").substr(0, 10), "") << "an empty value is none";
    EXPECT_EQ(features_refused("resourceid=parcelle.1").substr(0, 35), "InvalidParameterValue at resourceId");
    EXPECT_EQ(features_refused("storedquery_id=mine").substr(0, 39), "InvalidParameterValue at storedquery_id");
    EXPECT_EQ(features_refused("storedquery_id=urn:ogc:def:query:OGC-WFS::GetFeatureById").substr(0, 27),
              "MissingParameterValue at ID");
}

TEST(Request, GetFeatureOfTwoIsReadWhole) {
    const GetFeature found = features(
        "TypeNames=carreau:place&NAMESPACES=xmlns(carreau,urn:carreau:features)&COUNT=7&STARTINDEX=14&SORTBY=price "
        "D,name&"
        "PROPERTYNAME=price,name,geom&SRSNAME=urn:ogc:def:crs:EPSG::4326&RESULTTYPE=hits&OUTPUTFORMAT=x");
    ASSERT_EQ(found.queries.size(), 1U);
    const auto& query = found.queries[0];
    EXPECT_EQ(query.layer->name, "place");
    EXPECT_EQ(found.count, 7);
    EXPECT_EQ(found.start_index, 14);
    EXPECT_EQ(found.result_type, ResultType::Hits);
    EXPECT_EQ(found.output_format, "x");
    ASSERT_EQ(query.sort.size(), 2U);
    EXPECT_EQ(query.sort[0].field->name, "price");
    EXPECT_TRUE(query.sort[0].descending);
    EXPECT_FALSE(query.sort[1].descending);
    ASSERT_EQ(query.fields.size(), 2U);
    EXPECT_EQ(query.fields[0]->name, "name") << "in the schema's order";
    EXPECT_TRUE(query.with_geometry);
    EXPECT_TRUE(query.crs.northing_first);
    EXPECT_EQ(query.crs.crs.srid, 4326);
}

TEST(Request, SeveralTypesAreSeveralQueries) {
    EXPECT_EQ(features("typenames=(place)(zone)").queries.size(), 2U);
    const auto old = kvp("version=1.1.0&request=GetFeature&typename=place,zone&maxfeatures=3");
    EXPECT_EQ(std::get<GetFeature>(old.operation).queries.size(), 2U);
    EXPECT_EQ(std::get<GetFeature>(old.operation).count, 3);
    EXPECT_EQ(features("resourceid=place.1,zone.2,place.3").queries.size(), 2U);
    EXPECT_EQ(features("typenames=place&resourceid=place.1,place.3").queries.size(), 1U);
    EXPECT_NE(features_refused("typenames=place&resourceid=zone.1"), "");
    EXPECT_NE(features_refused("typenames=(place)(zone)&propertyname=(name)(id)(x)"), "");
}

TEST(Request, DescribeFeatureTypeOfAllOrSome) {
    const auto layers = [](const std::string& more) {
        return std::get<DescribeFeatureType>(
                   kvp("service=WFS&version=2.0.0&request=DescribeFeatureType" + more).operation)
            .layers.size();
    };
    EXPECT_EQ(layers(""), 0U);
    EXPECT_EQ(layers("&typename=place"), 1U);
    EXPECT_EQ(layers("&typenames=carreau:place,carreau:zone"), 2U);
}

TEST(Request, XmlSaysTheSameAsKvp) {
    const Request request = xml("<wfs:GetFeature " + wfs2 +
                                R"( version="2.0.0" count="5" startIndex="10" resultType="hits" outputFormat="y">
        <wfs:Query typeNames="c:place" srsName="urn:ogc:def:crs:EPSG::4326" xmlns:fes="http://www.opengis.net/fes/2.0">
          <wfs:PropertyName>c:name</wfs:PropertyName>
          <fes:Filter><fes:PropertyIsNull><fes:ValueReference>c:name</fes:ValueReference></fes:PropertyIsNull></fes:Filter>
          <fes:SortBy><fes:SortProperty><fes:ValueReference>price</fes:ValueReference><fes:SortOrder>DESC</fes:SortOrder></fes:SortProperty></fes:SortBy>
        </wfs:Query><wfs:Query typeNames="zone"/></wfs:GetFeature>)");
    const auto& found = std::get<GetFeature>(request.operation);
    ASSERT_EQ(found.queries.size(), 2U);
    EXPECT_EQ(found.count, 5);
    EXPECT_EQ(found.start_index, 10);
    EXPECT_EQ(found.result_type, ResultType::Hits);
    EXPECT_NE(found.queries[0].filter, nullptr);
    ASSERT_EQ(found.queries[0].sort.size(), 1U);
    EXPECT_TRUE(found.queries[0].sort[0].descending);
    EXPECT_FALSE(found.queries[0].with_geometry);
    EXPECT_EQ(found.queries[1].layer->name, "zone");
}

TEST(Request, XmlOfOldVersions) {
    const Request request =
        xml(R"(<GetFeature xmlns="http://www.opengis.net/wfs" service="WFS" version="1.0.0" maxFeatures="3">
        <Query typeName="place"><PropertyName xmlns="http://www.opengis.net/ogc">name</PropertyName></Query></GetFeature>)");
    EXPECT_EQ(request.version, Version::V1_0_0);
    EXPECT_EQ(std::get<GetFeature>(request.operation).count, 3);
    EXPECT_EQ(xml(R"(<GetCapabilities service="WFS" version="1.0.0" xmlns="http://www.opengis.net/wfs"/>)").version,
              Version::V1_0_0);
    EXPECT_EQ(
        xml("<wfs:GetCapabilities " + wfs2 +
            R"( xmlns:ows="http://www.opengis.net/ows/1.1"><ows:AcceptVersions><ows:Version>1.1.0</ows:Version></ows:AcceptVersions></wfs:GetCapabilities>)")
            .version,
        Version::V1_1_0);
}

TEST(Request, XmlThatIsNoRequestIsRefused) {
    const std::string cases[] = {
        "",
        "<a/>",
        "<GetFeature xmlns=\"http://other\"/>",
        "<wfs:GetFeature " + wfs2 + " version=\"2.0.0\"/>",
        "<wfs:GetFeature " + wfs2 + " version=\"2.0.0\"><wfs:Query/></wfs:GetFeature>",
        "<wfs:GetFeature " + wfs2 + " version=\"2.0.0\"><wfs:Query typeNames=\"place zone\"/></wfs:GetFeature>",
        "<wfs:GetFeature " + wfs2 + " version=\"2.0.0\"><wfs:Query typeNames=\"parcelle\"/></wfs:GetFeature>",
        "<wfs:GetFeature " + wfs2 + " version=\"2.0.0\"><wfs:Table/></wfs:GetFeature>",
        "<wfs:GetFeature " + wfs2 + " version=\"4\"><wfs:Query typeNames=\"place\"/></wfs:GetFeature>",
        "<wfs:GetFeature xmlns:wfs=\"http://www.opengis.net/wfs/2.0\" service=\"WMS\"/>",
        "<wfs:GetFeature xmlns:wfs=\"http://www.opengis.net/wfs/2.0\" version=\"2.0.0\"><wfs:Query "
        "typeNames=\"place\"/></wfs:GetFeature>",
        "<wfs:LockFeature " + wfs2 + " version=\"2.0.0\"/>",
        "<!DOCTYPE wfs:GetFeature><wfs:GetFeature " + wfs2 +
            " version=\"2.0.0\"><wfs:Query typeNames=\"place\"/></wfs:GetFeature>",
    };
    for (const std::string& text : cases) EXPECT_NE(xml_refused(text), "") << text;
}

TEST(Request, ErrorsSpeakTheVersionOfTheRequest) {
    using gis::wfs::version_for_errors;
    EXPECT_EQ(version_for_errors({}, ""), Version::V2_0_0);
    EXPECT_EQ(version_for_errors({{"VERSION", "1.0.0"}}, ""), Version::V1_0_0);
    EXPECT_EQ(version_for_errors({}, "<?xml version=\"1.0\"?><Transaction version='1.1.0' "), Version::V1_1_0);
    EXPECT_EQ(version_for_errors({}, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a/>"), Version::V2_0_0);
    EXPECT_EQ(version_for_errors({}, "<a version="), Version::V2_0_0);
}

}  // namespace
