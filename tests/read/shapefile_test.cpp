#include "gdal_files.hpp"
#include "gis/read/detect.hpp"
#include "read_fixture.hpp"
#include "tests/support/edigeo_sample.hpp"

using namespace gis::read;
using test::CollectingSink;

namespace {

std::filesystem::path benches(const TempFolder& folder, int epsg = 2154,
                              const std::string& wkt = "POINT (682000 7045000)") {
    const auto path = folder.path() / "bancs.shp";
    test::write_with_gdal("ESRI Shapefile", path, "bancs", epsg, wkbPoint, {{"Mairie", wkt}, {"Place", wkt}});
    std::filesystem::remove(folder.path() / "bancs.cpg");
    return path;
}

Options into_benches() {
    Options options;
    options.target =
        Target{"public.banc", {{"nom", gis::FieldType::Text, false, ""}}, "", gis::GeometryType::Point, ""};
    return options;
}

/// Puts bytes over the first row's name in the .dbf.
void write_name(const std::filesystem::path& shp, const std::string& bytes) {
    auto dbf = shp;
    std::fstream file(dbf.replace_extension(".dbf"), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(8);
    const int header = file.get() + 256 * file.get();
    file.seekp(header + 1);
    file << bytes;
}

void put_bytes(const std::filesystem::path& path, std::streamoff at, const std::string& bytes) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(at);
    file << bytes;
}

}  // namespace

TEST(Shapefile, EncodingsOfTheCpg) {
    const std::tuple<const char*, const char*, const char*> cases[] = {
        {"LATIN1",
         "\xC9"
         "cole ",
         "École"},
        {"1252",
         "\x8C"
         "uvre ",
         "Œuvre"},
        {"ANSI 1252",
         "\xC9"
         "cole ",
         "École"},
        {"UTF-8",
         "\xC3\x89"
         "cole",
         "École"},
        {"ISO-8859-15",
         "\xBC"
         "uvre ",
         "Œuvre"},
        {"",
         "\xC9"
         "cole ",
         "École"},
        {"",
         "\xC3\x89"
         "cole",
         "École"},
    };
    for (const auto& [cpg, bytes, expected] : cases) {
        const TempFolder folder;
        const auto path = benches(folder);
        write_name(path, bytes);
        if (*cpg) {
            test::write_file(folder.path() / "bancs.cpg", cpg);
        } else {
            // No .cpg and no language driver either: only the bytes can tell.
            put_bytes(folder.path() / "bancs.dbf", 29, std::string(1, '\0'));
        }
        CollectingSink sink;
        read(path, into_benches(), sink);
        EXPECT_EQ(sink.value("public.banc", 0, "nom"), expected) << cpg;
    }
}

TEST(Shapefile, WrongEncodingsAreRefusedWithFileAndFeature) {
    const TempFolder folder;
    const auto path = benches(folder);
    write_name(path,
               "\xC9"
               "cole de filles");
    test::write_file(folder.path() / "bancs.cpg", "UTF-8");
    const std::string said = test::refusal_of(path, into_benches());
    EXPECT_TRUE(said.starts_with("bancs.shp: objet 1, champ Nom")) << said;
    Options stated = into_benches();
    stated.encoding = "LATIN1";
    CollectingSink sink;
    read(path, stated, sink);
    EXPECT_EQ(sink.value("public.banc", 0, "nom"), "École de filles");
    stated.encoding = "EBCDIC";
    EXPECT_NE(test::refusal_of(path, stated).find("encodage EBCDIC inconnu"), std::string::npos);
}

TEST(Shapefile, MissingAndLyingFilesAreRefused) {
    const std::tuple<const char*, std::function<void(const std::filesystem::path&)>, const char*> cases[] = {
        {"no dbf", [](const auto& f) { std::filesystem::remove(f / "bancs.dbf"); }, "table .dbf manque"},
        {"no shx", [](const auto& f) { std::filesystem::remove(f / "bancs.shx"); }, "index .shx manque"},
        {"no prj", [](const auto& f) { std::filesystem::remove(f / "bancs.prj"); }, "--crs"},
        {"prj of nowhere", [](const auto& f) { test::write_file(f / "bancs.prj", "LOCAL_CS[\"plan\"]"); }, "--crs"},
        {"shp cut", [](const auto& f) { std::filesystem::resize_file(f / "bancs.shp", 120); }, "tronqué"},
        {"dbf cut", [](const auto& f) { std::filesystem::resize_file(f / "bancs.dbf", 100); }, "tronquée"},
        {"dbf empty", [](const auto& f) { std::filesystem::resize_file(f / "bancs.dbf", 0); }, "vide ou tronquée"},
        {"record outside", [](const auto& f) { put_bytes(f / "bancs.shx", 100, "\x7F\xFF\xFF\xFF"); },
         "hors du fichier"},
        {"record length lies", [](const auto& f) { put_bytes(f / "bancs.shp", 107, "\x7F"); }, "même longueur"},
    };
    for (const auto& [name, damage, expected] : cases) {
        const TempFolder folder;
        const auto path = benches(folder);
        damage(folder.path());
        const std::string said = test::refusal_of(path, into_benches());
        EXPECT_NE(said.find(expected), std::string::npos) << name << "\n-> " << said;
    }
}

TEST(Shapefile, NaNVerticesAreRefusedOneByOne) {
    const TempFolder folder;
    const auto path = benches(folder);
    put_bytes(path, 112, std::string("\0\0\0\0\0\0\xF8\x7F", 8));  // x of the first point
    CollectingSink sink;
    const ReadReport report = read(path, into_benches(), sink);
    EXPECT_EQ(sink.count("public.banc"), 1U);
    EXPECT_EQ(report.tables.at("public.banc").refused, 1);
    EXPECT_NE(report.problems.back().reason.find("nombre fini"), std::string::npos);
}

TEST(Shapefile, CoordinatesOfAnotherSystemAreOutOfTheArea) {
    const TempFolder folder;
    const auto path = benches(folder, 2154, "POINT (2.64 50.53)");
    CollectingSink sink;
    const ReadReport report = read(path, into_benches(), sink);
    EXPECT_EQ(report.tables.at("public.banc").refused, 2);
    EXPECT_NE(report.problems.back().reason.find("hors de la zone de EPSG:2154"), std::string::npos);
}

TEST(Shapefile, AZipOfOneIsRead) {
    const TempFolder folder;
    benches(folder);
    std::vector<test::PackedMember> members;
    for (const char* extension : {".shp", ".shx", ".dbf", ".prj"}) {
        std::ifstream in(folder.path() / (std::string("bancs") + extension), std::ios::binary);
        members.push_back({std::string("dossier/bancs") + extension, {std::istreambuf_iterator<char>(in), {}}, ""});
    }
    test::write_archive(folder.path() / "bancs.zip", members);
    CollectingSink sink;
    const ReadReport report = read(folder.path() / "bancs.zip", into_benches(), sink);
    EXPECT_EQ(sink.count("public.banc"), 2U);
    EXPECT_EQ(report.files, std::vector<std::string>{"bancs.zip:bancs.shp"});
}
