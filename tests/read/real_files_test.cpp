// Real deliveries and files known to be broken; third-party, so these tests skip where the folder is absent.
#include "gis/read/detect.hpp"
#include "read_fixture.hpp"
#include "tests/support/edigeo_sample.hpp"

using namespace gis::read;
using test::CollectingSink;

namespace {

struct Sheet {
    const char* file;
    std::size_t parcels, sections, sheets, buildings, places;
};

struct Delivery {
    const char* path;
    std::map<std::string, std::size_t> rows;
    std::int64_t refused = 0;
    std::int64_t repaired = 0;
    const char* crs = "EPSG:2154";
};

Options generic(gis::GeometryType geometry) {
    Options options;
    options.target = Target{"public.essai", {}, "", geometry, ""};
    options.target_srid = 4326;
    return options;
}

}  // namespace

TEST(RealFiles, SheetsOfCommune25354HaveTheirCounts) {
    SKIP_WITHOUT_DATA();
    // Counts of cadastre/SOURCE.md, printed by ogrinfo.
    const Sheet sheets[] = {{"AB01", 14, 1, 1, 0, 5},  {"AK01", 142, 1, 1, 134, 5}, {"ZB01", 68, 1, 1, 33, 4},
                            {"ZC01", 78, 1, 1, 24, 4}, {"ZD01", 22, 1, 1, 1, 2},    {"ZE01", 61, 1, 1, 4, 6},
                            {"ZH01", 80, 1, 1, 40, 6}, {"ZI01", 46, 1, 1, 16, 5}};
    for (const auto& sheet : sheets) {
        CollectingSink sink;
        const auto path =
            test::data_folder() / "cadastre/edigeo/25354" / (std::string("edigeo-25354000") + sheet.file + ".tar.bz2");
        const ReadReport report = read(path, {}, sink);
        EXPECT_EQ(sink.count("cadastre.parcelle"), sheet.parcels) << sheet.file;
        EXPECT_EQ(sink.count("cadastre.section"), sheet.sections) << sheet.file;
        EXPECT_EQ(sink.count("cadastre.feuille"), sheet.sheets) << sheet.file;
        EXPECT_EQ(sink.count("cadastre.batiment"), sheet.buildings) << sheet.file;
        EXPECT_EQ(sink.count("cadastre.lieu_dit"), sheet.places) << sheet.file;
        EXPECT_EQ(report.refused(), 0) << sheet.file;
        EXPECT_EQ(report.coverage.at("cadastre.parcelle"), std::set<std::string>{"25354"});
    }
}

TEST(RealFiles, TheWholeCommuneInOneReadingOnTwoThreads) {
    SKIP_WITHOUT_DATA();
    CollectingSink sink;
    Options options;
    options.threads = 2;
    const ReadReport report = read(test::data_folder() / "cadastre/edigeo/25354", options, sink);
    EXPECT_EQ(sink.count("cadastre.parcelle"), 511U);
    EXPECT_EQ(sink.count("cadastre.section"), 8U);
    EXPECT_EQ(sink.count("cadastre.batiment"), 252U);
    EXPECT_EQ(report.refused(), 0);
}

TEST(RealFiles, ParcelIdsAreThoseOfTheEtalabDistribution) {
    SKIP_WITHOUT_DATA();
    CollectingSink sink;
    read(test::data_folder() / "cadastre/edigeo/25354/edigeo-25354000AK01.tar.bz2", {}, sink);
    EXPECT_EQ(sink.value("cadastre.parcelle", 0, "id"), "25354000AK0231");
    EXPECT_EQ(sink.value("cadastre.parcelle", 0, "contenance"), "1100");
    EXPECT_EQ(sink.value("cadastre.parcelle", 0, "numero"), "231");
    EXPECT_EQ(sink.value("cadastre.lieu_dit", 0, "nom"), "AU VILLAGE");
}

