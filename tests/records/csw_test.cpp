// Requests of CSW 2.0.2 as clients write them, read and refused; answers held against the official schemas.

#include "gis/records/csw.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "gis/error.hpp"
#include "gis/wfs/service_error.hpp"
#include "tests/support/xml_schema.hpp"

namespace {

using namespace gis::records;
using std::string_view;
using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs query(const Pairs& more) {
    Pairs pairs{{"SERVICE", "CSW"}, {"version", "2.0.2"}, {"request", "GetRecords"}, {"typeNames", "csw:Record"}};
    pairs.insert(pairs.end(), more.begin(), more.end());
    return pairs;
}

GetRecords records_of(const Pairs& more) {
    return std::get<GetRecords>(read_csw_kvp(query(more)));
}

/// The condition that a filter becomes; its values are parameters.
std::string sql_of(const GetRecords& request) {
    const std::string sql = search_sql({Record{}}, request.filter, request.sort).sql();
    return sql.substr(sql.find(" where true"));
}

std::string refusal(const Pairs& pairs) {
    try {
        read_csw_kvp(pairs);
    } catch (const gis::wfs::ServiceError& error) {
        return error.code() + " " + error.locator();
    } catch (const gis::InvalidRequest& error) {
        return "InvalidParameterValue " + error.field();
    }
    return "";
}

TEST(Csw, KeyValuePairsOfGetRecords) {
    const GetRecords plain = records_of({});
    EXPECT_EQ(plain.result_type, GetRecords::ResultType::Hits) << "07-006r1, table 29";
    EXPECT_EQ(plain.elements, ElementSet::Summary);
    EXPECT_EQ(plain.start, 1);
    EXPECT_EQ(plain.count, 10);
    EXPECT_EQ(plain.filter, nullptr);
    const GetRecords all = records_of({{"resultType", "results"},
                                       {"ELEMENTSETNAME", "full"},
                                       {"outputSchema", "http://www.isotc211.org/2005/gmd"},
                                       {"startPosition", "11"},
                                       {"maxRecords", "100000"},
                                       {"sortBy", "dc:title:D,apiso:Modified:A"}});
    EXPECT_EQ(all.result_type, GetRecords::ResultType::Results);
    EXPECT_EQ(all.elements, ElementSet::Full);
    EXPECT_EQ(all.schema, Schema::Gmd);
    EXPECT_EQ(all.start, 11);
    EXPECT_EQ(all.count, 1000) << "bounded";
    ASSERT_EQ(all.sort.size(), 2U);
    EXPECT_EQ(all.sort[0].field->name, "title");
    EXPECT_TRUE(all.sort[0].descending);
    EXPECT_EQ(all.sort[1].field->name, "modified");
}

TEST(Csw, CqlAndFilterMeanTheSame) {
    const auto cql = [](const std::string& text) {
        return sql_of(records_of({{"constraintLanguage", "CQL_TEXT"}, {"constraint", text}}));
    };
    const auto fes = [](const std::string& text) {
        return sql_of(records_of(
            {{"constraintLanguage", "FILTER"},
             {"constraint",
              "<ogc:Filter xmlns:ogc=\"http://www.opengis.net/ogc\" xmlns:gml=\"http://www.opengis.net/gml\">" + text +
                  "</ogc:Filter>"}}));
    };
    EXPECT_EQ(
        cql("dc:type = 'dataset'"),
        fes("<ogc:PropertyIsEqualTo><ogc:PropertyName>dc:type</ogc:PropertyName><ogc:Literal>dataset</ogc:Literal>"
            "</ogc:PropertyIsEqualTo>"));
    EXPECT_EQ(cql("csw:AnyText LIKE '%parcel%'"),
              fes("<ogc:PropertyIsLike wildCard=\"*\" singleChar=\"_\" escapeChar=\"\\\"><ogc:PropertyName>csw:AnyText"
                  "</ogc:PropertyName><ogc:Literal>*parcel*</ogc:Literal></ogc:PropertyIsLike>"));
    EXPECT_EQ(cql("AnyText LIKE '%a%' AND \"dct:modified\" >= '2026-01-01'"),
              cql("anytext LIKE '%a%' AND apiso:Modified >= '2026-01-01'"));
    EXPECT_EQ(cql("BBOX(ows:BoundingBox, 2, 50, 3, 51)"), cql("bbox ( boundingbox , 2,50,3,51,'EPSG:4326')"));
    const auto box = [&](const std::string& corners) {
        const GetRecords asked =
            records_of({{"constraintLanguage", "CQL_TEXT"}, {"constraint", "BBOX(ows:BoundingBox," + corners + ")"}});
        const gis::SqlStatement statement = search_sql({Record{}}, asked.filter, asked.sort);
        return std::pair(statement.sql(), statement.parameters());
    };
    const auto longitude_first = box("2,50,3,51");
    EXPECT_EQ(box("2,50,3,51,'urn:ogc:def:crs:OGC:1.3:CRS84'"), longitude_first);
    EXPECT_EQ(box("2,50,3,51,'EPSG:4326'"), longitude_first);
    EXPECT_EQ(box("50,2,51,3,'urn:ogc:def:crs:EPSG::4326'"), longitude_first);
    EXPECT_EQ(box("50,2,51,3,'http://www.opengis.net/def/crs/EPSG/0/4326'"), longitude_first);
    EXPECT_NE(box("50,2,51,3,'EPSG:4326'"), longitude_first);
    EXPECT_NE(cql("BBOX(ows:BoundingBox, 2, 50, 3, 51)").find("st_intersects"), std::string::npos);
    EXPECT_EQ(cql("Title = 'dc:title BBOX(a'' b'"), cql("title = 'dc:title BBOX(a'' b'")) << "texts stay";
}

TEST(Csw, Xml) {
    const auto request = read_csw_xml(
        R"(<csw:GetRecords xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" xmlns:ogc="http://www.opengis.net/ogc" service="CSW" version="2.0.2"
        resultType="results" startPosition="2" maxRecords="5" outputSchema="http://www.isotc211.org/2005/gmd">
        <csw:Query typeNames="gmd:MD_Metadata csw:Record"><csw:ElementSetName typeNames="csw:Record">brief</csw:ElementSetName>
        <csw:Constraint version="1.1.0"><ogc:Filter><ogc:PropertyIsEqualTo><ogc:PropertyName>apiso:Type</ogc:PropertyName>
        <ogc:Literal>service</ogc:Literal></ogc:PropertyIsEqualTo></ogc:Filter></csw:Constraint>
        <ogc:SortBy><ogc:SortProperty><ogc:PropertyName>apiso:Title</ogc:PropertyName><ogc:SortOrder>DESC</ogc:SortOrder></ogc:SortProperty></ogc:SortBy>
        </csw:Query></csw:GetRecords>)");
    const auto& asked = std::get<GetRecords>(request);
    EXPECT_EQ(asked.elements, ElementSet::Brief);
    EXPECT_EQ(asked.schema, Schema::Gmd);
    EXPECT_EQ(asked.start, 2);
    EXPECT_EQ(asked.count, 5);
    EXPECT_NE(sql_of(asked).find("\"type\""), std::string::npos);
    EXPECT_TRUE(asked.sort.at(0).descending);
    const auto by_id = read_csw_xml(
        R"(<GetRecordById xmlns="http://www.opengis.net/cat/csw/2.0.2" service="CSW" version="2.0.2"><Id>a</Id><Id>b</Id>
        <ElementSetName>full</ElementSetName></GetRecordById>)");
    EXPECT_EQ(std::get<GetRecordById>(by_id).ids, (std::vector<std::string>{"a", "b"}));
    const auto by_ids = [](int count, const char* pattern) {
        std::string body =
            R"(<GetRecordById xmlns="http://www.opengis.net/cat/csw/2.0.2" service="CSW" version="2.0.2">)";
        for (int i = 0; i < count; ++i) body += "<Id>" + fmt::format(fmt::runtime(pattern), i) + "</Id>";
        return body + "</GetRecordById>";
    };
    EXPECT_EQ(std::get<GetRecordById>(read_csw_xml(by_ids(1000, "a"))).ids, std::vector<std::string>{"a"});
    EXPECT_EQ(std::get<GetRecordById>(read_csw_xml(by_ids(100, "a{}"))).ids.size(), 100U);
    try {
        read_csw_xml(by_ids(101, "a{}"));
        ADD_FAILURE() << "101 different ones";
    } catch (const gis::wfs::ServiceError& error) {
        EXPECT_EQ(error.code() + " " + error.locator(), "InvalidParameterValue Id");
    }
    EXPECT_THROW(read_csw_xml("<a"), gis::wfs::ServiceError);
    EXPECT_THROW(read_csw_xml("<!DOCTYPE a []><a/>"), gis::wfs::ServiceError);
}

TEST(Csw, WhatIsWrongIsNamed) {
    EXPECT_EQ(refusal({{"request", "GetRecords"}}), "MissingParameterValue service");
    EXPECT_EQ(refusal({{"service", "WFS"}, {"request", "GetRecords"}}), "InvalidParameterValue service");
    EXPECT_EQ(refusal({{"service", "CSW"}}), "MissingParameterValue request");
    EXPECT_EQ(refusal({{"service", "CSW"}, {"request", "Lune"}}), "InvalidParameterValue request");
    EXPECT_EQ(refusal({{"service", "CSW"}, {"request", "Harvest"}}), "OperationNotSupported Harvest");
    EXPECT_EQ(refusal({{"service", "CSW"}, {"request", "GetRecords"}}), "MissingParameterValue version");
    EXPECT_EQ(refusal({{"service", "CSW"}, {"request", "GetRecords"}, {"version", "3.0.0"}}),
              "InvalidParameterValue version");
    EXPECT_EQ(refusal({{"service", "CSW"}, {"request", "GetRecords"}, {"version", "2.0.2"}}),
              "MissingParameterValue typeNames");
    EXPECT_EQ(refusal({{"service", "CSW"}, {"request", "GetRecordById"}, {"version", "2.0.2"}}),
              "MissingParameterValue id");
    EXPECT_EQ(refusal({{"service", "CSW"}, {"request", "GetCapabilities"}, {"acceptversions", "3.0.0"}}),
              "VersionNegotiationFailed AcceptVersions");
    const std::vector<std::pair<std::pair<std::string, std::string>, std::string>> wrong{
        {{"outputSchema", "urn:x"}, "outputSchema"},
        {{"elementSetName", "tout"}, "ElementSetName"},
        {{"resultType", "tout"}, "resultType"},
        {{"startPosition", "0"}, "startPosition"},
        {{"maxRecords", "-1"}, "maxRecords"},
        {{"maxRecords", "dix"}, "maxRecords"},
        {{"outputFormat", "text/html"}, "outputFormat"},
        {{"constraint", "lune = 'a'"}, "constraint"},
        {{"constraint", "title ="}, "constraint"},
        {{"constraint", "title = 'a"}, "constraint"},
        {{"constraint", "BBOX(ows:BoundingBox,2,50,3,51,'EPSG:2154')"}, "constraint"},
        {{"constraint", "BBOX(ows:BoundingBox,2,50,3,'EPSG:4326')"}, "constraint"},
        {{"constraint", "<ogc:Filter/>"}, "constraint"},
        {{"sortBy", "lune:A"}, "sortBy"},
        {{"sortBy", "title:X"}, "sortBy"}};
    for (const auto& [pair, parameter] : wrong)
        EXPECT_EQ(refusal(query({pair})), "InvalidParameterValue " + parameter) << pair.first << '=' << pair.second;
    EXPECT_EQ(refusal(query({{"constraintLanguage", "SQL"}, {"constraint", "1=1"}})),
              "InvalidParameterValue constraintLanguage");
    EXPECT_EQ(refusal(query({{"typeNames", "gml:Point"}})).substr(0, 10), "InvalidPar");
}

TEST(Csw, RecordsAreDescribed) {
    const Pairs asked{{"service", "CSW"}, {"request", "DescribeRecord"}, {"version", "2.0.2"}};
    using gis::records::DescribeRecord;
    EXPECT_EQ(std::get<DescribeRecord>(read_csw_kvp(asked)).schemas, (std::vector{Schema::Csw, Schema::Gmd}));
    Pairs one = asked;
    one.emplace_back("typeName", "gmd:MD_Metadata");
    EXPECT_EQ(std::get<DescribeRecord>(read_csw_kvp(one)).schemas, std::vector{Schema::Gmd});
    const auto posted = read_csw_xml(
        R"(<csw:DescribeRecord xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" service="CSW" version="2.0.2">
        <csw:TypeName>csw:Record</csw:TypeName></csw:DescribeRecord>)");
    EXPECT_EQ(std::get<DescribeRecord>(posted).schemas, std::vector{Schema::Csw});
    const std::string answer = csw_description({{Schema::Csw, Schema::Gmd}});
    EXPECT_NE(answer.find("schemaLocation=\"http://schemas.opengis.net/csw/2.0.2/record.xsd\""), std::string::npos);
    EXPECT_NE(answer.find("targetNamespace=\"http://www.isotc211.org/2005/gmd\""), std::string::npos);
    if (const auto verdict = test::validity("iso", answer)) {
        EXPECT_EQ(*verdict, "") << answer;
    }
    EXPECT_EQ(
        refusal({{"service", "CSW"}, {"request", "DescribeRecord"}, {"version", "2.0.2"}, {"typeName", "gml:Point"}}),
        "InvalidParameterValue typeName");
}

TEST(Csw, DomainsSayWhatValuesThereAre) {
    using gis::records::csw_domain;
    using gis::records::GetDomain;
    const Pairs asked{{"service", "CSW"},
                      {"request", "GetDomain"},
                      {"version", "2.0.2"},
                      {"parameterName", "GetRecords.resultType,GetRecords.lune"},
                      {"propertyName", "dc:type,dct:modified,dc:subject,csw:AnyText,lune"}};
    Record one;
    one.type = "service";
    one.modified = "2026-01-31";
    one.subjects = {"B & B", "A"};
    Record other;
    other.type = "dataset";
    other.modified = "2024-02-29";
    other.subjects = {"A"};
    const std::string answer = csw_domain(std::get<GetDomain>(read_csw_kvp(asked)), {one, other, one});
    const auto has = [&](const std::string& text) { EXPECT_NE(answer.find(text), std::string::npos) << text; };
    const auto listed = [](const std::string& values) { return "<csw:ListOfValues>" + values + "</csw:ListOfValues>"; };
    has("<csw:ParameterName>GetRecords.resultType</csw:ParameterName>" +
        listed("<csw:Value>hits</csw:Value><csw:Value>results</csw:Value>"));
    has("<csw:ParameterName>GetRecords.lune</csw:ParameterName></csw:DomainValues>");
    has("<csw:PropertyName>dc:type</csw:PropertyName>" +
        listed("<csw:Value>dataset</csw:Value><csw:Value>service</csw:Value>"));
    has("<csw:PropertyName>dct:modified</csw:PropertyName><csw:RangeOfValues><csw:MinValue>2024-02-29</csw:MinValue>"
        "<csw:MaxValue>2026-01-31</csw:MaxValue></csw:RangeOfValues>");
    has("<csw:PropertyName>dc:subject</csw:PropertyName>" +
        listed("<csw:Value>A</csw:Value><csw:Value>B &amp; B</csw:Value>"));
    has("<csw:PropertyName>csw:AnyText</csw:PropertyName></csw:DomainValues>");
    has("<csw:PropertyName>lune</csw:PropertyName></csw:DomainValues>");
    const auto posted = read_csw_xml(
        R"(<csw:GetDomain xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" service="CSW" version="2.0.2">
        <csw:PropertyName>dc:type</csw:PropertyName></csw:GetDomain>)");
    EXPECT_EQ(std::get<GetDomain>(posted).properties, std::vector<std::string>{"dc:type"});
    EXPECT_EQ(refusal({{"service", "CSW"}, {"request", "GetDomain"}, {"version", "2.0.2"}}),
              "MissingParameterValue propertyName");
    std::string many = "a";
    for (int i = 0; i < 100; ++i) many += ",a";
    EXPECT_EQ(refusal({{"service", "CSW"}, {"request", "GetDomain"}, {"version", "2.0.2"}, {"propertyName", many}}),
              "InvalidParameterValue propertyName");
    if (const auto verdict = test::validity("iso", answer)) {
        EXPECT_EQ(*verdict, "") << answer;
    } else {
        GTEST_SKIP() << "the schemas or xmllint are not here";
    }
}

TEST(Csw, AnswersAreValid) {
    Record record;
    record.id = "FR.A&B";
    record.type = "dataset";
    record.title = "Parcelles <cadastrales>";
    record.abstract = "Résumé";
    record.subjects = {"Parcelles cadastrales", "farming"};
    record.modified = "2026-01-31";
    record.rights = {"Licence Ouverte 2.0"};
    record.links = {
        {"http://a.example/?x=1&y=2", "enclosure", "WWW:DOWNLOAD-1.0-http--download", "application/gml+xml", "tout"}};
    record.extent = {2.5, 50.25, 3, 51};
    const auto is_valid = [](const std::string& document) {
        const auto verdict = test::validity("iso", document);
        if (verdict) {
            EXPECT_EQ(*verdict, "") << document;
        }
    };
    for (const ElementSet elements : {ElementSet::Brief, ElementSet::Summary, ElementSet::Full}) {
        GetRecords asked;
        asked.elements = elements;
        const std::string page = csw_records(asked, {&record}, 3, "2026-01-31T12:00:00Z");
        is_valid(page);
        EXPECT_NE(page.find("nextRecord=\"2\""), std::string::npos);
        EXPECT_NE(page.find("<ows:LowerCorner>2.50000 50.25000</ows:LowerCorner>"), std::string::npos)
            << "longitude first";
        EXPECT_NE(csw_records(asked, {&record}, 1, "2026-01-31T12:00:00Z").find("nextRecord=\"0\""), std::string::npos);
        is_valid(csw_record_by_id({{"FR.A&B"}, elements, Schema::Csw}, {&record}));
    }
    is_valid(csw_record_by_id({{"x"}, ElementSet::Full, Schema::Csw}, {}));
    is_valid(csw_capabilities({"http://a.example/csw?x&y", "Titre", "Résumé", "Agglo", "sig@a.example", ""}));
    is_valid(csw_capabilities({"http://a.example/csw", "Titre", "", "Agglo", "", ""}));
    if (!test::validity("iso", "<a/>")) GTEST_SKIP() << "the schemas or xmllint are not here";
}

}  // namespace
