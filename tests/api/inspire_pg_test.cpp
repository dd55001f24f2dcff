// INSPIRE data sets over the API: what the WFS offers of them to whom, the documents, the records; held against the
// official schemas where those are there.

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <pugixml.hpp>
#include <set>
#include <sstream>

#include "gis/read/archive.hpp"
#include "server/db/layer_declaration.hpp"
#include "tests/api/wfs_fixture.hpp"
#include "tests/support/xml_schema.hpp"

namespace {

using test::link_of;
using test::root_attribute;

constexpr auto rows = R"(
insert into cadastre.section (id, commune, prefixe, code, geom)
    select '62119000A' || chr(64 + n), '62119', '000', 'A' || chr(64 + n),
        st_multi(st_makeenvelope(680000 + n * 1000, 7040000, 681000 + n * 1000, 7041000, 2154)) from generate_series(1, 3) n;
insert into cadastre.parcelle (id, commune, prefixe, section, numero, contenance, updated, geom)
    select '62119000A' || chr(64 + n % 3 + 1) || lpad(n::text, 4, '0'), '62119', '000', 'A' || chr(64 + n % 3 + 1), n::text,
        case when n % 10 > 0 then 100 end, case when n % 2 = 0 then '2024-02-29'::date end,
        st_multi(st_makeenvelope(680000 + n * 10, 7040000, 680010 + n * 10, 7040010, 2154)) from generate_series(1, 2000) n;
insert into urba.zone_urba (id, idurba, perimetre, libelle, typezone, datvalid, geom)
    select 'z' || n, '62119_PLU_20140310', '62119', 'UA', (array['U', 'A', '??'])[n],
        '2014-03-10', st_multi(st_makeenvelope(680000 + n * 100, 7040000, 680100 + n * 100, 7040100, 2154)) from generate_series(1, 3) n;
insert into urba.prescription_pct (id, idurba, perimetre, libelle, typepsc, geom)
    values ('1', '62119_PLU_20140310', '62119', 'Chapelle', '07', 'SRID=2154;MULTIPOINT(680150 7040050)'),
           ('2', 'ailleurs', '62119', 'D''un plan sans zones', '07', 'SRID=2154;MULTIPOINT(680150 7040050)');
insert into risque.perimetre (idperimetre, codeprocedure, libelle, etatprocedure, geom)
    values ('p', 'PPRI', 'Plan secret', 'APPROUVE', st_multi(st_makeenvelope(680000, 7040000, 681000, 7041000, 2154)));
insert into risque.zone_alea (idzonealea, codeprocedure, typealea, geom)
    values ('a', 'PPRI', '112', st_multi(st_makeenvelope(680000, 7040000, 680100, 7040100, 2154)));
insert into risque.zone_reglementaire (idzonereglementaire, codeprocedure, geom)
    values ('r', 'PPRI', st_multi(st_makeenvelope(680000, 7040000, 680100, 7040100, 2154)));
)";

class Inspire : public test::WfsTest {
  protected:
    static void SetUpTestSuite() {
        // Of this process alone: a test takes files away.
        temporary_ = std::make_unique<gis::read::TempFolder>();
        setenv("TMPDIR", temporary_->path().c_str(), 1);
        WfsTest::SetUpTestSuite();
        db::Connection(dsn()).run_script(rows);
        for (const char* declaration :
             {R"({"table": "cadastre.section", "name": "section", "public": true, "licence": "Licence Ouverte 2.0"})",
              R"({"table": "cadastre.parcelle", "name": "parcelle", "public": true})",
              R"({"table": "urba.zone_urba", "name": "plu_zone"})",
              R"({"table": "urba.prescription_pct", "name": "plu_prescription_pct"})",
              R"({"table": "risque.perimetre", "name": "ppr_perimetre"})",
              R"({"table": "risque.zone_alea", "name": "ppr_zone_alea"})",
              R"({"table": "risque.zone_reglementaire", "name": "ppr_zone_reglementaire"})"})
            db::declare_layer(dsn(), declaration);
    }
    static void TearDownTestSuite() {
        WfsTest::TearDownTestSuite();
        unsetenv("TMPDIR");
        temporary_.reset();
    }
    void SetUp() override {
        WfsTest::SetUp();
        wait_for_layer("ppr_zone_reglementaire");
    }
    /// Who may read every layer, and export `layers` only. Made once.
    void make_exporter_of(const std::string& login, const std::string& layers) {
        make_person(login, "read");
        const std::vector<db::Parameter> values{"Convention de " + login, layers};
        connection().query(
            "insert into org.convention_right (convention_id, line, layer_id, communes, rights) "
            "select convention_id, 1 + l.layer_id, l.layer_id, 'all', '{read,export}' from org.convention c, "
            "catalogue.layer l where c.titre = $1 and l.name = any (string_to_array($2, ' ')) on conflict do nothing",
            values);
    }