TEST(RealFiles, DeliveriesBecomeTheirRows) {
    SKIP_WITHOUT_DATA();
    const Delivery deliveries[] = {
        {"cadastre/edigeo/13029", {{"cadastre.parcelle", 389}, {"cadastre.batiment", 239}, {"cadastre.lieu_dit", 5}}},
        {"cadastre/edigeo/75103000AO01",
         {{"cadastre.parcelle", 50}, {"cadastre.batiment", 67}, {"cadastre.lieu_dit", 0}}},
        {"cadastre/etalab/cadastre-36174-parcelles.json", {{"cadastre.parcelle", 4163}}, 0, 0, "EPSG:4326"},
        {"cadastre/etalab/cadastre-91216-parcelles.json", {{"cadastre.parcelle", 4241}}, 0, 0, "EPSG:4326"},
        // The .DBF of documents holds the same IDURBA twice.
        {"urbanisme_risques/cnig/30014_PLU_20171013",
         {{"urba.zone_urba", 90},
          {"urba.prescription_surf", 77},
          {"urba.prescription_lin", 15},
          {"urba.prescription_pct", 93},
          {"urba.information_surf", 18},
          {"urba.information_pct", 6},
          {"urba.doc_urba", 1}},
         1},
        {"urbanisme_risques/cnig/241800432_PLUi_20200128",
         {{"urba.zone_urba", 221},
          {"urba.prescription_surf", 32},
          {"urba.prescription_lin", 264},
          {"urba.prescription_pct", 167},
          {"urba.doc_urba", 1}},
         0,
         1},
        {"urbanisme_risques/cnig/172014607_AC1_2A_20180130",
         {{"urba.sup_assiette", 206}, {"urba.sup_generateur_surf", 104}}},
        {"urbanisme_risques/cnig/110068012_PM3_28_20161104",
         {{"urba.sup_assiette", 3}, {"urba.sup_generateur_surf", 3}}},
        {"urbanisme_risques/plui_248000747",
         {{"urba.zone_urba", 1049}, {"urba.prescription_surf", 1367}, {"urba.information_surf", 613}}},
        {"urbanisme_risques/plui_bondy/pluiBondy.gpkg",
         {{"urba.prescription_surf", 643}, {"urba.prescription_lin", 274}, {"urba.prescription_pct", 5}}},
        {"urbanisme_risques/ppr/38DDT20200002.zip",
         {{"risque.zone_reglementaire", 584},
          {"risque.zone_alea", 646},
          {"risque.perimetre", 1},
          {"risque.procedure", 1}}},
        {"urbanisme_risques/ppr/pprm_38ddt20180002.gpkg",
         {{"risque.zone_reglementaire", 380},
          {"risque.zone_alea", 220},
          {"risque.perimetre", 1},
          {"risque.procedure", 1}}},
        {"urbanisme_risques/pprt/pprt_69dreal20090005.gpkg",
         {{"risque.zone_reglementaire", 25}, {"risque.perimetre", 1}, {"risque.procedure", 1}}},
    };
    for (const auto& delivery : deliveries) {
        const TempFolder folder;
        CollectingSink sink;
        const ReadReport report = read(test::copy_of(delivery.path, folder), {}, sink);
        for (const auto& [table, rows] : delivery.rows)
            EXPECT_EQ(sink.count(table), rows) << delivery.path << " " << table;
        EXPECT_EQ(report.refused(), delivery.refused) << delivery.path;
        std::int64_t repaired = 0;
        for (const auto& [table, counts] : report.tables) repaired += counts.repaired;
        EXPECT_EQ(repaired, delivery.repaired) << delivery.path;
        ASSERT_EQ(report.crs.size(), 1U) << delivery.path;
        EXPECT_TRUE(report.crs.begin()->starts_with(delivery.crs)) << *report.crs.begin();
    }
}

TEST(RealFiles, APlanInAnArchiveIsReadAsItsFolderIs) {
    SKIP_WITHOUT_DATA();
    const TempFolder folder;
    std::vector<test::PackedMember> members{{"30014_PLU/Pieces_ecrites/reglement.pdf", "%PDF-1.4", ""}};
    const auto root = test::data_folder() / "urbanisme_risques/cnig/30014_PLU_20171013";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream in(entry.path(), std::ios::binary);
        members.push_back({"30014_PLU/Donnees_geographiques/" + entry.path().filename().string(),
                           {std::istreambuf_iterator<char>(in), {}},
                           ""});
    }
    test::write_archive(folder.path() / "30014_PLU.zip", members);
    CollectingSink sink;
    const ReadReport report = read(folder.path() / "30014_PLU.zip", {}, sink);
    EXPECT_EQ(sink.count("urba.zone_urba"), 90U);
    EXPECT_EQ(sink.count("urba.prescription_surf"), 77U);
    EXPECT_EQ(sink.count("urba.prescription_lin"), 15U);
    EXPECT_EQ(sink.count("urba.prescription_pct"), 93U);
    EXPECT_EQ(sink.count("urba.doc_urba"), 1U);
    EXPECT_TRUE(report.refused_files.empty());
}

