// Exports in every format, read back by GDAL: counts, geometries, attributes, accents, NULLs, empty layers, heights.

#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <fmt/format.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

#include "gis/read/archive.hpp"
#include "gis/write/formats.hpp"
#include "server/db/layer_declaration.hpp"
#include "tests/api/api_fixture.hpp"

namespace {

using test::ApiTest;
using test::json;
using test::link_of;

/// A value as GDAL reads it, a geometry as WKT: what a user of the file sees.
using Row = std::map<std::string, std::string>;

struct Table {
    std::vector<Row> rows;
    std::string crs;  ///< "2154", "" when the file does not say
    OGRwkbGeometryType type = wkbUnknown;
};

std::string text_of(OGRFeatureH feature, int index) {
    return OGR_F_IsFieldSetAndNotNull(feature, index) != 0 ? OGR_F_GetFieldAsString(feature, index) : "NULL";
}

std::string geometry_of(OGRFeatureH feature) {
    OGRGeometryH geometry = OGR_F_GetGeometryRef(feature);
    if (geometry == nullptr) return "none";
    char* text = nullptr;
    OGR_G_ExportToIsoWkt(geometry, &text);
    const std::string wkt = text;
    CPLFree(text);
    return wkt;
}

class Export : public ApiTest {
  protected:
    static void SetUpTestSuite() {
        ApiTest::SetUpTestSuite();
        GDALAllRegister();
        // Temporary folders of this suite alone: other tests make theirs meanwhile. No server runs between suites.
        temporary_ = std::make_unique<gis::read::TempFolder>();
        if (const char* before = std::getenv("TMPDIR")) temporary_before_ = before;
        ::setenv("TMPDIR", temporary_->path().c_str(), 1);
    }
    static void TearDownTestSuite() {
        if (temporary_before_.empty())
            ::unsetenv("TMPDIR");
        else
            ::setenv("TMPDIR", temporary_before_.c_str(), 1);
        temporary_.reset();
        ApiTest::TearDownTestSuite();
    }
    void SetUp() override {
        ApiTest::SetUp();
        make_person("exporter", "read,export");
    }

    RawAnswer fetch(const std::string& target) const { return get(target, token_of("exporter")); }

    /// Writes an answer's body into a file of this test's folder.
    std::string saved(const RawAnswer& answer, const std::string& name) const {
        const std::string path = (folder_.path() / name).string();
        std::ofstream(path, std::ios::binary) << answer.body;
        return path;
    }

    /// The layer of an export as GDAL reads it, by the id its rows have.
    Table read(const std::string& layer, const std::string& format, const std::string& more = "") const {
        const RawAnswer answer = fetch("/collections/" + layer + "/export?f=" + format + more);
        if (answer.status != 200 || !answer.whole) {
            ADD_FAILURE() << format << " -> " << answer.status << " " << answer.body.substr(0, 300);
            return {};
        }
        const std::string extension(gis::find_format(format)->extension);
        std::string path = saved(answer, layer + "_" + format + "." + extension);
        if (extension == "zip") path = "/vsizip/" + path;
        // CSV and GML readers put files beside what they read; each has a folder of its own for that.
        const char* const open_options[] = {"X_POSSIBLE_NAMES=X",  "Y_POSSIBLE_NAMES=Y",       "KEEP_GEOM_COLUMNS=NO",
                                            "AUTODETECT_TYPE=YES", "EMPTY_STRING_AS_NULL=YES", nullptr};
        const bool is_csv = extension == "csv";
        GDALDatasetH dataset =
            GDALOpenEx(path.c_str(), GDAL_OF_VECTOR, nullptr, is_csv ? open_options : nullptr, nullptr);
        if (dataset == nullptr) {
            ADD_FAILURE() << "GDAL does not open " << path << ": " << CPLGetLastErrorMsg();
            return {};
        }
        Table table;
        for (int n = 0; n < GDALDatasetGetLayerCount(dataset); ++n) {
            OGRLayerH ogr = GDALDatasetGetLayer(dataset, n);
            table.type = OGR_L_GetGeomType(ogr);
            if (OGRSpatialReferenceH crs = OGR_L_GetSpatialRef(ogr)) {
                OSRAutoIdentifyEPSG(crs);
                const char* code = OSRGetAuthorityCode(crs, nullptr);
                table.crs = code == nullptr ? "?" : code;
            }
            OGRFeatureDefnH definition = OGR_L_GetLayerDefn(ogr);
            OGR_L_ResetReading(ogr);
            while (OGRFeatureH feature = OGR_L_GetNextFeature(ogr)) {
                Row row;
                for (int i = 0; i < OGR_FD_GetFieldCount(definition); ++i)
                    row[OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(definition, i))] = text_of(feature, i);
                row["geometry"] = geometry_of(feature);
                table.rows.push_back(std::move(row));
                OGR_F_Destroy(feature);
            }
        }
        GDALClose(dataset);
        return table;
    }

