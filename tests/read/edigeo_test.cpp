#include "tests/support/edigeo_sample.hpp"

#include <set>

#include "gis/read/edigeo_name.hpp"
#include "read_fixture.hpp"

using namespace gis::read;
using test::CollectingSink;
using test::EdigeoSample;

namespace {

void expect_sample_counts(const CollectingSink& sink) {
    EXPECT_EQ(sink.count("cadastre.parcelle"), 12U);
    EXPECT_EQ(sink.count("cadastre.section"), 1U);
    EXPECT_EQ(sink.count("cadastre.feuille"), 1U);
    EXPECT_EQ(sink.count("cadastre.batiment"), 4U);
    EXPECT_EQ(sink.count("cadastre.lieu_dit"), 1U);
}

}  // namespace

TEST(Edigeo, AnArchiveBecomesRows) {
    const TempFolder folder;
    CollectingSink sink;
    const ReadReport report = read(test::write_edigeo_archive({}, folder.path()), {}, sink);
    expect_sample_counts(sink);
    EXPECT_EQ(sink.value("cadastre.parcelle", 0, "id"), "629990000A0001");
    EXPECT_EQ(sink.value("cadastre.parcelle", 0, "commune"), "62999");
    EXPECT_EQ(sink.value("cadastre.parcelle", 0, "prefixe"), "000");
    EXPECT_EQ(sink.value("cadastre.parcelle", 0, "section"), "A");
    EXPECT_EQ(sink.value("cadastre.parcelle", 0, "numero"), "1");
    EXPECT_EQ(sink.value("cadastre.parcelle", 0, "contenance"), "1000");
    EXPECT_EQ(sink.value("cadastre.parcelle", 0, "arpente"), "true");
    EXPECT_EQ(sink.value("cadastre.parcelle", 1, "arpente"), "false");
    EXPECT_EQ(sink.value("cadastre.parcelle", 0, "created"), "2008-07-14");
    EXPECT_EQ(sink.value("cadastre.parcelle", 0, "updated"), "2025-06-18");
    EXPECT_EQ(sink.value("cadastre.feuille", 0, "id"), "629990000A01");
    EXPECT_EQ(sink.value("cadastre.feuille", 0, "echelle"), "1000");
    EXPECT_EQ(sink.value("cadastre.section", 0, "id"), "629990000A");
    EXPECT_EQ(sink.value("cadastre.section", 0, "code"), "A");
    EXPECT_EQ(sink.value("cadastre.lieu_dit", 0, "nom"), "LE PRÉ FLEURI");
    EXPECT_EQ(sink.value("cadastre.batiment", 1, "type"), "02");
    EXPECT_TRUE(sink.value("cadastre.batiment", 0, "id").starts_with("62999-"));
    EXPECT_EQ(sink.value("cadastre.batiment", 0, "id").size(), 18U);
    EXPECT_EQ(report.coverage.at("cadastre.parcelle"), std::set<std::string>{"62999"});
    EXPECT_EQ(report.problem_count, 0);
    EXPECT_EQ(sink.rows.at("cadastre.parcelle")[0].wkb.substr(0, 5), std::string("\1\6\0\0\0", 5));
}

TEST(Edigeo, AFolderNeedsTheDepartement) {
    const TempFolder folder;
    test::write_edigeo_folder({}, folder.path());
    EXPECT_NE(test::refusal_of(folder.path()).find("--departement"), std::string::npos);
    Options options;
    options.departement = "62";
    CollectingSink sink;
    read(folder.path(), options, sink);
    expect_sample_counts(sink);
    options.departement = "moi";
    EXPECT_NE(test::refusal_of(folder.path(), options).find("attendu : 62, 2A, 971"), std::string::npos);
}

TEST(Edigeo, OverseasDepartementsHaveThreeDigits) {
    const TempFolder folder;
    EdigeoSample basse_terre;
    basse_terre.departement = "97";
    basse_terre.commune = "105";
    CollectingSink sink;
    read(test::write_edigeo_archive(basse_terre, folder.path()), {}, sink);
    EXPECT_EQ(sink.value("cadastre.parcelle", 0, "id"), "971050000A0001");
    EXPECT_EQ(sink.value("cadastre.parcelle", 0, "commune"), "97105");
    const TempFolder bare;
    test::write_edigeo_folder(basse_terre, bare.path());
    Options options;
    options.departement = "971";
    CollectingSink stated;
    read(bare.path(), options, stated);
    EXPECT_EQ(stated.value("cadastre.parcelle", 0, "commune"), "97105");
}