    RawAnswer data_set(const std::string& code, int epsg, const std::string& more = "",
                       const std::string& headers = "") const {
        return wfs(fmt::format("version=2.0.0&request=GetFeature&storedquery_id=GetSpatialDataSet&"
                               "CRS=http://www.opengis.net/def/crs/EPSG/0/{}&DataSetIdCode={}{}",
                               epsg, code, more),
                   headers);
    }

    inline static std::unique_ptr<gis::read::TempFolder> temporary_;
};

/// Empty where the document is valid, or nobody can say.
std::string verdict(std::string_view kind, const RawAnswer& answer) {
    return answer.status == 200 ? test::validity(kind, answer.body).value_or("") : std::to_string(answer.status);
}

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
    return found;
}

bool holds(const RawAnswer& answer, std::string_view part) {
    return answer.body.find(part) != std::string::npos;
}

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

TEST_F(Inspire, RecordsAreThoseOfWhatTheCallerMayHave) {
    make_person("exportatrice", "read,export");
    const RawAnswer record = get("/metadata/cp-4.0");
    EXPECT_EQ(verdict("iso", record), "");
    EXPECT_TRUE(holds(record, "http://inspire.ec.europa.eu/theme/cp"));
    EXPECT_TRUE(holds(record, "<gmd:fileIdentifier><gco:CharacterString>FR.CARREAU.cp-4.0</gco:CharacterString>"));
    EXPECT_EQ(count(record.body, "Licence Ouverte 2.0"), 1U);
    EXPECT_TRUE(holds(record, "« section » : Licence Ouverte 2.0</gmx:Anchor>")) << "not that of the parcels";
    EXPECT_TRUE(holds(record, "« parcelle » : conditions d’accès et d’utilisation inconnues"));
    EXPECT_TRUE(holds(record, "LimitationsOnPublicAccess/noLimitations"));
    EXPECT_TRUE(holds(record, "storedquery_id=GetSpatialDataSet&amp;CRS="));
    const RawAnswer service = get("/metadata/service");
    EXPECT_EQ(verdict("iso", service), "");
    EXPECT_TRUE(holds(service, "uuidref=\"FR.CARREAU.cp-4.0\""));
    EXPECT_FALSE(holds(service, "plu-4.0"));
    EXPECT_EQ(get("/metadata/plu-4.0").status, 404);
    EXPECT_EQ(get("/metadata/lune").status, 404);
    const RawAnswer closed = get("/metadata/plu-4.0", token_of("exportatrice"));
    EXPECT_EQ(verdict("iso", closed), "");
    EXPECT_FALSE(holds(closed, "noLimitations")) << "not everybody may have it";
    EXPECT_TRUE(holds(closed, "Accès réservé"));
    EXPECT_EQ(count(closed.body, "ConditionsApplyingToAccessAndUse/conditionsUnknown"), 1U)
        << "all say the same: nothing";
    EXPECT_TRUE(holds(get("/metadata/cp-4.0", token_of("exportatrice")), "noLimitations")) << "whoever asks";
    EXPECT_TRUE(holds(get("/metadata/service", token_of("exportatrice")), "uuidref=\"FR.CARREAU.plu-4.0\""));
}

TEST_F(Inspire, AtomFeedsListTheSame) {
    make_person("exportatrice", "read,export");
    const RawAnswer service = get("/atom");
    EXPECT_EQ(verdict("atom", service), "");
    EXPECT_EQ(service.header("Content-Type"), "application/atom+xml");
    EXPECT_TRUE(holds(service, "<inspire_dls:spatial_dataset_identifier_code>cp-4.0<"));
    EXPECT_FALSE(holds(service, "plu-4.0"));
    EXPECT_TRUE(holds(get("/atom", token_of("exportatrice")), "plu-4.0"));
    const RawAnswer feed = get("/atom/datasets/cp-4.0");
    EXPECT_EQ(verdict("atom", feed), "");
    EXPECT_EQ(count(feed.body, "<entry>"), 6U) << "one for each CRS";
    EXPECT_EQ(get("/atom/datasets/plu-4.0").status, 404);
    EXPECT_EQ(get("/atom/datasets/lune").status, 404);
}