    static inline std::unique_ptr<gis::read::TempFolder> temporary_;
    static inline std::string temporary_before_;
    gis::read::TempFolder folder_;
};

const Row* find(const Table& table, const std::string& field, const std::string& value) {
    for (const Row& row : table.rows) {
        const auto found = row.find(field);
        if (found != row.end() && found->second == value) return &row;
    }
    return nullptr;
}

double number_of(const Row& row, const std::string& field) {
    const auto found = row.find(field);
    return found == row.end() ? NAN : std::atof(found->second.c_str());
}

TEST_F(Export, EveryFormatHoldsEveryFeatureWithItsValues) {
    for (const gis::Format& format : gis::formats()) {
        if (format.name == "dxf" || format.name == "jsonfg") continue;  // no attributes; not known to GDAL 3.6
        SCOPED_TRACE(format.name);
        const Table table = read("place", std::string(format.name));
        if (format.name == "fgb") {  // has no place for p5, and says so
            EXPECT_EQ(table.rows.size(), 4U);
            EXPECT_EQ(fetch("/collections/place/export?f=fgb").header("Carreau-Left-Out"),
                      "1 features without geometry");
            continue;
        }
        ASSERT_EQ(table.rows.size(), 5U);
        const std::string name = format.name == "kml" ? "Name" : "name";  // the label is what KML names features by
        const Row* bare = find(table, name, "sans géométrie");
        ASSERT_NE(bare, nullptr) << "accents";
        EXPECT_EQ(number_of(*bare, "count"), 5);
        EXPECT_TRUE(bare->at("geometry") == "none" || bare->at("geometry").find("EMPTY") != std::string::npos)
            << bare->at("geometry");
        for (const char* field : {"ratio", "price", "small"}) {
            const std::string value = bare->contains(field) ? bare->at(field) : "NULL";
            EXPECT_TRUE(value == "NULL" || value.empty()) << field << " is NULL, not " << value;
        }
        const Row* hostile = find(table, name, "<script>alert(\"x\")</script> & 'q'");
        EXPECT_NE(hostile, nullptr);
        const Row* first = find(table, name, "origine");
        ASSERT_NE(first, nullptr);
        EXPECT_EQ(number_of(*first, "count"), 1);
        const double price = format.name == "csv-excel" ? NAN : number_of(*first, "price");
        EXPECT_TRUE(std::isnan(price) || price == 1.25) << price;
        EXPECT_NE(first->at("geometry").find("POINT"), std::string::npos) << first->at("geometry");
    }
}

