// INSPIRE data sets by WFS: what is offered of them to whom, the documents; held against the official schemas where
// those are there.

#include <fmt/format.h>

#include "server/api/count_cache.hpp"
#include "server/db/catalog_store.hpp"
#include "tests/api/inspire_fixture.hpp"

namespace {

using test::count;
using test::holds;
using test::Inspire;
using test::root_attribute;
using test::verdict;

TEST_F(Inspire, CapabilitiesNameTheDataSetsThatTheCallerMayExport) {
    make_person("lectrice", "read");
    make_person("exportatrice", "read,export");
    const auto asked_by = [&](const std::string& headers) { return wfs("request=GetCapabilities", headers); };
    const RawAnswer everybody = asked_by("");
    EXPECT_EQ(verdict("wfs", everybody), "");
    EXPECT_TRUE(holds(everybody,
                      "<inspire_common:Code>cp-4.0</inspire_common:Code>"
                      "<inspire_common:Namespace>FR.CARREAU.CP</inspire_common:Namespace>"));
    EXPECT_TRUE(holds(everybody, "http://inspire.ec.europa.eu/schemas/inspire_dls/1.0/inspire_dls.xsd"));
    EXPECT_TRUE(holds(everybody, "/metadata/service</inspire_common:URL>"));
    EXPECT_FALSE(holds(everybody, "plu-4.0"));
    EXPECT_FALSE(holds(asked_by(token_of("lectrice")), "plu-4.0")) << "she may see it, not take it away";
    EXPECT_TRUE(holds(asked_by(token_of("exportatrice")), "<inspire_common:Code>plu-4.0</inspire_common:Code>"));
    EXPECT_EQ(wfs("request=GetCapabilities&language=zzz").status, 200)
        << "an unknown language is answered in the default";
    EXPECT_EQ(wfs("request=GetCapabilities&language=").status, 200);
}

TEST_F(Inspire, StoredQueriesAreDescribed) {
    const RawAnswer list = wfs("version=2.0.0&request=ListStoredQueries");
    EXPECT_EQ(verdict("wfs", list), "");
    EXPECT_TRUE(holds(list, "id=\"http://inspire.ec.europa.eu/operation/download/GetSpatialDataSet\""));
    EXPECT_TRUE(holds(list, ">cp:CadastralParcel</wfs:ReturnFeatureType>"));
    const RawAnswer described = wfs("version=2.0.0&request=DescribeStoredQueries&storedquery_id=GetSpatialDataSet");
    EXPECT_EQ(verdict("wfs", described), "");
    for (const char* parameter : {"CRS", "DataSetIdCode", "DataSetIdNamespace", "Language"})
        EXPECT_TRUE(holds(described, fmt::format("<wfs:Parameter name=\"{}\"", parameter))) << parameter;
    EXPECT_EQ(count(described.body, "<wfs:StoredQueryDescription "), 1U) << "the one that was asked for";
    const std::string query = "version=2.0.0&request=DescribeStoredQueries";
    EXPECT_EQ(count(wfs(query).body, "<wfs:StoredQueryDescription "), 2U);
    const RawAnswer by_id = wfs(query + "&storedquery_id=urn:ogc:def:query:OGC-WFS::GetFeatureById");
    EXPECT_EQ(count(by_id.body, "<wfs:StoredQueryDescription "), 1U);
    EXPECT_TRUE(holds(by_id, "<wfs:StoredQueryDescription id=\"urn:ogc:def:query:OGC-WFS::GetFeatureById\">"));
    EXPECT_EQ(report_of(wfs(query + "&storedquery_id=GetSpatialDataSet,lune")),
              "400 InvalidParameterValue storedquery_id");
    const std::string twice = query + "&storedquery_id=GetSpatialDataSet,GetSpatialDataSet";
    EXPECT_EQ(count(wfs(twice).body, "<wfs:StoredQueryDescription "), 1U);
    const RawAnswer posted =
        post(R"(<wfs:DescribeStoredQueries xmlns:wfs="http://www.opengis.net/wfs/2.0" service="WFS" version="2.0.0">
        <wfs:StoredQueryId>http://inspire.ec.europa.eu/operation/download/GetSpatialDataSet</wfs:StoredQueryId>
        </wfs:DescribeStoredQueries>)");
    EXPECT_EQ(count(posted.body, "<wfs:StoredQueryDescription "), 1U);
    EXPECT_TRUE(holds(posted, "DataSetIdCode"));
}

TEST_F(Inspire, ADataSetIsWholeInEveryCrs) {
    for (const int epsg : {4258, 3035, 3034, 3042, 3043, 3044}) {
        const RawAnswer answer = data_set("cp-4.0", epsg, "&DataSetIdNamespace=FR.CARREAU.CP&Language=fre");
        EXPECT_EQ(verdict("inspire", answer), "") << epsg;
        EXPECT_EQ(root_attribute(answer.body, "numberMatched"), "2003");
        EXPECT_EQ(root_attribute(answer.body, "numberReturned"), "2003");
        EXPECT_EQ(count(answer.body, "<wfs:member>"), 2003U);
        EXPECT_EQ(count(answer.body, "<cp:zoning xlink:href=\"#CP.CadastralZoning."), 2000U);
        EXPECT_EQ(count(answer.body, fmt::format("\"http://www.opengis.net/def/crs/EPSG/0/{}\"", epsg)), 2003U);
        EXPECT_EQ(count(answer.body, "<cp:areaValue uom=\"m2\" xsi:nil=\"true\""), 200U);
    }
    EXPECT_EQ(root_attribute(data_set("cp", 4258).body, "numberMatched"), "2003") << "the newest version";
    EXPECT_EQ(data_set("cp", 4258, "&Language=zzz").status, 200);
}

TEST_F(Inspire, OddRowsAreLeftOutAndDoNotStopTheDataSet) {
    // What a table of polygons can hold besides areas. One of them is an area, with a member that is none.
    // Imports come without the row triggers as well, whose history cannot hold what is no number.
    connection().run_script(R"(set session_replication_role = replica;
insert into cadastre.section (id, commune, prefixe, code, geom) select '62119000Z' || n, '62119', '000', '', g from (values
    (1, 'SRID=2154;MULTIPOLYGON(EMPTY, ((680000 7040000, 680010 7040000, 680010 7040010, 680000 7040000)))'::geometry),
    (2, 'SRID=2154;MULTIPOLYGON EMPTY'), (3, 'SRID=2154;MULTIPOLYGON(EMPTY, EMPTY)'),
    (4, 'SRID=2154;MULTIPOLYGON(((680000 7040000, NaN 7040000, 680010 7040010, 680000 7040000)))')) odd (n, g);)");
    for (const int epsg : {4258, 3035}) {
        const RawAnswer answer = data_set("cp-4.0", epsg);
        EXPECT_EQ(verdict("inspire", answer), "") << epsg;
        EXPECT_EQ(root_attribute(answer.body, "numberReturned"), "2004") << epsg;
        EXPECT_EQ(count(answer.body, "<wfs:member>"), 2004U) << epsg;
        EXPECT_TRUE(holds(answer, "CP.CadastralZoning.62119000Z1\"")) << epsg;
    }
    connection().run_script(
        "delete from cadastre.section where id like '62119000Z_'; set session_replication_role = default");
}

TEST_F(Inspire, CountsFollowEditsWithoutCountingAnew) {
    const auto objects = [&] {
        return root_attribute(data_set("cp-4.0", 4258, "&resulttype=hits").body, "numberMatched");
    };
    const auto change = [&](const std::string& statement) { connection().run_script(statement); };
    const auto add = [&](const std::string& id, const std::string& shape) {
        change(
            fmt::format("insert into cadastre.section (id, commune, prefixe, code, geom) values ('{}', '62119', '000', "
                        "'Q', {})",
                        id, shape));
    };
    const std::string area = "st_multi(st_makeenvelope(680000, 7040000, 681000, 7041000, 2154))";
    const std::string nothing = "'SRID=2154;MULTIPOLYGON EMPTY'";
    ASSERT_EQ(objects(), "2003");
    const std::uint64_t counted = counts().counters().misses;
    add("62119000Q1", area);
    EXPECT_EQ(objects(), "2004");
    add("62119000Q2", nothing);
    EXPECT_EQ(objects(), "2004") << "a row without area is no object";
    change("update cadastre.section set geom = " + area + " where id = '62119000Q2'");
    EXPECT_EQ(objects(), "2005");
    change("update cadastre.section set geom = " + nothing + " where id in ('62119000Q1', '62119000Q2')");
    EXPECT_EQ(objects(), "2003");
    change("update cadastre.section set id = '62119000Q3' where id = '62119000Q2'");
    EXPECT_EQ(objects(), "2003");
    change("update cadastre.section set geom = " + area + ", id = '62119000Q2' where id = '62119000Q3'");
    EXPECT_EQ(objects(), "2004");
    change("begin; delete from cadastre.section; rollback");
    EXPECT_EQ(objects(), "2004");
    change(
        "delete from cadastre.section where id = '62119000Q1'; delete from cadastre.section where id = '62119000Q2'");
    EXPECT_EQ(objects(), "2003");
    change(
        "create temp table one as select * from cadastre.parcelle order by id limit 1; delete from cadastre.parcelle "
        "where id = (select id from one)");
    EXPECT_EQ(objects(), "2002");
    EXPECT_EQ(counts().counters().misses, counted) << "counted by what changed";
    EXPECT_EQ(count(data_set("cp-4.0", 4258).body, "<wfs:member>"), 2002U);
    change(
        "insert into cadastre.parcelle (id, commune, prefixe, section, numero, contenance, updated, geom) select id, "
        "commune, prefixe, section, numero, contenance, updated, geom from one");
    EXPECT_EQ(objects(), "2003");

    change(
        "insert into cadastre.section (id, commune, prefixe, code, geom) select '99' || lpad(n::text, 6, '0') || 'QQ', "
        "'62119', '000', 'Q', " +
        area + " from generate_series(1, 5001) n");
    EXPECT_EQ(objects(), "7004");
    EXPECT_EQ(counts().counters().misses, counted + 1) << "so many changes take a count";
    change(
        "begin; create temp table kept as table cadastre.section; truncate cadastre.section; insert into "
        "cadastre.section select * from kept where id not like '99%'; commit");
    EXPECT_EQ(objects(), "2003");
    EXPECT_EQ(counts().counters().misses, counted + 2) << "so does a table emptied at once";

    change(
        "insert into cadastre.section (id, commune, prefixe, code, geom) select '99' || lpad(n::text, 6, '0') || 'QQ', "
        "'62119', '000', 'Q', " +
        nothing + " from generate_series(1, 1001) n");
    EXPECT_EQ(objects(), "2003");
    EXPECT_EQ(counts().counters().misses, counted + 3) << "too many that are no objects to follow each";
    EXPECT_EQ(objects(), "2003");
    EXPECT_EQ(counts().counters().misses, counted + 3) << "and nothing changed since";
    change("delete from cadastre.section where id = '99000001QQ'");
    EXPECT_EQ(objects(), "2003");
    EXPECT_EQ(counts().counters().misses, counted + 4);
    change("delete from cadastre.section where id like '99%'");
    EXPECT_EQ(objects(), "2003");
}

TEST_F(Inspire, WhoLooksFromBeforeCountsWhatHeSees) {
    const gis::Catalog catalog = db::load_catalog(dsn());
    const gis::Layer& section = *catalog.find("section");
    gis::Scope scope;
    for (const gis::Right right : {gis::Right::Read, gis::Right::Export})
        scope.add(section.id).grant(right).everything = true;
    scope.revision = std::stoll(scalar("select n from access.revision"));
    api::CountCache cache;
    const auto objects = [&](db::Connection& reader) {
        return cache.count_where(reader, section, gis::SqlStatement("st_area(geom) > 0"), scope);
    };
    const auto all = [&](db::Connection& reader) {
        gis::FeatureQuery query;
        query.layer = &section;
        return cache.count(reader, query, scope);
    };
    const std::int64_t before = objects(connection());
    ASSERT_EQ(all(connection()), before);
    db::Connection reader(dsn());
    reader.run_script("begin isolation level repeatable read");
    ASSERT_EQ(objects(reader), before);
    run("insert into cadastre.section (id, commune, prefixe, code, geom) values ('62119000R1', '62119', '000', 'R', "
        "st_multi(st_makeenvelope(680000, 7040000, 681000, 7041000, 2154)))");
    EXPECT_EQ(objects(connection()), before + 1);
    EXPECT_EQ(all(connection()), before + 1);
    EXPECT_EQ(objects(reader), before) << "the row is not there for who began before";
    EXPECT_EQ(all(reader), before);
    reader.run_script("commit");
    EXPECT_EQ(objects(reader), before + 1);
    EXPECT_EQ(all(reader), before + 1);
    run("delete from cadastre.section where id = '62119000R1'");
}

TEST_F(Inspire, HitsAndXml) {
    const RawAnswer hits = data_set("cp", 4258, "&resulttype=hits");
    EXPECT_EQ(verdict("wfs", hits), "");
    EXPECT_EQ(root_attribute(hits.body, "numberMatched"), "2003");
    EXPECT_EQ(root_attribute(hits.body, "numberReturned"), "0");
    EXPECT_EQ(count(hits.body, "<wfs:member>"), 0U);
    const RawAnswer posted =
        post(R"(<wfs:GetFeature xmlns:wfs="http://www.opengis.net/wfs/2.0" service="WFS" version="2.0.0">
        <wfs:StoredQuery id="http://inspire.ec.europa.eu/operation/download/GetSpatialDataSet">
        <wfs:Parameter name="CRS">http://www.opengis.net/def/crs/EPSG/0/3035</wfs:Parameter>
        <wfs:Parameter name="DataSetIdCode">cp-4.0</wfs:Parameter><wfs:Parameter name="DataSetIdNamespace">FR.CARREAU.CP</wfs:Parameter>
        <wfs:Parameter name="Language">fre</wfs:Parameter></wfs:StoredQuery></wfs:GetFeature>)");
    EXPECT_EQ(posted.status, 200);
    EXPECT_EQ(count(posted.body, "<wfs:member>"), 2003U);
    EXPECT_TRUE(holds(posted, "EPSG/0/3035"));
}

TEST_F(Inspire, StoredQueriesAreOfVersion2) {
    const RawAnswer old = post(R"(<wfs:GetFeature xmlns:wfs="http://www.opengis.net/wfs" service="WFS" version="1.1.0">
        <wfs:StoredQuery id="http://inspire.ec.europa.eu/operation/download/GetSpatialDataSet">
        <wfs:Parameter name="CRS">http://www.opengis.net/def/crs/EPSG/0/3035</wfs:Parameter>
        <wfs:Parameter name="DataSetIdCode">cp-4.0</wfs:Parameter></wfs:StoredQuery></wfs:GetFeature>)");
    EXPECT_EQ(old.status, 400) << old.body.substr(0, 500);
    EXPECT_FALSE(holds(old, "wfs:member"));
}

TEST_F(Inspire, UnknownValuesAreTheStandardsExceptions) {
    EXPECT_EQ(report_of(data_set("cp", 2154)), "400 InvalidParameterValue CRS") << "Lambert-93 is none of INSPIRE's";
    EXPECT_EQ(report_of(data_set("cp", 4326)), "400 InvalidParameterValue CRS");
    EXPECT_EQ(report_of(data_set("lune", 4258)), "400 InvalidParameterValue DataSetIdCode");
    EXPECT_EQ(report_of(data_set("plu-4.0", 4258)), "400 InvalidParameterValue DataSetIdCode") << "not hers";
    EXPECT_EQ(report_of(data_set("cp-9.0", 4258)), "400 InvalidParameterValue DataSetIdCode");
    EXPECT_EQ(report_of(data_set("cp", 4258, "&DataSetIdNamespace=FR.AUTRE")),
              "400 InvalidParameterValue DataSetIdNamespace");
    const std::string query = "version=2.0.0&request=GetFeature&storedquery_id=GetSpatialDataSet";
    EXPECT_EQ(report_of(wfs(query + "&DataSetIdCode=cp")), "400 MissingParameterValue CRS");
    EXPECT_EQ(report_of(wfs(query + "&CRS=http://www.opengis.net/def/crs/EPSG/0/4258")),
              "400 MissingParameterValue DataSetIdCode");
}

TEST_F(Inspire, PlansAreMadeOfTheirZones) {
    make_person("exportatrice", "read,export");
    const RawAnswer answer = data_set("plu-4.0", 4258, "", token_of("exportatrice"));
    EXPECT_EQ(verdict("inspire", answer), "");
    EXPECT_EQ(count(answer.body, "<plu:OfficialDocumentation "), 1U);
    EXPECT_EQ(count(answer.body, "<plu:SpatialPlan "), 1U);
    EXPECT_EQ(count(answer.body, "<plu:ZoningElement "), 3U);
    EXPECT_EQ(count(answer.body, "<plu:SupplementaryRegulation "), 1U) << "one names a plan that is not there";
    EXPECT_EQ(root_attribute(answer.body, "numberMatched"), "6");
    EXPECT_TRUE(holds(answer, "HILUCSValue/1_1_Agriculture"));
    EXPECT_TRUE(holds(answer, "HILUCSValue/6_6_NotKnownUse")) << "for a code that is none";
    EXPECT_TRUE(holds(answer, "<plu:plan xlink:href=\"#PLU.SpatialPlan.62119_PLU_20140310\"/>"));
}

TEST_F(Inspire, LifespansBeginWithTheLastChange) {
    make_person("exportatrice", "read,export");
    const auto object_of = [&](const std::string& code, const std::string& id) {
        const std::string text = data_set(code, 4258, "", token_of("exportatrice")).body;
        const auto begin = text.find("gml:id=\"" + id + "\"");
        return begin == std::string::npos ? text.substr(0, 500)
                                          : text.substr(begin, text.find("</wfs:member>", begin) - begin);
    };
    const auto version = [](const std::string& object) {
        const auto begin = object.find("versionId>");
        return begin == std::string::npos ? "" : object.substr(begin + 10, object.find('<', begin) - begin - 10);
    };
    const auto last_change = [&](const std::string& id) {
        const std::vector<db::Parameter> values{id};
        return connection()
            .query(
                "select to_char(date_trunc('milliseconds', max(at)) at time zone 'UTC', "
                "'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') from catalogue.history where feature_id = $1",
                values)
            .text(0, 0);
    };
    const std::string parcel = "CP.CadastralParcel.62119000AC0002";
    EXPECT_EQ(version(object_of("cp-4.0", parcel)), "2024-02-29") << "as its source says";
    connection().run_script("update cadastre.parcelle set contenance = 77 where id = '62119000AC0002'");
    const std::string changed = object_of("cp-4.0", parcel);
    const std::string moment = last_change("62119000AC0002");
    EXPECT_EQ(version(changed), moment);
    EXPECT_TRUE(changed.find("<cp:beginLifespanVersion>" + moment + "</cp:beginLifespanVersion>") != std::string::npos)
        << changed;
    EXPECT_EQ(version(object_of("cp-4.0", "CP.CadastralParcel.62119000AB0004")), "2024-02-29") << "it did not change";
    EXPECT_EQ(verdict("inspire", data_set("cp-4.0", 3035)), "");

    connection().run_script("update urba.zone_urba set libelle = 'UB' where id = 'z1'");
    const std::string plan = object_of("plu-4.0", "PLU.SpatialPlan.62119_PLU_20140310");
    EXPECT_EQ(version(plan), last_change("z1")) << "a plan changes with its zones";
    const std::string of_plan = "PLU.SpatialPlan.62119_PLU_20140310";
    connection().run_script("delete from urba.zone_urba where id = 'z3'");
    EXPECT_EQ(version(object_of("plu-4.0", of_plan)), last_change("z3")) << "with one that went";
    connection().run_script("update urba.zone_urba set idurba = '62119_PLU_20200101' where id = 'z2'");
    const std::string moved = last_change("z2");
    EXPECT_EQ(version(object_of("plu-4.0", of_plan)), moved) << "with one that left";
    EXPECT_EQ(version(object_of("plu-4.0", "PLU.SpatialPlan.62119_PLU_20200101")), moved);
    connection().run_script(
        "update urba.zone_urba set idurba = '62119_PLU_20140310' where id = 'z2'; insert into "
        "urba.zone_urba (id, idurba, perimetre, libelle, typezone, datvalid, geom) select 'z3', idurba, "
        "perimetre, libelle, 'XX', datvalid, geom from urba.zone_urba where id = 'z1'");
    connection().run_script("update urba.zone_urba set libelle = 'UA' where id = 'z1'");

    // What an import replaces begins with the import: the record of the layer begins anew.
    connection().run_script(
        "insert into catalogue.change (layer_id, op) select layer_id, 'V' from catalogue.layer where name = "
        "'parcelle'; "
        "update cadastre.parcelle set contenance = 100 where id = '62119000AC0005'");
    EXPECT_EQ(version(object_of("cp-4.0", parcel)), "2024-02-29");
    EXPECT_EQ(version(object_of("cp-4.0", "CP.CadastralParcel.62119000AC0005")), last_change("62119000AC0005"));
}

TEST_F(Inspire, WhatIsLookedUpMustBeForExportToo) {
    make_exporter_of("risques", "ppr_zone_alea ppr_zone_reglementaire ppr_perimetre");
    make_exporter_of("sans.perimetre", "ppr_zone_alea ppr_zone_reglementaire");
    make_exporter_of("sans.alea", "ppr_zone_reglementaire ppr_perimetre");
    const RawAnswer whole = data_set("nz-5.0", 4258, "", token_of("risques"));
    EXPECT_EQ(verdict("inspire", whole), "");
    EXPECT_EQ(count(whole.body, "<nz-core:HazardArea "), 1U);
    EXPECT_EQ(count(whole.body, "<nz-core:RiskZone "), 1U);
    EXPECT_TRUE(holds(whole, "Plan secret"));
    const auto journal = connection().query(
        "select string_agg(distinct layer, ' ' order by layer) from audit.entry where action = 'export' and "
        "login = 'risques'",
        {});
    EXPECT_EQ(journal.text(0, 0), "ppr_perimetre ppr_zone_alea ppr_zone_reglementaire")
        << "what was looked up went out as well";

    EXPECT_EQ(get("/collections/ppr_perimetre", token_of("sans.perimetre")).status, 200) << "she may read it";
    EXPECT_EQ(report_of(data_set("nz-5.0", 4258, "", token_of("sans.perimetre"))),
              "400 InvalidParameterValue DataSetIdCode")
        << "nothing is left whose conditions can be asked";
    EXPECT_FALSE(holds(wfs("request=GetCapabilities", token_of("sans.perimetre")), "nz-5.0"));
    EXPECT_EQ(get("/metadata/nz-5.0", token_of("sans.perimetre")).status, 404);
    EXPECT_EQ(report_of(data_set("nz-5.0", 4258, "", token_of("sans.alea"))), "400 InvalidParameterValue DataSetIdCode")
        << "natural or not: nobody may tell her";
}

TEST_F(Inspire, NoLookupIsCutShort) {
    make_exporter_of("risques", "ppr_zone_alea ppr_zone_reglementaire ppr_perimetre");
    connection().run_script(
        "set session_replication_role = replica; insert into risque.perimetre (idperimetre, codeprocedure, "
        "etatprocedure, geom) select 'x' || n, 'x' || n, 'APPROUVE', geom from risque.perimetre, "
        "generate_series(1, 100000) n where idperimetre = 'p'");
    EXPECT_EQ(data_set("nz-5.0", 4258, "", token_of("risques")).status, 500) << "not a document of some of them";
    connection().run_script(
        "delete from risque.perimetre where idperimetre like 'x%'; set session_replication_role = default");
    EXPECT_EQ(data_set("nz-5.0", 4258, "", token_of("risques")).status, 200);
}

}  // namespace