TEST_F(Inspire, OpenSearchFindsAndGives) {
    const RawAnswer description = get("/atom/opensearch.xml");
    EXPECT_EQ(verdict("osd", description), "");
    EXPECT_TRUE(holds(description, "inspire_dls:spatial_dataset_identifier_code=\"cp-4.0\""));
    const std::string found =
        "/atom/search?spatial_dataset_identifier_code=cp-4.0&spatial_dataset_identifier_namespace=FR.CARREAU.CP";
    EXPECT_EQ(get(found).body, get("/atom/datasets/cp-4.0").body);
    EXPECT_EQ(get("/atom/search").body, get("/atom").body);
    const RawAnswer data = get(found + "&crs=http://www.opengis.net/def/crs/EPSG/0/3035&language=fr");
    EXPECT_EQ(root_attribute(data.body, "numberReturned"), "2003");
    EXPECT_EQ(get(found + "&crs=http://www.opengis.net/def/crs/EPSG/0/2154").status, 400);
    EXPECT_EQ(get("/atom/search?spatial_dataset_identifier_code=lune").status, 404);
    EXPECT_EQ(get(found + ".X").status, 404) << "another namespace";
}

TEST_F(Inspire, TheCatalogueHasEveryLayerAndDataSet) {
    make_person("exportatrice", "read,export");
    const auto data_sets = [&](const std::string& headers) {
        const test::json document = get_json("/catalogue", headers);
        std::set<std::string> titles;
        for (const test::json& node : document["@graph"]) {
            if (node.contains("@type") && node["@type"][0] == "http://www.w3.org/ns/dcat#Dataset")
                titles.insert(
                    node["@id"].get<std::string>().substr(node["@id"].get<std::string>().find_last_of('/') + 1));
        }
        return titles;
    };
    EXPECT_EQ(data_sets(""),
              (std::set<std::string>{"place", "square", "note", "lieu_dit", "section", "parcelle", "cp-4.0"}));
    const std::set<std::string> more = data_sets(token_of("exportatrice"));
    EXPECT_TRUE(more.contains("plu_zone") && more.contains("plu-4.0"));
    const RawAnswer turtle = get("/catalogue?f=ttl");
    EXPECT_EQ(turtle.header("Content-Type"), "text/turtle; charset=utf-8");
    EXPECT_TRUE(holds(turtle, "@prefix dcat: <http://www.w3.org/ns/dcat#> ."));
    const RawAnswer xml = get("/catalogue", "Accept: application/rdf+xml\r\n");
    pugi::xml_document parsed;
    ASSERT_TRUE(parsed.load_string(xml.body.c_str())) << xml.body.substr(0, 300);
    EXPECT_EQ(count(xml.body, "rdf:resource=\"http://www.w3.org/ns/dcat#Dataset\""), 7U);
    EXPECT_EQ(count(turtle.body, "rdf:type <http://www.w3.org/ns/dcat#Dataset>"), 7U);
    EXPECT_EQ(count(turtle.body, "dcat:dataset <"), 7U);
    EXPECT_EQ(get("/catalogue?f=pdf").status, 400);
}

TEST_F(Inspire, TheCatalogueIsOneGraphInThreeForms) {
    make_person("exportatrice", "read,export");
    const auto folder = std::filesystem::temp_directory_path() / ("carreau-dcat-" + std::to_string(getpid()));
    std::filesystem::create_directory(folder);
    std::string command = "/usr/bin/python3 '" CARREAU_SOURCE_DIR "/tests/support/same_graph.py'";
    for (const std::string form : {"ttl", "rdf", "jsonld"}) {
        const auto file = folder / ("catalogue." + form);
        std::ofstream(file) << get("/catalogue?f=" + form, token_of("exportatrice")).body;
        command += " '" + file.string() + "'";
    }
    command += " >'" + (folder / "faults").string() + "' 2>&1";
    const int status = std::system(command.c_str());
    std::stringstream faults;
    faults << std::ifstream(folder / "faults").rdbuf();
    std::filesystem::remove_all(folder);
    if (WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 127) GTEST_SKIP() << "python3-rdflib is not here";
    EXPECT_EQ(status, 0) << faults.str();
}