TEST_F(Export, EachFormatSaysItsCrsAndStandsInIt) {
    const std::map<std::string, std::string> expected{{"geojson", "4326"}, {"kml", "4326"}, {"gpkg", "2154"},
                                                      {"shp", "2154"},     {"fgb", "2154"}, {"csv", ""},
                                                      {"csv-xy", ""}};
    for (const auto& [format, crs] : expected) {
        SCOPED_TRACE(format);
        const Table table = read("place", format);
        EXPECT_EQ(table.crs, crs);
        const Row* first = find(table, format == "kml" ? "Name" : "name", "origine");
        ASSERT_NE(first, nullptr);
        double x = 0;
        double y = 0;
        const std::string& wkt = first->at("geometry");
        ASSERT_EQ(std::sscanf(wkt.c_str() + wkt.find('('), "(%lf %lf", &x, &y), 2) << wkt;
        EXPECT_EQ(x, crs == "4326" ? 3 : 700'000);
        EXPECT_EQ(y, crs == "4326" ? 46.5 : 6'600'000);
    }
    EXPECT_EQ(read("place", "gpkg", "&crs=EPSG:3857").crs, "3857");
    EXPECT_EQ(fetch("/collections/place/export?f=kml&crs=EPSG:2154").status, 400);
}

TEST_F(Export, DatesAndTimesAreThem) {
    const Table table = read("place", "gpkg");
    const Row* row = find(table, "name", "nord");
    ASSERT_NE(row, nullptr);
    EXPECT_EQ(row->at("built"), "2021/06/15");
    EXPECT_EQ(row->at("seen"), "2021/06/15 12:00:00+00");
    EXPECT_EQ(row->at("active"), "0");
    EXPECT_EQ(row->at("code"), "NULL");
    const json document = json::parse(fetch("/collections/place/export").body);
    EXPECT_EQ(document["features"][1]["properties"]["built"], "2021-06-15");
    EXPECT_EQ(document["features"][1]["properties"]["seen"], "2021-06-15T12:00:00.000Z");
}

TEST_F(Export, TakesTheSameFiltersAsAPage) {
    EXPECT_EQ(read("place", "csv", "&bbox=2.9,46.4,3.1,46.6").rows.size(), 1U);
    EXPECT_EQ(read("square", "fgb", "&kind=a").rows.size(), 1000U);
    EXPECT_EQ(read("place", "gpkg", "&datetime=2021-01-01/2021-12-31&count=2").rows.size(), 2U);
    EXPECT_EQ(fetch("/collections/place/export?limit=3").status, 400);
    EXPECT_EQ(fetch("/collections/place/export?nothing=3").status, 400);
    const RawAnswer unknown = fetch("/collections/place/export?f=dwg");
    EXPECT_EQ(unknown.status, 400);
    EXPECT_NE(unknown.body.find("gpkg"), std::string::npos) << "says what there is";
}

TEST_F(Export, ManyFeaturesKeepTheirGeometry) {
    for (const char* format : {"geojson", "gpkg", "shp", "fgb", "gml", "csv"}) {
        SCOPED_TRACE(format);
        const Table table = read("square", format, "&crs=EPSG:2154");
        ASSERT_EQ(table.rows.size(), 3000U);
        double sum = 0;
        for (const Row& row : table.rows) {
            OGRGeometryH geometry = nullptr;
            std::string copy = row.at("geometry");
            char* text = copy.data();
            ASSERT_EQ(OGR_G_CreateFromWkt(&text, nullptr, &geometry), OGRERR_NONE) << copy;
            sum += OGR_G_Area(geometry);
            OGR_G_DestroyGeometry(geometry);
        }
        EXPECT_NEAR(sum, 3000.0 * 60 * 60, 1);
    }
}

TEST_F(Export, LayersWithoutGeometryAndEmptyOnes) {
    for (const char* format : {"geojson", "gpkg", "shp", "gml", "csv", "csv-excel", "kml"}) {
        SCOPED_TRACE(format);
        const Table table = read("note", format);
        EXPECT_EQ(table.rows.size(), 2U);
        EXPECT_NE(find(table, "said", "deux"), nullptr);
    }
    for (const char* format : {"fgb", "dxf"}) {
        EXPECT_EQ(fetch("/collections/note/export?f=" + std::string(format)).status, 400) << format;
    }
    for (const gis::Format& format : gis::formats()) {
        SCOPED_TRACE(format.name);
        const RawAnswer answer = fetch("/collections/lieu_dit/export?f=" + std::string(format.name));
        EXPECT_EQ(answer.status, 200);
        EXPECT_TRUE(answer.whole);
        const bool is_file = !format.is_streamed();
        EXPECT_TRUE(!is_file || read("lieu_dit", std::string(format.name)).rows.empty());
    }
}

TEST_F(Export, HeightsAndMixedGeometriesSurvive) {
    run("create table if not exists donnees.melange (id integer primary key, geom geometry(GeometryZ, 2154));"
        "insert into donnees.melange values (1, 'SRID=2154;POINT Z (700000 6600000 12.5)'),"
        "(2, 'SRID=2154;LINESTRING Z (700000 6600000 1, 700010 6600000 2)'),"
        "(3, 'SRID=2154;POLYGON Z ((700000 6600000 5, 700010 6600000 5, 700010 6600010 5, 700000 6600000 5))'), (4, "
        "null)"
        " on conflict do nothing");
    db::declare_layer(dsn(), R"({"table": "donnees.melange", "public": true})");
    wait_for_layer("melange");
    for (const char* format : {"geojson", "gpkg", "fgb", "gml", "csv", "kml", "dxf"}) {
        SCOPED_TRACE(format);
        const Table table = read("melange", format, std::string(format) == "kml" ? "" : "&crs=EPSG:2154");
        EXPECT_GE(table.rows.size(), 3U);
        bool found = false;
        for (const Row& row : table.rows) found = found || row.at("geometry").find("12.5") != std::string::npos;
        EXPECT_TRUE(found) << "the height of the point";
    }
    const RawAnswer zip = fetch("/collections/melange/export?f=shp");
    const std::string path = saved(zip, "melange.zip");
    const auto names = gis::read::unpack(path, folder_.path(), "melange.zip");
    for (const char* name :
         {"melange_points.shp", "melange_lignes.shp", "melange_surfaces.shp", "melange_sans_geometrie.dbf",
          "melange_points.cpg", "melange_points.prj", "LISEZMOI.txt"}) {
        EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
    }
}

TEST_F(Export, FilesTellLicenceAndOrigin) {
    db::set_layer(dsn(), "place", "licence", "Licence Ouverte 2.0");
    ASSERT_TRUE(
        test::eventually([&] { return get("/collections/place").body.find("Licence Ouverte") != std::string::npos; }));
    const RawAnswer zip = fetch("/collections/place/export?f=shp");
    gis::read::unpack(saved(zip, "p.zip"), folder_.path(), "p.zip");
    std::ifstream in(folder_.path() / "LISEZMOI.txt");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    for (const char* fact : {"Licence : Licence Ouverte 2.0", "Mention obligatoire : nous", "RGF93", "UTF-8", "name",
                             "/collections/place"}) {
        EXPECT_NE(text.find(fact), std::string::npos) << fact << " in\n" << text;
    }
    const std::string gpkg = saved(fetch("/collections/place/export?f=gpkg"), "m.gpkg");
    GDALDatasetH dataset = GDALOpenEx(gpkg.c_str(), GDAL_OF_VECTOR, nullptr, nullptr, nullptr);
    ASSERT_NE(dataset, nullptr);
    OGRLayerH layer = GDALDatasetGetLayer(dataset, 0);
    const char* licence = GDALGetMetadataItem(layer, "LICENCE", nullptr);
    EXPECT_STREQ(licence == nullptr ? "" : licence, "Licence Ouverte 2.0");
    const char* about = GDALGetMetadataItem(layer, "DESCRIPTION", nullptr);
    EXPECT_NE(std::string(about == nullptr ? "" : about).find("Mention obligatoire : nous"), std::string::npos);
    GDALClose(dataset);
    EXPECT_NE(fetch("/collections/place/export?f=csv").header("Link").find("rel=\"license\""), std::string::npos);
}

TEST_F(Export, GmlIsValidByTheOfficialSchemas) {
    const char* configured = std::getenv("CARREAU_SCHEMAS");
    const std::filesystem::path schemas = configured != nullptr ? configured : CARREAU_SOURCE_DIR "/../shared/schemas";
    if (!std::filesystem::exists(schemas / "validate.sh")) GTEST_SKIP() << "no schemas in " << schemas;
    if (std::system("command -v xmllint >/dev/null") != 0) GTEST_SKIP() << "xmllint is absent";
    for (const char* layer : {"place", "square", "note", "lieu_dit"}) {
        for (const char* crs : {"EPSG:4326", "EPSG:2154"}) {
            const auto target = fmt::format("/collections/{}/export?f=gml&crs={}", layer, crs);
            const std::string file = saved(fetch(target), "valid.gml");
            const std::string log = (folder_.path() / "log").string();
            const std::string command =
                fmt::format("sh '{}' wfs '{}' > '{}' 2>&1", (schemas / "validate.sh").string(), file, log);
            const int status = std::system(command.c_str());
            std::ifstream in(log);
            EXPECT_EQ(status, 0) << target << "\n"
                                 << std::string(std::istreambuf_iterator<char>(in), {}).substr(0, 2000);
        }
    }
}

TEST_F(Export, FilesHaveALengthAndLeaveNothingBehind) {
    const auto folders = [] {
        int count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::temp_directory_path()))
            count += entry.path().filename().string().starts_with("carreau-");
        return count;
    };
    const int before = folders();
    const RawAnswer answer = fetch("/collections/square/export?f=gpkg");
    EXPECT_EQ(answer.header("Content-Length"), std::to_string(answer.body.size()));
    EXPECT_EQ(answer.header("Content-Type"), "application/geopackage+sqlite3");
    EXPECT_EQ(answer.header("Content-Disposition"), "attachment; filename=\"square.gpkg\"");
    EXPECT_TRUE(test::eventually([&] { return folders() == before; }));
}

