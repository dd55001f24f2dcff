// Deliveries of several tables in one deposit: permits with their parcels, plans with their documents.
#include <fstream>

#include "gis/read/archive.hpp"
#include "tests/api/jobs_fixture.hpp"
#include "tests/support/edigeo_sample.hpp"
#include "tests/support/las_sample.hpp"

namespace {

using test::json;

/// Three parcels of 10 m beside each other in Béthune; AM 12 twice, in two prefixes; AM 90 in an older vintage only.
constexpr auto cadastre_sql = R"sql(
insert into cadastre.parcelle (id, commune, prefixe, section, numero, geom)
    select id, substr(id, 1, 5), substr(id, 6, 3), substr(id, 9, 2), substr(id, 11),
           st_multi(st_makeenvelope(681000 + 10 * n, 7042000, 681010 + 10 * n, 7042010, 2154))
    from (values ('62119000AM0010', 0), ('62119000AM0011', 1), ('62119000AM0012', 2), ('62119864AM0012', 3)) v (id, n);
insert into org.commune (code_insee, nom, geom) values ('62120', 'Voisine', st_multi(st_makeenvelope(690000, 7042000, 691000, 7043000, 2154)));
)sql";
constexpr auto older_vintage = R"sql(
create table cadastre.parcelle_vieille (like cadastre.parcelle including all);
insert into cadastre.parcelle_vieille (id, commune, prefixe, section, numero, geom) values
    ('62119000AM0090', '62119', '000', 'AM', '90', st_multi(st_makeenvelope(681050, 7042000, 681060, 7042010, 2154)));
with v as (insert into catalogue.version (target, state) values ('cadastre.parcelle', 'retired') returning version_id)
insert into catalogue.part (version_id, table_name) select version_id, 'cadastre.parcelle_vieille' from v;
)sql";
constexpr auto columns =
    "COMM;TYPE_DAU;NUM_DAU;ETAT_DAU;AN_DEPOT;SEC_CADASTRE1;NUM_CADASTRE1;SEC_CADASTRE2;NUM_CADASTRE2;SEC_CADASTRE3;"
    "NUM_CADASTRE3\n";