TEST_F(Inspire, FilesAreMadeAnewWhenTheirDataChange) {
    const std::string path = "/downloads/cp-4.0.gml";
    EXPECT_EQ(get("/downloads/lune.gml").status, 404);
    EXPECT_EQ(get("/downloads/plu-4.0.gml").status, 404) << "not for everybody";
    EXPECT_EQ(get(path).status, 503) << "nobody makes files yet";
    EXPECT_EQ(link_of(get_json("/collections"), "enclosure"), "");
    prepare_files();
    // Each question by itself: the file may be made anew between two.
    const auto holds_objects = [&](const char* count) {
        const RawAnswer file = get(path);
        return file.status == 200 && root_attribute(file.body, "numberReturned") == count;
    };
    ASSERT_TRUE(test::eventually([&] { return holds_objects("2003"); }));
    const RawAnswer file = get(path);
    EXPECT_EQ(verdict("inspire", file), "");
    EXPECT_EQ(count(file.body, "<wfs:member>"), 2003U);
    EXPECT_EQ(file.header("Content-Length"), std::to_string(file.body.size()));
    EXPECT_NE(file.header("ETag"), "");
    const auto head = [&] { return request(port(), "HEAD", path); };
    EXPECT_EQ(head().status, 200);
    EXPECT_GT(std::stoul(head().header("Content-Length")), 1000U);
    EXPECT_TRUE(test::eventually([&] {
        const std::string etag = get(path).header("ETag");
        return !etag.empty() && head().header("ETag") == etag &&
               get(path, "If-None-Match: " + etag + "\r\n").status == 304;
    }));

    connection().run_script(
        "insert into cadastre.section (id, commune, prefixe, code, geom) select '62119000NN', commune, prefixe, 'NN', "
        "geom "
        "from cadastre.section where id = '62119000AA' or id = '62119000AB' limit 1");
    EXPECT_TRUE(test::eventually([&] { return holds_objects("2004"); }));
    connection().run_script("delete from cadastre.section where id = '62119000NN'");
    EXPECT_TRUE(test::eventually([&] { return holds_objects("2003"); }));

    const test::json collections = get_json("/collections");
    const std::string enclosure = link_of(collections, "enclosure", "application/gml+xml;version=3.2");
    EXPECT_TRUE(enclosure.ends_with(path)) << enclosure;
    for (const test::json& one : collections["links"]) {
        if (one["rel"] == "enclosure") {
            EXPECT_GT(one["length"].get<std::uint64_t>(), 1000U);
        }
    }
    EXPECT_TRUE(holds(get("/metadata/cp-4.0"), path + "</gmd:URL>"));
    EXPECT_TRUE(holds(get("/atom/datasets/cp-4.0"), path + "\""));
    EXPECT_EQ(count(get("/atom/datasets/cp-4.0").body, " length=\""), 1U) << "of the file, not of the streams";

    // Less than that is for everybody now. Nobody is given the old file.
    make_person("exportatrice", "read,export");
    connection().run_script("select access.set_public(layer_id, false) from catalogue.layer where name = 'section'");
    EXPECT_TRUE(test::eventually([&] { return holds_objects("2000"); }));
    EXPECT_EQ(get(path, token_of("exportatrice")).status, 503) << "hers holds the sections: there is no file of that";
    connection().run_script("select access.set_public(layer_id, true) from catalogue.layer where name = 'section'");
    EXPECT_TRUE(test::eventually([&] { return holds_objects("2003"); }));
    EXPECT_TRUE(test::eventually([&] { return get(path, token_of("exportatrice")).status == 200; }))
        << "she sees the same";

    const auto noted = [&](const std::string& headers, const char* method = "GET") {
        const auto entries = [&] {
            return connection()
                .query("select count(*) from audit.entry where action = 'export' and layer = 'section'", {})
                .int64(0, 0);
        };
        const std::int64_t before = entries();
        EXPECT_LT(request(port(), method, path, headers).status, 417) << headers;
        return entries() - before;
    };
    EXPECT_EQ(noted(""), 1);
    EXPECT_EQ(noted("Range: bytes=0-9\r\n"), 1);
    EXPECT_EQ(noted("Range: bytes=10-19\r\n"), 0) << "the rest of a download";
    EXPECT_EQ(noted("Range: bytes=10-19\r\nIf-Range: \"another\"\r\n"), 1) << "the whole file";
    EXPECT_EQ(noted("If-None-Match: *\r\n"), 0);
    EXPECT_EQ(noted("", "HEAD"), 0);

    for (const auto& folder : std::filesystem::directory_iterator(temporary_->path())) {
        if (!folder.path().filename().string().starts_with("carreau-read-")) continue;
        std::error_code busy;  // a file may be made there just now
        std::filesystem::remove_all(folder.path(), busy);
    }
    EXPECT_TRUE(test::eventually([&] { return holds_objects("2003"); })) << "made anew, in a new folder";
}