TEST_F(Export, OnlyForWhoMayAndAlwaysWrittenDown) {
    run("create table if not exists donnees.reserve (id integer primary key); insert into donnees.reserve values (1)"
        " on conflict do nothing");
    db::declare_layer(dsn(), R"({"table": "donnees.reserve"})");
    wait_for_layer("reserve");
    make_person("reader", "read");
    EXPECT_EQ(get("/collections/reserve/export?f=csv", token_of("reader")).status, 403);
    EXPECT_EQ(get("/collections/reserve/export?f=csv").status, 404) << "does not exist for who may not see it";
    EXPECT_EQ(get("/collections/nowhere/export?f=csv", token_of("reader")).status, 404);
    const int before = std::stoi(scalar("select count(*) from audit.entry where action = 'export'"));
    EXPECT_EQ(fetch("/collections/reserve/export?f=csv").status, 200);
    EXPECT_EQ(scalar("select count(*) from audit.entry where action = 'export'"), std::to_string(before + 1));
    const json mine = get_json("/collections/reserve", token_of("exporter"));
    EXPECT_NE(link_of(mine, "enclosure", "application/geopackage+sqlite3"), "");
    EXPECT_EQ(link_of(get_json("/collections/reserve", token_of("reader")), "enclosure"), "");
}

