#include <fmt/format.h>
#include <zlib.h>

#include "gis/read/json_cursor.hpp"
#include "read_fixture.hpp"

using namespace gis::read;
using test::CollectingSink;
using test::write_file;

namespace {

const std::string near_bethune = "[[[2.64,50.53],[2.641,50.53],[2.641,50.531],[2.64,50.531],[2.64,50.53]]]";

std::string parcel(const std::string& id, const std::string& coordinates = near_bethune) {
    return fmt::format(
        R"({{"type":"Feature","id":"{0}","geometry":{{"type":"Polygon","coordinates":{1}}},"properties":)"
        R"({{"id":"{0}","commune":"62119","prefixe":"000","section":"AB","numero":"12","contenance":1035,)"
        R"("arpente":false,"created":"2007-07-04","updated":"2020-02-11"}}}})",
        id, coordinates);
}

std::string collection(const std::string& features, const std::string& members = "") {
    return R"({"type":"FeatureCollection",)" + members + R"("features":[)" + features + "]}";
}

struct Outcome {
    CollectingSink sink;
    ReadReport report;
};

Outcome read_text(const std::string& json, const Options& options = {}) {
    const TempFolder folder;
    Outcome outcome;
    outcome.report = read(write_file(folder.path() / "cadastre-62119-parcelles.json", json), options, outcome.sink);
    return outcome;
}

std::string refusal_of_text(const std::string& json) {
    const TempFolder folder;
    return test::refusal_of(write_file(folder.path() / "a.json", json));
}

Options any_layer(gis::GeometryType geometry, int srid = 4326) {
    Options options;
    options.target = Target{"public.essai", {{"nom", gis::FieldType::Text, false, ""}}, "", geometry, ""};
    options.target_srid = srid;
    return options;
}

}  // namespace

TEST(GeoJson, EtalabParcelsBecomeRowsInLambert93) {
    const auto [sink, report] = read_text(collection(parcel("62119000AB0012")));
    ASSERT_EQ(sink.count("cadastre.parcelle"), 1U);
    EXPECT_EQ(sink.value("cadastre.parcelle", 0, "id"), "62119000AB0012");
    EXPECT_EQ(sink.value("cadastre.parcelle", 0, "contenance"), "1035");
    EXPECT_EQ(sink.value("cadastre.parcelle", 0, "arpente"), "false");
    EXPECT_EQ(sink.value("cadastre.parcelle", 0, "created"), "2007-07-04");
    // cs2cs EPSG:4326 EPSG:2154: 50.53 2.64 -> 674434.64 7048140.44
    double x = 0;
    double y = 0;
    const std::string& wkb = sink.rows.at("cadastre.parcelle")[0].wkb;
    ASSERT_GT(wkb.size(), 38U);
    std::memcpy(&x, wkb.data() + 22, 8);
    std::memcpy(&y, wkb.data() + 30, 8);
    EXPECT_NEAR(x, 674434.64, 0.01);
    EXPECT_NEAR(y, 7048140.44, 0.01);
    EXPECT_EQ(report.problem_count, 0);
}

