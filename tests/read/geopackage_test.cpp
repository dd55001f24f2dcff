#include <sqlite3.h>

#include <cstring>

#include "gdal_files.hpp"
#include "gis/read/detect.hpp"
#include "read_fixture.hpp"

using namespace gis::read;
using test::CollectingSink;

namespace {

std::filesystem::path bench_geopackage(const TempFolder& folder) {
    const auto path = folder.path() / "bancs.gpkg";
    test::write_with_gdal("GPKG", path, "bancs", 2154, wkbPoint,
                          {{"Mairie", "POINT (682000 7045000)"}, {"École", "POINT (682100 7045000)"}, {"?", ""}});
    return path;
}

void run_sql(const std::filesystem::path& path, const std::string& sql) {
    sqlite3* database = nullptr;
    sqlite3_open(path.c_str(), &database);
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK) << (message ? message : "");
    sqlite3_free(message);
    sqlite3_close(database);
}

Options into_bench_layer() {
    Options options;
    options.target = Target{"public.banc",
                            {{"nom", gis::FieldType::Text, false, ""}, {"id", gis::FieldType::Integer, true, ""}},
                            "id",
                            gis::GeometryType::Point,
                            ""};
    return options;
}

}  // namespace

TEST(GeoPackage, AnyLayerGoesIntoATableGivenByItsColumns) {
    const TempFolder folder;
    const auto path = bench_geopackage(folder);
    const std::string before = sha256_of(folder.path());
    CollectingSink sink;
    const ReadReport report = read(path, into_bench_layer(), sink);
    ASSERT_EQ(sink.count("public.banc"), 3U);
    EXPECT_EQ(sink.value("public.banc", 1, "nom"), "École");
    EXPECT_EQ(sink.value("public.banc", 1, "id"), "2");
    EXPECT_EQ(sink.rows.at("public.banc")[0].wkb.size(), 21U);
    EXPECT_TRUE(sink.rows.at("public.banc")[2].wkb.empty());
    EXPECT_EQ(report.tables.at("public.banc").written, 3);
    EXPECT_EQ(sha256_of(folder.path()), before);
}

TEST(GeoPackage, CurvesBecomeSegments) {
    const TempFolder folder;
    const auto path = folder.path() / "courbe.gpkg";
    test::write_with_gdal("GPKG", path, "courbe", 2154, wkbCurvePolygon,
                          {{"rond", "CURVEPOLYGON (CIRCULARSTRING (682000 7045000, 682100 7045000, 682000 7045000))"}});
    Options options = into_bench_layer();
    options.target->geometry = gis::GeometryType::MultiPolygon;
    CollectingSink sink;
    read(path, options, sink);
    ASSERT_EQ(sink.count("public.banc"), 1U);
    EXPECT_GT(sink.rows.at("public.banc")[0].wkb.size(), 500U);
}

TEST(GeoPackage, ViewsTriggersAndComputedColumnsAreRefused) {
    const std::pair<const char*, const char*> cases[] = {
        {"alter table bancs rename to vrais; create view bancs as select * from vrais;", "est une vue"},
        {"create trigger mien after insert on bancs begin select 1; end;", "déclencheur (mien)"},
        {"alter table bancs add column gros text generated always as (hex(zeroblob(1000000))) virtual;",
         "colonnes calculées"},
        {"alter table gpkg_contents rename to c; create view gpkg_contents as with recursive n(i) as (select 1 union "
         "all "
         "select i+1 from n) select 'a'||i as table_name, 'features' as data_type from n;",
         "n'est pas sûr"},
    };
    for (const auto& [sql, expected] : cases) {
        const TempFolder folder;
        const auto path = bench_geopackage(folder);
        run_sql(path, "pragma writable_schema=0; drop trigger if exists rtree_bancs_geom_insert;");
        // ALTER needs the functions that rtree triggers name: without those triggers it is plain SQLite.
        for (const char* trigger :
             {"update1", "update2", "update3", "update4", "update5", "update6", "update7", "delete"}) {
            run_sql(path, std::string("drop trigger if exists rtree_bancs_geom_") + trigger);
        }
        run_sql(path, sql);
        const std::string said = test::refusal_of(path, into_bench_layer());
        EXPECT_NE(said.find(expected), std::string::npos) << sql << "\n-> " << said;
    }
}