TEST_F(Export, PagesComeInEveryStreamedFormat) {
    for (const gis::Format& format : gis::formats()) {
        SCOPED_TRACE(format.name);
        const std::string target = "/collections/place/items?limit=2&f=" + std::string(format.name);
        const RawAnswer answer = get(target);
        if (!format.is_streamed()) {
            EXPECT_EQ(answer.status, 400);
            continue;
        }
        EXPECT_EQ(answer.status, 200) << answer.body.substr(0, 300);
        EXPECT_EQ(answer.header("Content-Type"), format.media_type);
        EXPECT_EQ(answer.header("OGC-NumberMatched"), "5");
        EXPECT_EQ(answer.header("OGC-NumberReturned"), "2");
        const std::string essence(format.media_type.substr(0, format.media_type.find(';')));
        EXPECT_EQ(get("/collections/place/items?limit=2", "Accept: " + essence + "\r\n").status, 200);
    }
    const auto type = [&](const std::string& accept) {
        return get("/collections/place/items?limit=1", "Accept: " + accept + "\r\n").header("Content-Type");
    };
    EXPECT_EQ(type("application/gml+xml"), "application/gml+xml; version=3.2");
    EXPECT_EQ(type("text/csv;q=0.5, application/gml+xml;q=0.9"), "application/gml+xml; version=3.2");
    EXPECT_EQ(type("application/geo+json, text/csv"), "application/geo+json");
    EXPECT_EQ(type("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8").substr(0, 9), "text/html");
    EXPECT_EQ(type("*/*"), "application/geo+json");
}

}  // namespace