TEST(RealFiles, PlansKeepTheirCodesTheirStateAndTheirAccents) {
    SKIP_WITHOUT_DATA();
    const TempFolder folder;
    CollectingSink sink;
    read(test::copy_of("urbanisme_risques/pprt/pprt_69dreal20090005.gpkg", folder), {}, sink);
    EXPECT_EQ(sink.value("risque.procedure", 0, "libelleprocedure"), "PPRT Domène - Sobégal");
    EXPECT_EQ(sink.value("risque.procedure", 0, "etatprocedure"), "APPROUVE");
    EXPECT_EQ(sink.value("risque.procedure", 0, "dateetat"), "2017-02-08");
    EXPECT_EQ(sink.value("risque.zone_reglementaire", 0, "idzonereglementaire"), "69DREAL20090005-126");
    EXPECT_EQ(sink.value("risque.zone_reglementaire", 0, "typereglement"), "01");

    const TempFolder other;
    CollectingSink covadis;
    read(test::copy_of("urbanisme_risques/ppr/38DDT20200002.zip", other), {}, covadis);
    EXPECT_EQ(covadis.value("risque.zone_alea", 0, "typealea"), "115");
    EXPECT_EQ(covadis.value("risque.zone_alea", 0, "niveaualea"), "01");
    EXPECT_EQ(covadis.value("risque.zone_reglementaire", 0, "codezonereglement"), "RA,T3,P");
    EXPECT_EQ(covadis.value("risque.perimetre", 0, "dateetat"), "2022-12-23");

    const TempFolder plu;
    CollectingSink zones;
    read(test::copy_of("urbanisme_risques/cnig/30014_PLU_20171013", plu), {}, zones);
    EXPECT_EQ(zones.value("urba.zone_urba", 0, "libelong"),
              "Zone urbaine soumise à des prescriptions architecturales particulières");
    EXPECT_EQ(zones.value("urba.zone_urba", 0, "perimetre"), "30014");
    EXPECT_EQ(zones.value("urba.zone_urba", 0, "datvalid"), "2017-10-13");
    EXPECT_EQ(zones.value("urba.prescription_lin", 0, "typepsc"), "15");
}

TEST(RealFiles, EasementsKnowTheirCategory) {
    SKIP_WITHOUT_DATA();
    const TempFolder folder;
    CollectingSink sink;
    read(test::copy_of("urbanisme_risques/cnig/110068012_PM3_28_20161104", folder), {}, sink);
    EXPECT_EQ(sink.value("urba.sup_assiette", 0, "suptype"), "pm3");
    EXPECT_EQ(sink.value("urba.sup_assiette", 0, "lot"), "pm3_028");
    EXPECT_EQ(sink.value("urba.sup_assiette", 0, "id"), "pm3_028:1");
    EXPECT_EQ(sink.value("urba.sup_assiette", 0, "typeass"), "Enveloppe des zonages réglementaires");
    EXPECT_EQ(sink.value("urba.sup_generateur_surf", 2, "lot"), "pm3_028");
}