TEST(GeoPackage, ColumnsOfEveryTypeAndGeometriesOfOtherWriters) {
    const TempFolder folder;
    const auto path = bench_geopackage(folder);
    for (int i = 1; i <= 7; ++i) run_sql(path, "drop trigger if exists rtree_bancs_geom_update" + std::to_string(i));
    run_sql(path, R"(
        alter table bancs add column pose date;
        alter table bancs add column vu datetime;
        alter table bancs add column places mediumint;
        alter table bancs add column hauteur double;
        alter table bancs add column abrite boolean;
        update bancs set pose = '2026-02-28', vu = '2026-03-01T08:30:00.000Z', places = 3, hauteur = 0.45, abrite = 1
            where fid = 1;
        -- Big-endian, with a height, and no envelope.
        update bancs set geom = x'475000000000086A00000003E94124D02100000000415ADFE210000000403F000000000000' where fid = 1;
        -- Flags announce an envelope, and nothing follows.
        update bancs set geom = x'4750000300000000' where fid = 2;
    )");
    Options options;
    options.target = Target{"public.banc",
                            {{"nom", gis::FieldType::Text, false, ""},
                             {"pose", gis::FieldType::Date, false, ""},
                             {"vu", gis::FieldType::DateTime, false, ""},
                             {"places", gis::FieldType::Integer, false, ""},
                             {"hauteur", gis::FieldType::Number, false, ""},
                             {"abrite", gis::FieldType::Boolean, false, ""}},
                            "",
                            gis::GeometryType::Point,
                            ""};
    CollectingSink sink;
    const ReadReport report = read(path, options, sink);
    ASSERT_EQ(sink.count("public.banc"), 2U);  // the broken geometry is refused, and said
    EXPECT_EQ(report.tables.at("public.banc").refused, 1);
    EXPECT_EQ(sink.value("public.banc", 0, "pose"), "2026-02-28");
    EXPECT_EQ(sink.value("public.banc", 0, "vu"), "2026-03-01T08:30:00Z");
    EXPECT_EQ(sink.value("public.banc", 0, "places"), "3");
    EXPECT_EQ(sink.value("public.banc", 0, "hauteur"), "0.450000");
    EXPECT_EQ(sink.value("public.banc", 0, "abrite"), "true");
    EXPECT_EQ(sink.value("public.banc", 1, "pose"), "");
    double xy[2];
    const std::string& wkb = sink.rows.at("public.banc")[0].wkb;
    ASSERT_EQ(wkb.size(), 21U);
    std::memcpy(xy, wkb.data() + 5, sizeof(xy));
    EXPECT_EQ(xy[0], 682000.5);
    EXPECT_EQ(xy[1], 7045000.25);
}

TEST(GeoPackage, TruncatedFilesAndPlainSqliteAreRefused) {
    const TempFolder folder;
    const auto path = bench_geopackage(folder);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 4'096);
    EXPECT_NE(test::refusal_of(path, into_bench_layer()).find("tronqué"), std::string::npos);
    const auto plain = folder.path() / "plain.gpkg";
    run_sql(plain, "create table t(a);");
    EXPECT_NE(test::refusal_of(plain, into_bench_layer()).find("n'est pas un GeoPackage"), std::string::npos);
}

TEST(GeoPackage, ALayerWithoutCrsAsksForOne) {
    const TempFolder folder;
    const auto path = folder.path() / "sans.gpkg";
    test::write_with_gdal("GPKG", path, "sans", 0, wkbPoint, {{"a", "POINT (682000 7045000)"}});
    EXPECT_NE(test::refusal_of(path, into_bench_layer()).find("--crs"), std::string::npos);
    Options options = into_bench_layer();
    options.source_srid = 2154;
    CollectingSink sink;
    read(path, options, sink);
    EXPECT_EQ(sink.count("public.banc"), 1U);
}

TEST(Detect, ProposesATableThatThenReadsTheFile) {
    const TempFolder folder;
    const auto path = folder.path() / "bancs.gpkg";
    test::write_with_gdal(
        "GPKG", path, "bancs", 3950, wkbPolygon,
        {{"Mairie", "POLYGON ((1682000 9265000, 1682010 9265000, 1682010 9265010, 1682000 9265000))"}}, "Nom de l'élu");
    const Detection detection = detect(path, {});
    ASSERT_EQ(detection.layers.size(), 1U);
    const auto& layer = detection.layers[0];
    EXPECT_EQ(layer.name, "bancs");
    EXPECT_EQ(layer.srid, 3950);
    EXPECT_EQ(layer.count, 1);
    EXPECT_FALSE(layer.kind);
    const Target target = propose_table(layer, "public.bancs");
    EXPECT_EQ(target.id_column, "fid");
    ASSERT_EQ(target.columns.size(), 2U);
    EXPECT_EQ(target.columns[1].name, "nom_de_l_elu");
    EXPECT_EQ(target.geometry, gis::GeometryType::MultiPolygon);
    Options options;
    options.target = target;
    CollectingSink sink;
    read(path, options, sink);
    EXPECT_EQ(sink.value("public.bancs", 0, "nom_de_l_elu"), "Mairie");
    EXPECT_EQ(sink.value("public.bancs", 0, "fid"), "1");
}