TEST_F(Inspire, CollectionsHaveTheLinksOfTheGoodPractice) {
    const test::json all = get_json("/collections");
    EXPECT_TRUE(link_of(all, "describedby", "application/xml").ends_with("/metadata/cp-4.0"));
    EXPECT_EQ(verdict("iso", get(path_of(link_of(all, "describedby", "application/xml")))), "");
    EXPECT_TRUE(link_of(all, "license").starts_with("https://"));
    const test::json parcels = get_json("/collections/parcelle");
    EXPECT_TRUE(link_of(parcels, "describedby", "application/xml").ends_with("/metadata/cp-4.0"));
    EXPECT_EQ(link_of(parcels, "tag"), "http://inspire.ec.europa.eu/featureconcept/CadastralParcel");
    EXPECT_EQ(link_of(get_json("/collections/place"), "tag"), "");
    make_person("lectrice", "read");
    make_person("exportatrice", "read,export");
    EXPECT_EQ(link_of(get_json("/collections/plu_zone", token_of("lectrice")), "tag"), "") << "not hers to take";
    EXPECT_NE(link_of(get_json("/collections/plu_zone", token_of("exportatrice")), "tag"), "");
}

TEST_F(Inspire, TheCatalogueServiceFindsWhatTheCallerMayHave) {
    make_person("exportatrice", "read,export");
    const std::string csw = "/csw?service=CSW&version=2.0.2&request=";
    const auto records = [&](const std::string& more, const std::string& headers = "") {
        return get(csw + "GetRecords&typeNames=csw:Record&resultType=results" + test::encoded(more), headers);
    };
    const auto ids = [&](const std::string& more, const std::string& headers = "") {
        const RawAnswer answer = records(more, headers);
        EXPECT_EQ(verdict("iso", answer), "") << more << answer.body.substr(0, 1000);
        std::string found;
        const std::string tag = "<dc:identifier>FR.CARREAU.";
        for (auto at = answer.body.find(tag); at != std::string::npos; at = answer.body.find(tag, at + 1)) {
            const auto begin = at + tag.size();
            found += (found.empty() ? "" : " ") + answer.body.substr(begin, answer.body.find('<', begin) - begin);
        }
        return found;
    };
    EXPECT_EQ(verdict("iso", get(csw + "GetCapabilities")), "");
    EXPECT_EQ(ids(""), "cp-4.0 service");
    const std::string hers = token_of("exportatrice");
    EXPECT_TRUE(ids("", hers).starts_with("cp-4.0 nz-4.0 nz-5.0 plu-4.0 service")) << ids("", hers);
    EXPECT_EQ(ids("&constraint=dc:type = 'service'"), "service");
    EXPECT_EQ(ids("&constraint=csw:AnyText LIKE '%parcelle%' AND dc:type = 'dataset'", hers), "cp-4.0");
    EXPECT_EQ(ids("&constraint=apiso:ResourceIdentifier = 'plu-4.0'", hers), "plu-4.0");
    EXPECT_EQ(ids("&constraint=apiso:ResourceIdentifier = 'plu-4.0'"), "") << "not everybody's";
    EXPECT_EQ(ids("&constraint=BBOX(ows:BoundingBox, -10, 40, 11, 52)"), "cp-4.0 service");
    EXPECT_EQ(ids("&constraint=BBOX(ows:BoundingBox, -60, 2, -50, 6)"), "") << "Guyane";
    EXPECT_EQ(ids("&sortBy=dc:type:D"), "service cp-4.0");
    EXPECT_EQ(ids("&maxRecords=1&startPosition=2"), "service");
    const RawAnswer first = records("&maxRecords=1");
    EXPECT_TRUE(holds(first, "numberOfRecordsMatched=\"2\" numberOfRecordsReturned=\"1\" nextRecord=\"2\""));
    const RawAnswer hits = get(csw + "GetRecords&typeNames=csw:Record");
    EXPECT_TRUE(holds(hits, "numberOfRecordsMatched=\"2\" numberOfRecordsReturned=\"0\" nextRecord=\"1\""));
    for (const std::string elements : {"brief", "summary", "full"}) {
        const std::string more = "&elementSetName=" + elements;
        EXPECT_EQ(ids(more), "cp-4.0 service");
        const RawAnswer iso = records(more + "&outputSchema=http://www.isotc211.org/2005/gmd");
        EXPECT_EQ(verdict("iso", iso), "") << elements;
        EXPECT_EQ(count(iso.body, "<gmd:MD_Metadata "), 2U);
        EXPECT_EQ(holds(iso, "LI_Lineage"), elements == "full");
        EXPECT_EQ(holds(iso, "MD_Distribution"), elements != "brief");
        const RawAnswer one =
            get(csw + "GetRecordById&id=FR.CARREAU.cp-4.0" + more + "&outputSchema=http://www.isotc211.org/2005/gmd");
        EXPECT_EQ(verdict("iso", one), "");
        EXPECT_EQ(count(one.body, "<gmd:MD_Metadata "), 1U);
    }
    EXPECT_FALSE(holds(get(csw + "GetRecordById&id=FR.CARREAU.plu-4.0"), "plu-4.0</dc:identifier>"));
    EXPECT_TRUE(holds(get(csw + "GetRecordById&id=FR.CARREAU.plu-4.0", hers), "plu-4.0</dc:identifier>"));
    const RawAnswer wrong = records("&constraint=lune = 'a'");
    EXPECT_EQ(wrong.status, 400);
    EXPECT_TRUE(holds(wrong, "exceptionCode=\"InvalidParameterValue\" locator=\"constraint\""));
    const RawAnswer posted = request(
        port(), "POST", "/csw", "Content-Type: application/xml\r\n",
        R"(<csw:GetRecords xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" xmlns:ogc="http://www.opengis.net/ogc" service="CSW"
        version="2.0.2" resultType="results"><csw:Query typeNames="csw:Record"><csw:ElementSetName>brief</csw:ElementSetName>
        <csw:Constraint version="1.1.0"><ogc:Filter><ogc:PropertyIsLike wildCard="%" singleChar="_" escapeChar="\">
        <ogc:PropertyName>AnyText</ogc:PropertyName><ogc:Literal>%parcelle%</ogc:Literal></ogc:PropertyIsLike></ogc:Filter>
        </csw:Constraint></csw:Query></csw:GetRecords>)");
    EXPECT_EQ(verdict("iso", posted), "");
    EXPECT_EQ(count(posted.body, "<csw:BriefRecord>"), 1U);
    const auto by_ids = [&](int different) {
        std::string body =
            R"(<GetRecordById xmlns="http://www.opengis.net/cat/csw/2.0.2" service="CSW" version="2.0.2">)";
        for (int i = 0; i < 1000; ++i)
            body +=
                fmt::format("<Id>FR.CARREAU.{}</Id>", i % different == 0 ? "cp-4.0" : std::to_string(i % different));
        return request(port(), "POST", "/csw", "Content-Type: application/xml\r\n", body + "</GetRecordById>");
    };
    EXPECT_EQ(count(by_ids(1).body, "cp-4.0</dc:identifier>"), 1U);
    EXPECT_EQ(by_ids(101).status, 400);
    EXPECT_TRUE(holds(by_ids(101), "locator=\"Id\""));
}