TEST(Edigeo, TheDepartementStandsBeforeTheIduInAName) {
    EXPECT_EQ(departement_before("edigeo-25354000AB01.tar.bz2", "354000AB01"), "25");
    EXPECT_EQ(departement_before("edigeo-2A004000AB01.tar.bz2", "004000AB01"), "2A");
    EXPECT_EQ(departement_before("25354", "354"), "25");
    EXPECT_FALSE(departement_before("20250354", "354"));
    EXPECT_FALSE(departement_before("E000AB01", "354000AB01"));
}

TEST(Edigeo, IdsOfBuildingsStayFromOneImportToTheNext) {
    const TempFolder folder;
    const auto archive = test::write_edigeo_archive({}, folder.path());
    CollectingSink first;
    CollectingSink second;
    read(archive, {}, first);
    read(archive, {}, second);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(first.value("cadastre.batiment", i, "id"), second.value("cadastre.batiment", i, "id"));
    }
}

TEST(Edigeo, SheetsOfOneSectionMakeOneSection) {
    const TempFolder folder;
    EdigeoSample second_sheet;
    second_sheet.sheet = "02";
    second_sheet.x += 100;  // right beside the first
    test::write_edigeo_archive({}, folder.path());
    test::write_edigeo_archive(second_sheet, folder.path());
    CollectingSink sink;
    Options options;
    options.threads = 2;
    const ReadReport report = read(folder.path(), options, sink);
    EXPECT_EQ(sink.count("cadastre.section"), 1U);
    EXPECT_EQ(sink.count("cadastre.feuille"), 2U);
    EXPECT_EQ(report.tables.at("cadastre.section").merged, 1);
    // The parcels have the same numbers on both sheets here: the second of each is listed and refused.
    EXPECT_EQ(sink.count("cadastre.parcelle"), 12U);
    EXPECT_EQ(report.tables.at("cadastre.parcelle").refused, 12);
}

TEST(Edigeo, ConicZonesAreTransformed) {
    const TempFolder folder;
    EdigeoSample cc50;
    cc50.crs = "RGF93CC50";
    cc50.x = 1682000;  // Béthune is near 1674476 9259011 in CC50
    cc50.y = 9265000;
    CollectingSink sink;
    const ReadReport report = read(test::write_edigeo_archive(cc50, folder.path()), {}, sink);
    expect_sample_counts(sink);
    EXPECT_TRUE(report.crs.begin()->starts_with("EPSG:3950"));
}

TEST(Edigeo, BrokenExchangesAreRefusedByName) {
    const TempFolder folder;
    Options options;
    options.departement = "62";
    const auto thf = test::write_edigeo_folder({}, folder.path());
    const auto vec = folder.path() / "ED0A01S1.VEC";
    std::filesystem::resize_file(vec, std::filesystem::file_size(vec) / 2);
    EXPECT_NE(test::refusal_of(thf, options).find("ED0A01S1.VEC est tronqué"), std::string::npos);
    std::filesystem::remove(vec);
    EXPECT_NE(test::refusal_of(thf, options).find("ED0A01S1.VEC de l'échange manque"), std::string::npos);
    std::filesystem::resize_file(thf, 100);
    EXPECT_NE(test::refusal_of(thf, options).find(".THF est incomplet"), std::string::npos);
}

TEST(Edigeo, ATruncatedSheetAmongOthersIsListedAndTheRestIsRead) {
    const TempFolder folder;
    EdigeoSample other;
    other.section = "0B";
    test::write_edigeo_archive({}, folder.path());
    const auto bad = test::write_edigeo_archive(other, folder.path());
    std::filesystem::resize_file(bad, 1'000);
    CollectingSink sink;
    const ReadReport report = read(folder.path(), {}, sink);
    EXPECT_EQ(sink.count("cadastre.parcelle"), 12U);
    ASSERT_EQ(report.refused_files.size(), 1U);
    EXPECT_NE(report.refused_files[0].find("0B01"), std::string::npos);
}

TEST(Edigeo, ReadingCanBeStopped) {
    const TempFolder folder;
    std::stop_source stop;
    stop.request_stop();
    Options options;
    options.stop = stop.get_token();
    CollectingSink sink;
    EXPECT_THROW(read(test::write_edigeo_archive({}, folder.path()), options, sink), gis::Unavailable);
}

TEST(Edigeo, TheInputFolderIsNotWrittenTo) {
    const TempFolder folder;
    test::write_edigeo_folder({}, folder.path());
    Options options;
    options.departement = "62";
    const std::string before = sha256_of(folder.path());
    CollectingSink sink;
    read(folder.path(), options, sink);
    EXPECT_EQ(sha256_of(folder.path()), before);
}