class Deliveries : public test::JobsTest {
  protected:
    static void SetUpTestSuite() {
        JobsTest::SetUpTestSuite();
        for (const embedded::TextFile& file : embedded::layer_declarations()) {
            for (const char* schema : {"ads", "urba", "risque"}) {
                if (file.text.find(fmt::format("\"table\": \"{}.", schema)) != std::string_view::npos)
                    db::declare_layer(dsn(), file.text);
            }
        }
        for (const embedded::TextFile& file : embedded::layer_declarations()) {
            if (file.name == "parcelle") db::declare_layer(dsn(), file.text);
        }
        db::Connection connection(dsn());
        connection.run_script(cadastre_sql);
        connection.run_script(older_vintage);
    }
    void SetUp() override {
        JobsTest::SetUp();
        for (const char* layer : {"ads_dossier", "plu_zone", "ppr_perimetre", "ppr_zone_reglementaire"})
            wait_for_layer(layer);
    }
    std::string one(const std::string& sql) {
        const db::Result rows = connection().query(sql);
        return rows.rows() == 0 ? "" : rows.text(0, 0);
    }
    static bool says(const json& report, const std::string& words) {
        for (const json& problem : report["problems"]) {
            if (problem["reason"].get<std::string>().find(words) != std::string::npos) return true;
        }
        return false;
    }
    static std::string zip_of(const std::vector<test::PackedMember>& members) {
        const gis::read::TempFolder folder;
        test::write_archive(folder.path() / "livraison.zip", members);
        std::ifstream in(folder.path() / "livraison.zip", std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    /// A GeoJSON file in Lambert-93 of squares of 100 m; those with x 0 have no geometry.
    static std::string squares(const std::vector<std::pair<int, json>>& features) {
        json document{{"type", "FeatureCollection"},
                      {"crs", {{"type", "name"}, {"properties", {{"name", "urn:ogc:def:crs:EPSG::2154"}}}}},
                      {"features", json::array()}};
        for (const auto& [x, properties] : features) {
            json geometry;
            if (x != 0) {
                const int y = 7042000;
                geometry = {{"type", "Polygon"},
                            {"coordinates", {{{x, y}, {x + 100, y}, {x + 100, y + 100}, {x, y + 100}, {x, y}}}}};
            }
            document["features"].push_back({{"type", "Feature"}, {"geometry", geometry}, {"properties", properties}});
        }
        return document.dump();
    }
};

TEST_F(Deliveries, PermitsLieOnTheirParcelsAndWhatIsNotFoundIsSaid) {
    const std::string job =
        start(deposit("permis.csv", std::string(columns) + "62119;PC;0621191600001;2;2016;AM;10;AM;11;;\n"
                                                           "62119;PC;0621191600002;2;2016;AM;90;;;;\n"
                                                           "62119;PC;0621191600003;2;2016;AM;12;AM;77;AM;79P\n"
                                                           "62119;PC;0621191600004;2;2016;864;AM12;;;;\n"
                                                           "62120;DP;0621201600005;2;2016;AB;1;;;;\n"
                                                           "31555;DP;0315551600006;2;2016;AB;1;;;;\n"));
    const json report = wait_for(job, "draft")["report"];
    EXPECT_TRUE(says(report, "1 dossiers d'autres communes")) << report["problems"];
    EXPECT_TRUE(says(report, "4 références cadastrales sur 8 rattachées")) << report["problems"];
    EXPECT_TRUE(says(report, "1 références désignent des parcelles disparues")) << report["problems"];
    std::map<std::string, std::string> unresolved;
    for (const json& problem : report["problems"]) {
        if (problem.contains("feature")) {
            unresolved[fmt::format("{} {}", problem["feature"].get<int>(), problem["field"].get<std::string>())] =
                problem["reason"];
        }
    }
    ASSERT_EQ(unresolved.size(), 4U) << report["problems"];
    EXPECT_EQ(unresolved["3 AM 12"],
              "PC0621191600003 : plusieurs parcelles portent ce numéro (62119000AM0012, 62119864AM0012) ; précisez le "
              "préfixe de section");
    EXPECT_TRUE(unresolved["3 AM 77"].starts_with("PC0621191600003 : cette parcelle n'est ni dans le cadastre"));
    EXPECT_TRUE(unresolved["3 AM 79P"].starts_with("PC0621191600003 : référence illisible"));
    EXPECT_TRUE(unresolved["5 AB 1"].starts_with("DP0621201600005 : le cadastre de la commune 62120 n'est pas"));
    EXPECT_EQ(get_json(job + "/draft", token_of("lea"))["features"].size(), 5U);

    EXPECT_EQ(one("select count(*)::text from ads.dossier"), "0") << "a draft is not published";
    EXPECT_EQ(act(job, "publish").status, 200);
    EXPECT_EQ(look(job)["state"], "published") << look(job);
    EXPECT_EQ(one("select string_agg(numero || ' ' || coalesce(round(st_area(geom))::text, '-'), ', ' order by numero) "
                  "from ads.dossier"),
              "DP0621201600005 -, PC0621191600001 200, PC0621191600002 100, PC0621191600003 -, PC0621191600004 100");
    EXPECT_EQ(
        one("select string_agg(parcelle, ' ' order by parcelle) from ads.dossier_parcelle where parcelle is not null"),
        "62119000AM0010 62119000AM0011 62119000AM0090 62119864AM0012");

    // The same permit again, elsewhere: it replaces itself and nothing else, its parcels too.
    const std::string again =
        start(deposit("corrige.csv", std::string(columns) + "62119;PC;0621191600001;6;2016;AM;11;;;;\n"));
    wait_for(again, "draft");
    EXPECT_EQ(act(again, "publish").status, 200);
    EXPECT_EQ(one("select count(*)::text from ads.dossier"), "5");
    EXPECT_EQ(one("select statut || ' ' || round(st_area(geom)) from ads.dossier where numero = 'PC0621191600001'"),
              "terminé 100");
    EXPECT_EQ(one("select string_agg(reference, ' ') from ads.dossier_parcelle where numero = 'PC0621191600001'"),
              "AM 11");
    EXPECT_EQ(act(again, "undo").status, 200);
    EXPECT_EQ(one("select count(*)::text from ads.dossier_parcelle where numero = 'PC0621191600001'"), "2");
    EXPECT_EQ(act(job, "undo").status, 200);
    EXPECT_EQ(one("select (select count(*) from ads.dossier) || ' ' || (select count(*) from ads.dossier_parcelle)"),
              "0 0");
}

TEST_F(Deliveries, ParcelsThatOneMayNotSeeAreNotThere) {
    db::set_layer(dsn(), "parcelle", "public", "false");
    make_person("voisin", "read,upload");
    connection().run_script(
        "update org.convention_right r set communes = 'list', codes = '{62120}' from org.convention c where "
        "c.convention_id = r.convention_id and c.titre = 'Convention de voisin'");
    const std::string permits = std::string(columns) +
                                "62119;PC;0621191600001;2;2016;AM;10;AM;11;;\n"
                                "62119;PC;0621191600002;2;2016;AM;90;AM;12;;\n";
    const std::string job = start(deposit("curieux.csv", permits, "voisin"), json::object(), "voisin");
    const json report = wait_for(job, "draft", "voisin")["report"];
    EXPECT_TRUE(says(report, "0 références cadastrales sur 4 rattachées")) << report["problems"];
    EXPECT_FALSE(says(report, "parcelles disparues")) << report["problems"];
    EXPECT_EQ(report.dump().find("62119000AM"), std::string::npos) << "no parcel is named";
    for (const json& problem : report["problems"]) {
        if (problem.contains("feature")) {
            EXPECT_NE(problem["reason"].get<std::string>().find("n'est pas dans la base, ou ne vous est pas ouvert"),
                      std::string::npos)
                << problem;
        }
    }
    const json draft = get_json(job + "/draft", token_of("voisin"));
    ASSERT_EQ(draft["features"].size(), 2U);
    for (const json& feature : draft["features"]) EXPECT_TRUE(feature["geometry"].is_null()) << feature;
    EXPECT_EQ(scalar("select count(*) from access.credential where kind = 'simulation' and secret_sha256 is not null"),
              "0");

    const std::string own = start(deposit("voisins.csv", permits));
    EXPECT_TRUE(says(wait_for(own, "draft")["report"], "3 références cadastrales sur 4 rattachées"));
    db::set_layer(dsn(), "parcelle", "public", "true");
}

TEST_F(Deliveries, PermitsOfOtherTerritoriesAreRefused) {
    const std::string job =
        start(deposit("ailleurs.csv", std::string(columns) + "31555;DP;0315551600006;2;2016;AB;1;;;;\n"));
    const json seen = wait_for(job, "refused");
    EXPECT_TRUE(seen["reason"].get<std::string>().starts_with("aucun de ces objets n'est du territoire")) << seen;
    EXPECT_TRUE(says(seen["report"], "1 dossiers d'autres communes")) << seen;
}

TEST_F(Deliveries, APlanInAnArchiveIsOneDraftAndReplacesItsFormerVersion) {
    const auto plan = [&](const std::string& date, int zones) {
        const std::string document = "62119_PLU_" + date;
        std::vector<std::pair<int, json>> features;
        for (int i = 0; i < zones; ++i) {
            features.push_back(
                {681000 + 100 * i, {{"IDURBA", document}, {"LIBELLE", fmt::format("U{}", i)}, {"TYPEZONE", "U"}}});
        }
        const std::string folder = document + "/Donnees_geographiques/62119_";
        return zip_of({{folder + "ZONE_URBA_" + date + ".geojson", squares(features), ""},
                       {folder + "PRESCRIPTION_SURF_" + date + ".geojson",
                        squares({{681000, {{"IDURBA", document}, {"LIBELLE", "EBC"}, {"TYPEPSC", "01"}}}}), ""},
                       {folder + "DOC_URBA_" + date + ".geojson",
                        squares({{0, {{"IDURBA", document}, {"TYPEDOC", "PLU"}, {"ETAT", "03"}}}}), ""},
                       {document + "/Pieces_ecrites/reglement.pdf", "%PDF-1.4 texte", ""}});
    };
    const std::string first = start(deposit("plu.zip", plan("20140310", 3)));
    const json report = wait_for(first, "draft")["report"];
    EXPECT_EQ(report["tables"]["urba.zone_urba"]["written"], 3);
    EXPECT_EQ(report["tables"]["urba.doc_urba"]["written"], 1);
    EXPECT_EQ(act(first, "publish").status, 200);
    EXPECT_EQ(look(first)["state"], "published") << look(first);
    const auto counts =
        "select (select count(*) from urba.zone_urba) || ' ' || (select count(*) from "
        "urba.prescription_surf) || ' ' || (select string_agg(idurba, ' ' order by idurba) from urba.doc_urba)";
    EXPECT_EQ(one(counts), "3 1 62119_PLU_20140310");
    const std::string second = start(deposit("plu-modifie.zip", plan("20200128", 2)));
    wait_for(second, "draft");
    EXPECT_EQ(act(second, "publish").status, 200);
    EXPECT_EQ(
        one("select (select count(*) from urba.zone_urba) || ' ' || (select count(*) from urba.prescription_surf)"),
        "2 1");
    EXPECT_EQ(act(second, "undo").status, 200);
    EXPECT_EQ(one(counts), "3 1 62119_PLU_20140310");
    EXPECT_EQ(act(first, "undo").status, 200);
}

TEST_F(Deliveries, ARiskPlanComesWithItsProcedure) {
    const auto plan = [&](const char* state) {
        const std::string gaspar = "62DDTM20090001";
        return zip_of(
            {{"N_PERIMETRE_PPRN_20090001_S_062.geojson",
              squares({{681000, {{"ID_GASPAR", gaspar}, {"LIBELLE", "Lawe"}, {"TYPE", state}}}}), ""},
             {"N_ZONE_REG_PPRN_20090001_S_062.geojson",
              squares({{681000, {{"ID_ZONE", "1"}, {"ID_GASPAR", gaspar}, {"CODEZONE", "R"}, {"TYPEREG", "03"}}}}), ""},
             {"N_DOCUMENT_PPRN_S_062.geojson",
              squares({{0, {{"ID_GASPAR", gaspar}, {"NOM", "PPRI de la Lawe"}, {"ETAT", state}}}}), ""}});
    };
    const auto state = "select string_agg(etatprocedure, ' ') from risque.procedure";
    const std::string first = start(deposit("ppri.zip", plan("01")));
    wait_for(first, "draft");
    EXPECT_EQ(act(first, "publish").status, 200);
    EXPECT_EQ(look(first)["state"], "published") << look(first);
    EXPECT_EQ(one(state), "PRESCRIT");
    const std::string second = start(deposit("ppri-approuve.zip", plan("02")));
    wait_for(second, "draft");
    EXPECT_EQ(act(second, "publish").status, 200);
    EXPECT_EQ(one(state), "APPROUVE");
    EXPECT_EQ(one("select count(*)::text from risque.zone_reglementaire"), "1");
    EXPECT_EQ(act(second, "undo").status, 200);
    EXPECT_EQ(one(state), "PRESCRIT");
    EXPECT_EQ(act(first, "undo").status, 200);
}

TEST_F(Deliveries, AStreetPlanIsReadInTheWorker) {
    const std::string plan =
        R"(<PlanCorpsRueSimplifie xmlns:gml="http://www.opengis.net/gml/3.2" xmlns="http://cnig.gouv.fr/pcrs" version="2.0">)"
        R"(<featureMember><SeuilPCRS gml:id="s1"><idObjet>ido_1</idObjet><thematique>02</thematique>)"
        R"(<precisionPlanimetrique>005</precisionPlanimetrique><geometrie><gml:LineString srsName="EPSG:2154">)"
        R"(<gml:posList>681000 7042000 681001 7042000</gml:posList></gml:LineString></geometrie></SeuilPCRS></featureMember>)"
        R"(</PlanCorpsRueSimplifie>)";
    wait_for_layer("pcrs_ligne");
    const std::string job = start(deposit("rue.gml", plan));
    const json report = wait_for(job, "draft")["report"];
    EXPECT_EQ(report["tables"]["terrain.pcrs_ligne"]["written"], 1) << report;
    EXPECT_EQ(act(job, "publish").status, 200);
    EXPECT_EQ(one("select type || ' ' || precisionplanimetrique || ' ' || lot from terrain.pcrs_ligne"),
              "Seuil 005 rue");
    EXPECT_EQ(act(job, "undo").status, 200);
}

TEST_F(Deliveries, CodedPointsDrawLinesUnlessNoneAreWished) {
    const std::string list =
        "numero;x;y;code;date\n1;681000;7042000;BORD1;2026-05-04T10:00:00Z\n2;681010;7042000;BORD1;2026-05-05T10:00:"
        "00Z\n"
        "3;681020;7042000;ARBRE;\n";
    wait_for_layer("leve_ligne");
    const json crs{{"crs", "EPSG:2154"}};
    const std::string job = start(deposit("rue.csv", list), {{"options", crs}});
    const json report = wait_for(job, "draft")["report"];
    EXPECT_EQ(report["tables"]["terrain.leve_point"]["written"], 3);
    EXPECT_EQ(report["tables"]["terrain.leve_ligne"]["written"], 1);
    EXPECT_EQ(act(job, "publish").status, 200);
    EXPECT_EQ(one("select id || ' ' || titre || ' ' || longueur_m from terrain.leve_ligne"), "rue:BORD1 Bordure 10");
    EXPECT_EQ(one("select (releve_le at time zone 'UTC')::text from terrain.leve_ligne"), "2026-05-04 10:00:00");
    EXPECT_EQ(act(job, "undo").status, 200);
    const std::string plain =
        start(deposit("rue2.csv", list), {{"options", {{"crs", "EPSG:2154"}, {"lines", "none"}}}});
    EXPECT_FALSE(wait_for(plain, "draft")["report"]["tables"].contains("terrain.leve_ligne"));
}

TEST_F(Deliveries, APointCloudIsAnExtentAndItsOriginalIsForWhoMayDeposit) {
    wait_for_layer("nuage");
    const std::string bytes = test::CloudSample{}.bytes();
    const std::string job = start(deposit("vol.las", bytes), {{"options", {{"mission", "Vol 7"}}}});
    const json report = wait_for(job, "draft")["report"];
    EXPECT_EQ(report["tables"]["terrain.nuage"]["written"], 1) << report;
    EXPECT_EQ(act(job, "publish").status, 200);
    const json found = get_json("/collections/nuage/items", token_of("reader"));
    ASSERT_EQ(found["features"].size(), 1U);
    EXPECT_EQ(found["features"][0]["properties"]["points"], 4000);
    EXPECT_EQ(found["features"][0]["properties"]["mission"], "Vol 7");
    const std::string item = "/collections/nuage/items/" + found["features"][0]["id"].get<std::string>();
    const RawAnswer original = get(item + "/original", token_of("lea"));
    EXPECT_EQ(original.status, 200);
    EXPECT_EQ(original.header("Content-Type"), "application/vnd.las");
    EXPECT_TRUE(original.header("Content-Disposition").ends_with(".las\"")) << original.header("Content-Disposition");
    EXPECT_TRUE(original.body == bytes);
    EXPECT_EQ(get(item + "/original", token_of("reader")).status, 404);
    EXPECT_EQ(get(item + "/original").status, 404);
    for (const char* image : {"/thumbnail", "/photo"})
        EXPECT_EQ(get(item + image, token_of("lea")).status, 404) << "a cloud is no image";
    EXPECT_EQ(act(job, "undo").status, 200);
    EXPECT_EQ(get(item + "/original", token_of("lea")).status, 404);
}

TEST_F(Deliveries, DocumentsGoWithZonesThatTheirDepositorMayDeposit) {
    make_person("guest", "read,upload");
    connection().run_script(
        "update org.convention_right r set communes = 'list', codes = '{62120}' from org.convention c where "
        "c.convention_id = r.convention_id and c.titre = 'Convention de guest'");
    const auto deposited = [&](const std::string& document) {
        const std::string job = start(
            deposit(
                "plu-" + document + ".zip",
                zip_of(
                    {{"62120_ZONE_URBA_20200101.geojson",
                      squares({{690100, {{"IDURBA", "62120_PLU_20200101"}, {"LIBELLE", "U"}, {"TYPEZONE", "U"}}}}), ""},
                     {"62120_DOC_URBA_20200101.geojson", squares({{0, {{"IDURBA", document}, {"TYPEDOC", "PLU"}}}}),
                      ""}}),
                "guest"),
            json::object(), "guest");
        wait_for(job, "draft", "guest");
        return job;
    };
    EXPECT_EQ(act(deposited("62119_PLU_20140310"), "publish", json::object(), "guest").status, 403);
    const std::string own = deposited("62120_PLU_20200101");
    EXPECT_EQ(act(own, "publish", json::object(), "guest").status, 200);
    EXPECT_EQ(one("select string_agg(idurba, ' ') from urba.doc_urba"), "62120_PLU_20200101");
    EXPECT_EQ(act(own, "undo", json::object(), "guest").status, 200);
}

TEST_F(Deliveries, AProcedureWithoutZonesIsReplacedByWhoMayDepositWhereItLies) {
    make_person("garde", "read,upload");
    connection().run_script(
        "update org.convention_right r set communes = 'list', codes = '{62120}' from org.convention c where "
        "c.convention_id = r.convention_id and c.titre = 'Convention de garde'; "
        "insert into risque.procedure (codeprocedure, libelleprocedure, typeprocedure, etatprocedure) values "
        "('62DDTM20100001', 'Lawe', 'PPRN-I', 'PRESCRIT'), ('62DDTM20100002', 'Clarence', 'PPRN-I', 'PRESCRIT'), "
        "('62DDTM20100003', 'Nulle part', 'PPRN-I', 'PRESCRIT'); "
        "insert into risque.procedure_commune values ('62DDTM20100001', '62119'), ('62DDTM20100002', '62120')");
    const auto plan = [&](const std::string& code) {
        return zip_of(
            {{"N_ZONE_REG_PPRN_20100001_S_062.geojson",
              squares({{690100, {{"ID_ZONE", "1"}, {"ID_GASPAR", code}, {"CODEZONE", "R"}, {"TYPEREG", "03"}}}}), ""},
             {"N_DOCUMENT_PPRN_S_062.geojson", squares({{0, {{"ID_GASPAR", code}, {"NOM", "Repris"}, {"ETAT", "02"}}}}),
              ""}});
    };
    const auto published = [&](const std::string& code, const std::string& who) {
        const std::string job = start(deposit("ppri-" + code + ".zip", plan(code), who), json::object(), who);
        wait_for(job, "draft", who);
        const int status = act(job, "publish", json::object(), who).status;
        if (status == 200) {
            EXPECT_EQ(act(job, "undo", json::object(), who).status, 200);
        }
        return status;
    };
    EXPECT_EQ(published("62DDTM20100001", "garde"), 403) << "it covers another commune";
    EXPECT_EQ(published("62DDTM20100003", "garde"), 403) << "nobody knows where it lies";
    EXPECT_EQ(published("62DDTM20100002", "garde"), 200);
    EXPECT_EQ(published("62DDTM20100004", "garde"), 200) << "there was none";
    EXPECT_EQ(published("62DDTM20100003", "lea"), 200);
    EXPECT_EQ(one("select string_agg(libelleprocedure, ' ' order by codeprocedure) from risque.procedure where "
                  "codeprocedure like '62DDTM2010%'"),
              "Lawe Clarence Nulle part");
}

}  // namespace