TEST(GeoJson, BadFeaturesAreListedWithTheirNumberAndTheRestIsKept) {
    const auto [sink, report] = read_text(collection(
        parcel("62119000AB0001") + "," + parcel("62119000AB0001") + "," +                               // same id
        parcel("62119000AB0002", "[[[2.64,50.53],[1e999,50.53],[2.641,50.531],[2.64,50.53]]]") + "," +  // infinite
        parcel("62119000AB0003", "[[[150,-35],[151,-35],[151,-34],[150,-35]]]") + "," +                 // Canberra
        parcel("62119000AB0004", "[[[2.64,null],[2.641,50.53],[2.641,50.531],[2.64,50.53]]]") + "," +   // null
        parcel("62119000AB0005", "[]") + "," +                                                          // empty
        parcel("62119000AB0006", "[[2.64,50.53],[2.641,50.53]]") + "," +                             // a line's nesting
        parcel("62119AB7") + "," +                                                                   // short id
        parcel("62119000AB0008", "[[[2.64,50.53],[2.64,50.54],[2.64,50.55],[2.64,50.53]]]") + "," +  // no area
        parcel("62119000AB0009")));
    EXPECT_EQ(sink.count("cadastre.parcelle"), 2U);
    const auto& counts = report.tables.at("cadastre.parcelle");
    EXPECT_EQ(counts.read, 10);
    EXPECT_EQ(counts.refused, 8);
    const char* expected[] = {"déjà dans cet import", "nombre fini", "hors de la zone", "n'est pas un nombre",
                              "géométrie absente",    "imbriquées",  "14 caractères",   "aucune surface"};
    ASSERT_EQ(report.problems.size(), 8U);
    for (std::size_t i = 0; i < 8; ++i) {
        EXPECT_EQ(report.problems[i].feature, static_cast<std::int64_t>(i + 2));
        EXPECT_NE(report.problems[i].reason.find(expected[i]), std::string::npos) << report.problems[i].reason;
    }
}

TEST(GeoJson, OpenRingsAndBowTiesAreRepairedAndSaid) {
    const auto [sink, report] = read_text(collection(
        parcel("62119000AB0001", "[[[2.64,50.53],[2.641,50.53],[2.641,50.531],[2.64,50.531]]]") + "," +
        parcel("62119000AB0002", "[[[2.64,50.53],[2.641,50.531],[2.641,50.53],[2.64,50.531],[2.64,50.53]]]")));
    EXPECT_EQ(sink.count("cadastre.parcelle"), 2U);
    EXPECT_EQ(report.tables.at("cadastre.parcelle").repaired, 2);
    ASSERT_EQ(report.problems.size(), 2U);
    EXPECT_NE(report.problems[0].reason.find("non fermé"), std::string::npos);
    EXPECT_NE(report.problems[1].reason.find("se recoupe ; réparé, surface"), std::string::npos);
}

TEST(GeoJson, ZIsDroppedAndCollectionsOfOneNatureAreTaken) {
    const auto [sink, report] =
        read_text(R"({"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[2.6,50.5,30]},)"
                  R"({"type":"MultiPoint","coordinates":[[2.7,50.5],[2.8,50.5]]}]})",
                  any_layer(gis::GeometryType::MultiPoint));
    ASSERT_EQ(sink.count("public.essai"), 1U);
    EXPECT_EQ(sink.rows.at("public.essai")[0].wkb.size(), 9U + 3 * 21);
    EXPECT_NE(report.problems.back().reason.find("3D"), std::string::npos);
}