TEST(RealFiles, MalformedFilesAreRefusedAndSayWhy) {
    SKIP_WITHOUT_DATA();
    const std::pair<const char*, const char*> cases[] = {
        {"geometry/broken_geometries.csv", "système de coordonnées"},
        {"geometry/dubious_geometries.csv", "système de coordonnées"},
        {"gml/INVALID.gml", "XML ou GML"},
        {"gml/LeftHanded_exterior_clockwise_interior_clockwise.gml", "XML ou GML"},
        {"gml/Polygon_exterior_not_closed.gml", "XML ou GML"},
        {"dxf/R12_with_trash_beyond_EOF.dxf", "DXF"},
        {"dxf/bin_dxf_r2000.dxf", "DXF"},
        {"dxf/blocks.dxf", "DXF"},
        {"gpkg/empty.gpkg", "aucune couche vectorielle"},
        {"gpkg/null_geometry.gpkg", "aucune couche reconnue"},
        {"gpkg/v12_bad_attributes.gpkg", "aucune couche reconnue"},
        {"json/sample.json", "GeoJSON incorrect à l'objet 1"},
        {"encoding/Latin1.dbf", "aucune couche reconnue"},
        {"shp/data_corruption_error.shp", "aucune couche reconnue"},
        {"shp/max_callstack_error.shp", "aucune couche reconnue"},
        {"jpeg/corrupt_exif.jpg", "photo JPEG"},
        {"landxml/land_xml_empty_surface.xml", "aucun point"},
        {"truncated/base3-truncated.gpkg", "tronqué"},
        {"truncated/cog-truncated.tif", "TIFF"},
        {"truncated/edigeo-25354000AB01-truncated.tar.bz2", "tronquée"},
    };
    for (const auto& [file, expected] : cases) {
        const TempFolder folder;
        const std::string said = test::refusal_of(test::copy_of(std::string("malformed/") + file, folder));
        EXPECT_NE(said.find(expected), std::string::npos) << file << "\n-> " << said;
        EXPECT_TRUE(said.starts_with(std::filesystem::path(file).filename().string())) << said;
    }
}

TEST(RealFiles, DoubtfulGeometriesIntoATableOfTheirOwn) {
    SKIP_WITHOUT_DATA();
    struct Case {
        const char* file;
        gis::GeometryType geometry;
        std::int64_t written, repaired, refused;
        std::optional<int> crs;
        const char* layer = nullptr;
    };
    using enum gis::GeometryType;
    const Case cases[] = {
        {"geometry/ex10_bowtie.json", MultiPolygon, 1, 1, 0, {}},
        {"geometry/ex1_invalid_rings.json", MultiPolygon, 1, 1, 0, {}},
        {"geometry/openring.json", MultiPolygon, 1, 1, 0, {}},
        {"geometry/self-intersecting-polygon.json", MultiPolygon, 1, 1, 0, {}},
        {"gpkg/null_geometry.gpkg", MultiPolygon, 3, 0, 0, {}, "new_geopackage"},
        {"gpkg/v12_bad_attributes.gpkg", MultiLineString, 2, 0, 0, {}, "linestring2d"},
        {"shp/data_corruption_error.shp", MultiLineString, 8, 0, 0, {}},
        {"shp/max_callstack_error.shp", MultiLineString, 138, 0, 0, {}},
    };
    for (const auto& test_case : cases) {
        const TempFolder folder;
        Options options = generic(test_case.geometry);
        options.source_srid = test_case.crs;
        if (test_case.layer) options.source_layer = test_case.layer;
        CollectingSink sink;
        try {
            const ReadReport report =
                read(test::copy_of(std::string("malformed/") + test_case.file, folder), options, sink);
            const auto& counts = report.tables.at("public.essai");
            EXPECT_EQ(counts.written, test_case.written) << test_case.file;
            EXPECT_EQ(counts.repaired, test_case.repaired) << test_case.file;
            EXPECT_EQ(counts.refused, test_case.refused) << test_case.file;
        } catch (const gis::Error& error) {
            ADD_FAILURE() << test_case.file << ": " << error.what();
        }
    }
}

TEST(RealFiles, OldTablesKeepTheirLetters) {
    SKIP_WITHOUT_DATA();
    const TempFolder folder;
    const auto path = test::copy_of("malformed/encoding/Latin1.dbf", folder);
    const Detection detection = detect(path, {});
    ASSERT_EQ(detection.layers.size(), 1U);
    Options options;
    options.target = propose_table(detection.layers[0], "public.adresse");
    CollectingSink sink;
    read(path, options, sink);
    EXPECT_EQ(sink.value("public.adresse", 0, "address"), "Tårneby in Våler I Solør kommune");
}

TEST(RealFiles, SystemsWithoutACodeAreRecognised) {
    SKIP_WITHOUT_DATA();
    const TempFolder folder;
    const Detection detection = detect(test::copy_of("urbanisme_risques/tri_inondation", folder), {});
    std::size_t known = 0;
    for (const auto& layer : detection.layers) {
        if (!layer.geometry) continue;
        EXPECT_EQ(layer.srid, 2154) << layer.file << " " << layer.crs;
        ++known;
    }
    EXPECT_GT(known, 20U);
}