TEST_F(Inspire, RecordsAsAnApi) {
    make_person("exportatrice", "read,export");
    const std::string hers = token_of("exportatrice");
    const std::string items = "/records/collections/inspire/items";
    const auto ids = [&](const std::string& query, const std::string& headers = "") {
        std::string found;
        const test::json page = get_json(items + (query.empty() ? "" : "?" + test::encoded(query)), headers);
        for (const test::json& record : page["features"])
            found += (found.empty() ? "" : " ") + record["id"].get<std::string>().substr(11);
        return found;
    };
    EXPECT_EQ(ids(""), "cp-4.0 service");
    EXPECT_TRUE(ids("", hers).starts_with("cp-4.0 nz-4.0 nz-5.0 plu-4.0"));
    EXPECT_EQ(ids("type=service"), "service");
    EXPECT_EQ(ids("q=PARCELLES"), "cp-4.0") << "whatever the case";
    EXPECT_EQ(ids("q=telechargement"), "service") << "whatever the accents";
    EXPECT_EQ(ids("q=lune,téléchargement"), "service") << "any of them";
    EXPECT_EQ(ids("q=100%"), "") << "no wildcard";
    EXPECT_EQ(ids("ids=FR.CARREAU.plu-4.0,FR.CARREAU.cp-4.0"), "cp-4.0");
    EXPECT_EQ(ids("externalIds=plu-4.0", hers), "plu-4.0");
    EXPECT_EQ(ids("bbox=2,50,3,51"), "cp-4.0 service");
    EXPECT_EQ(ids("bbox=-60,2,-50,6"), "");
    EXPECT_EQ(ids("datetime=2001-01-01T00:00:00Z/.."), "cp-4.0 service") << "they have no time";
    EXPECT_EQ(ids("filter=type = 'dataset' AND casei(title) like casei('%PARCELLES%')", hers), "cp-4.0");
    EXPECT_EQ(ids("sortby=-type"), "service cp-4.0");
    const test::json page = get_json(items + "?limit=1");
    EXPECT_EQ(page["numberMatched"], 2);
    EXPECT_EQ(page["numberReturned"], 1);
    const test::json next = get_json(path_of(link_of(page, "next")));
    EXPECT_EQ(next["features"][0]["id"], "FR.CARREAU.service");
    EXPECT_EQ(link_of(next, "next"), "");
    for (const std::string wrong :
         {"limit=0", "offset=x", "lune=1", "filter=lune = 1", "sortby=lune", "bbox=1,2", "datetime=lune"})
        EXPECT_EQ(get(items + "?" + test::encoded(wrong)).status, 400) << wrong;

    const test::json one = get_json(items + "/FR.CARREAU.cp-4.0");
    EXPECT_EQ(one["type"], "Feature");
    EXPECT_EQ(one["geometry"]["type"], "Polygon");
    EXPECT_EQ(one["properties"]["type"], "dataset");
    EXPECT_TRUE(one["conformsTo"][0].get<std::string>().ends_with("/conf/record-core"));
    EXPECT_EQ(get(path_of(link_of(one, "self"))).status, 200);
    EXPECT_EQ(verdict("iso", get(path_of(link_of(one, "describedby")))), "");
    EXPECT_EQ(get(items + "/FR.CARREAU.plu-4.0").status, 404);
    EXPECT_EQ(get(items + "/FR.CARREAU.plu-4.0", hers).status, 200);
    EXPECT_EQ(get("/records/collections/lune/items").status, 404);
    const test::json landing = get_json("/records");
    for (const char* relation : {"self", "conformance", "data", "service-desc"})
        EXPECT_EQ(get(path_of(link_of(landing, relation))).status, 200) << relation;
    const test::json catalogue = get_json("/records/collections/inspire");
    EXPECT_EQ(catalogue["itemType"], "record");
    for (const test::json& one_link : catalogue["links"])
        EXPECT_EQ(get(path_of(one_link["href"].get<std::string>())).status, 200) << one_link;
}

TEST_F(Inspire, LinksOfARecordLeadToTheData) {
    const RawAnswer record = get("/metadata/cp-4.0");
    const auto begin = record.body.find("<gmd:URL>") + 9;
    std::string url = record.body.substr(begin, record.body.find("</gmd:URL>") - begin);
    for (auto at = url.find("&amp;"); at != std::string::npos; at = url.find("&amp;")) url.replace(at, 5, "&");
    const RawAnswer answer = get(path_of(url));
    EXPECT_EQ(answer.status, 200) << url;
    EXPECT_EQ(root_attribute(answer.body, "numberReturned"), "2003");
}

}  // namespace