TEST(GeoJson, DocumentsThatAreNoGeoJsonAreRefused) {
    const std::pair<std::string, const char*> cases[] = {
        {"{}", "ni FeatureCollection"},
        {R"({"type":"FeatureCollection","features":[)", "milieu d'une valeur"},
        {R"({"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":{"a":tru}}]})",
         "objet 1"},
        {collection("{}"), "n'est pas un Feature"},
        {collection(R"({"type":"Point"})"), "n'est pas un Feature"},
        {collection(R"({"type":"Feature","geometry":null,"properties":{"a":"\ud800"}})"), "demi-caractère"},
        {collection(R"({"type":"Feature","geometry":null,"properties":{"a":"\u0000"}})"), "caractère nul"},
        {collection("{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"nom\":\"L\xE9gende\"}}"),
         "objet 1 : un texte n'est pas en UTF-8"},
        {collection("") + "x", "après la fin"},
        {R"({"a":)" + std::string(100'000, '['), "64 niveaux"},
        {collection(R"({"type":"Feature","properties":null,"geometry":{"type":"Polygon","coordinates":)" +
                    std::string(100'000, '[')),
         "64 niveaux"},
        {"[1,2]", "n'est pas reconnu"},
        {"", "vide"},
    };
    for (const auto& [json, expected] : cases) {
        const std::string said = refusal_of_text(json);
        EXPECT_NE(said.find(expected), std::string::npos) << json.substr(0, 80) << "\n-> " << said;
        EXPECT_TRUE(said.starts_with("a.json")) << said;
    }
}

TEST(GeoJson, TheCrsMemberIsHonouredBeforeTheFeaturesAndRefusedBehind) {
    const std::string crs = R"("crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2154"}})";
    const std::string metric = "[[[674480,7047823],[674500,7047823],[674500,7047850],[674480,7047823]]]";
    const auto [sink, report] = read_text(collection(parcel("62119000AB0001", metric), crs + ","));
    EXPECT_EQ(sink.count("cadastre.parcelle"), 1U);
    EXPECT_TRUE(report.crs.begin()->starts_with("EPSG:2154"));
    const std::string behind =
        R"({"type":"FeatureCollection","features":[)" + parcel("62119000AB0001", metric) + "]," + crs + "}";
    EXPECT_NE(refusal_of_text(behind).find("placez-le avant"), std::string::npos);
}

TEST(GeoJson, MembersOfAnyOrderAndUnknownOnesDoNotMatter) {
    const auto [sink, report] = read_text(
        R"({"bbox":[1,2,3,4],"name":"x","features":[{"properties":{"nom":"é\u00e9\ud83d\ude00","autre":{"a":[1,{"b":2}]}},)"
        R"("geometry":{"coordinates":[2.6,50.5],"type":"Point"},"type":"Feature","extra":[[]]}],"type":"FeatureCollection"})",
        any_layer(gis::GeometryType::Point));
    ASSERT_EQ(sink.count("public.essai"), 1U);
    EXPECT_EQ(sink.value("public.essai", 0, "nom"), "éé😀");
}

TEST(GeoJson, FeaturesAcrossTheWindowsEdgeAreWhole) {
    // Some 12 MB: three windows of 4 MB, each cutting a feature somewhere.
    std::string features;
    for (int i = 0; i < 36'000; ++i) {
        features += (i ? ",\n" : "") + parcel(fmt::format("62119{:03}AB{:04}", i / 10'000, i % 10'000));
    }
    std::int64_t last = 0;
    Options options;
    options.progress = [&](const Progress& progress) {
        EXPECT_EQ(progress.unit, "octets");
        EXPECT_GE(progress.done, last);
        EXPECT_LE(progress.done, progress.total);
        last = progress.done;
    };
    const auto [sink, report] = read_text(collection(features), options);
    EXPECT_GT(last, 8'000'000);
    EXPECT_EQ(sink.count("cadastre.parcelle"), 36'000U);
    EXPECT_EQ(report.problem_count, 0);
}

TEST(GeoJson, GzipIsReadAsAStreamAndItsEndIsChecked) {
    const TempFolder folder;
    const auto path = folder.path() / "parcelles.json.gz";
    const std::string json = collection(parcel("62119000AB0001"));
    gzFile out = gzopen(path.c_str(), "wb");
    gzwrite(out, json.data(), static_cast<unsigned>(json.size()));
    gzclose(out);
    CollectingSink sink;
    read(path, {}, sink);
    EXPECT_EQ(sink.count("cadastre.parcelle"), 1U);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 6);
    EXPECT_NE(test::refusal_of(path).find("tronqué ou abîmé"), std::string::npos);
}

TEST(GeoJson, ABombIsRefused) {
    const TempFolder folder;
    const auto path = folder.path() / "bombe.json.gz";
    gzFile out = gzopen(path.c_str(), "wb9");
    const std::string start = R"({"type":"FeatureCollection","a":")";
    const std::string zeros(1 << 20, '0');
    gzwrite(out, start.data(), static_cast<unsigned>(start.size()));
    for (int i = 0; i < 40; ++i) gzwrite(out, zeros.data(), static_cast<unsigned>(zeros.size()));
    gzclose(out);
    EXPECT_NE(test::refusal_of(path).find("200 fois"), std::string::npos);
}

TEST(GeoJson, EtalabLayersAreToldApartByTheirAttributes) {
    const auto feature = [](const std::string& properties) {
        return R"({"type":"Feature","properties":)" + properties + R"(,"geometry":{"type":"Polygon","coordinates":)" +
               near_bethune + "}}";
    };
    const std::tuple<const char*, std::string, const char*, const char*> cases[] = {
        {"sections.json", R"({"id":"621190000A","commune":"62119","prefixe":"000","code":"A"})", "cadastre.section",
         "621190000A"},
        {"feuilles.json",
         R"({"id":"621190000A01","commune":"62119","prefixe":"000","section":"A","numero":"01","qualite":"01","modeConfection":"02","echelle":1000})",
         "cadastre.feuille", "621190000A01"},
        {"cadastre-62119-batiments.json", R"({"type":"01","nom":null,"commune":"62119","created":"2010-01-01"})",
         "cadastre.batiment", "62119-"},
        {"lieux_dits.json", R"({"nom":"LE PRÉ","commune":"62119"})", "cadastre.lieu_dit", "62119-"},
    };
    for (const auto& [file, properties, table, id] : cases) {
        const TempFolder folder;
        CollectingSink sink;
        read(write_file(folder.path() / file, collection(feature(properties) + "," + feature(properties))), {}, sink);
        ASSERT_GE(sink.count(table), 1U) << file;
        EXPECT_TRUE(sink.value(table, 0, "id").starts_with(id)) << file;
        // Buildings and lieux-dits without an id of their own are numbered when they are the same.
        if (std::string(id).ends_with('-')) {
            ASSERT_EQ(sink.count(table), 2U) << file;
            EXPECT_EQ(sink.value(table, 1, "id"), sink.value(table, 0, "id") + "-2");
        }
    }
}

TEST(GeoJson, KindMayBeStated) {
    const TempFolder folder;
    const auto path = write_file(folder.path() / "x.json",
                                 collection(R"({"type":"Feature","properties":{"commune":"62119","nom":"A"},)"
                                            R"("geometry":{"type":"Polygon","coordinates":)" +
                                            near_bethune + "}}"));
    EXPECT_NE(test::refusal_of(path).find("aucune couche reconnue parmi x"), std::string::npos);
    Options options;
    options.kind = "lieu_dit";
    CollectingSink sink;
    read(path, options, sink);
    EXPECT_EQ(sink.count("cadastre.lieu_dit"), 1U);
}

TEST(GeoJson, ProblemsAreBoundedAndCountsExact) {
    std::string features;
    for (int i = 0; i < 1'500; ++i) features += (i ? "," : "") + parcel("62119000AB0001");
    const auto [sink, report] = read_text(collection(features));
    EXPECT_EQ(report.problems.size(), ReadReport::max_problems);
    EXPECT_EQ(report.problem_count, 1'499);
    EXPECT_EQ(report.tables.at("cadastre.parcelle").refused, 1'499);
}

TEST(JsonCursor, NumbersAreReadAsStrtodReadsThem) {
    for (const std::string text :
         {"0", "-0.0", "1.4087557", "46.47369", "123456789012345678", "0.1", "1e-14", "1.912054103e-05",
          "9007199254740993", "2.2250738585072011e-308", "179769313486231570000", "0.30000000000000004",
          "674480.3000000001", "7047823.549999999"}) {
        JsonCursor cursor(text.c_str(), text.c_str() + text.size(), true);
        std::string padded = text + " ";
        JsonCursor inside(padded.c_str(), padded.c_str() + padded.size(), true);
        EXPECT_EQ(inside.number(), std::strtod(text.c_str(), nullptr)) << text;
    }
}
