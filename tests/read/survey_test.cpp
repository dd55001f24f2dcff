// Surveys: text tables, NMEA logs, GPX; the CRS proposed from coordinates.
#include <gdal_priv.h>
#include <gtest/gtest.h>
#include <ogr_spatialref.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "gis/crs/ign69.hpp"
#include "gis/crs/propose.hpp"
#include "gis/error.hpp"
#include "gis/read/csv_source.hpp"
#include "gis/read/detect.hpp"
#include "gis/read/nmea_source.hpp"
#include "gis/read/read.hpp"

namespace {

namespace fs = std::filesystem;
using gis::read::TextTable;

constexpr gis::GeographicBox artois{2.3, 50.3, 3.0, 50.7};

class SurveyRows : public gis::RowSink {
  public:
    void write(gis::RowBatch batch) override {
        table = batch.table;
        columns = batch.columns;
        for (gis::Row& row : batch.rows) rows.push_back(std::move(row));
    }
    gis::Value value(std::size_t row, const std::string& column) const {
        const auto place = std::find(columns.begin(), columns.end(), column) - columns.begin();
        return rows.at(row).values.at(static_cast<std::size_t>(place));
    }
    std::string text(std::size_t row, const std::string& column) const {
        return std::get<std::string>(value(row, column));
    }
    double real(std::size_t row, const std::string& column) const { return std::get<double>(value(row, column)); }

    std::string table;
    std::vector<std::string> columns;
    std::vector<gis::Row> rows;
};

class Survey : public testing::Test {
  protected:
    Survey() {
        std::string name = (fs::temp_directory_path() / "carreau-survey-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~Survey() override { fs::remove_all(folder_); }

    fs::path file(const std::string& name, const std::string& bytes) const {
        std::ofstream(folder_ / name, std::ios::binary) << bytes;
        return folder_ / name;
    }
    gis::read::ReadReport read(const fs::path& path, gis::read::Options options = {}) {
        if (!options.territory) options.territory = artois;
        return gis::read::read(path, options, rows);
    }

    fs::path folder_;
    SurveyRows rows;
};

TEST(TextTables, SeparatorDecimalCommaHeaderAndPlaces) {
    const TextTable french =
        gis::read::look_at_table({"Num;Est;Nord;Alt", "1;675000,10;7049000,20;25,3", "2;675001,10;7049001,20;25,4"});
    EXPECT_EQ(french.separator, ';');
    EXPECT_TRUE(french.decimal_comma);
    EXPECT_EQ(french.header_lines, 1U);
    EXPECT_EQ(french.x, 1);
    EXPECT_EQ(french.y, 2);
    const TextTable english = gis::read::look_at_table({"lat,lon,name", "50.5,2.6,\"a, b\"", "50.6,2.7,c"});
    EXPECT_EQ(english.separator, ',');
    EXPECT_FALSE(english.decimal_comma);
    EXPECT_EQ(english.x, 1);
    EXPECT_EQ(english.y, 0);
    const TextTable bare =
        gis::read::look_at_table({"101 675000.10 7049000.20 25.3 MUR", "102 675001.10 7049001.20 25.4 MUR"});
    EXPECT_EQ(bare.separator, ' ');
    EXPECT_EQ(bare.header_lines, 0U);
    EXPECT_EQ(bare.x, 1);
    EXPECT_EQ(bare.y, 2);
    EXPECT_EQ(bare.columns, (std::vector<std::string>{"numero", "x", "y", "altitude", "code"}));
    // The first point has no code, and there is no height.
    const TextTable flat =
        gis::read::look_at_table({"1;675000.10;7049000.20", "2;675001.10;7049001.20;MUR", "3;675002.1;7049003.2;MUR"});
    EXPECT_EQ(flat.columns, (std::vector<std::string>{"numero", "x", "y", "code"}));
    // More commas than semicolons: what the person says goes before what the lines look like.
    const std::vector<std::string> misleading{"n;x;y", "1;675000,10;7049000,20", "2;675001,10;7049001,20"};
    const TextTable by_commas = gis::read::look_at_table(misleading, {',', false});
    EXPECT_EQ(by_commas.separator, ',');
    EXPECT_FALSE(by_commas.decimal_comma);
    const TextTable by_points = gis::read::look_at_table(misleading, {std::nullopt, false});
    EXPECT_EQ(by_points.separator, ';');
    EXPECT_FALSE(by_points.decimal_comma);
    EXPECT_TRUE(gis::read::look_at_table(misleading, {'|', std::nullopt}).columns.empty());

    EXPECT_EQ(gis::read::look_at_table({"ceci est un texte", "et rien d'autre que des phrases"}).x, -1);
}

TEST(TextTables, Numbers) {
    EXPECT_EQ(gis::read::parse_number("1 234,5", true), 1234.5);
    EXPECT_EQ(gis::read::parse_number("+12.5", false), 12.5);
    for (const char* text : {"", "abc", "NaN", "inf", "1,5", "12m", "1e999", "0x10"})
        EXPECT_FALSE(gis::read::parse_number(text, false)) << text;
    EXPECT_EQ(gis::read::split_line("\"a;b\";\"say \"\"x\"\"\";;d", ';'),
              (std::vector<std::string>{"a;b", "say \"x\"", "", "d"}));
}

TEST(CrsProposals, SystemsInUseAndTheirMistakes) {
    const auto first = [](std::vector<double> xy) {
        const auto proposals = gis::propose_crs(xy, artois);
        return proposals.empty() ? gis::CrsProposal{} : proposals[0];
    };
    EXPECT_EQ(first({675000, 7049000, 676000, 7050000}).srid, 2154);
    EXPECT_EQ(first({1674500, 9259200}).srid, 3950);
    EXPECT_EQ(first({2.64, 50.53}).srid, 4326);
    const gis::CrsProposal swapped = first({50.53, 2.64, 50.54, 2.65});
    EXPECT_EQ(swapped.srid, 4326);
    EXPECT_TRUE(swapped.swapped);
    EXPECT_GE(swapped.confidence, gis::sure_enough);
    EXPECT_TRUE(first({7049000, 675000}).swapped);
    const gis::CrsProposal west = first({-2.64, 50.53});
    EXPECT_EQ(west.srid, 4326);
    EXPECT_LT(west.confidence, gis::sure_enough) << "a lost sign is not decided without a person";
    EXPECT_EQ(first({10, 20}).srid, 0);
    EXPECT_EQ(first({}).srid, 0);
}

TEST_F(Survey, ATableOfPointsWithTheirPrecision) {
    const auto report = read(file("mairie.csv",
                                  "Numero;X;Y;Z;Code;HRMS;Date\n"
                                  "1;675000,10;7049000,20;25,30;BANC;0,012;2026-05-04 10:00:00\n"
                                  "2;675001,10;7049001,20;;BANC;0,08;\n"
                                  "3;675002,10;7049002,20;;BANC;;\n"
                                  "4;rien;7049002,20;;BANC;;\n"));
    EXPECT_EQ(rows.table, "terrain.leve_point");
    ASSERT_EQ(rows.rows.size(), 3U);
    EXPECT_EQ(report.refused(), 1);
    EXPECT_EQ(rows.text(0, "id"), "mairie:1");
    EXPECT_EQ(rows.text(0, "lot"), "mairie");
    EXPECT_EQ(rows.text(0, "classe_precision"), "002");
    EXPECT_EQ(rows.text(1, "classe_precision"), "010");
    EXPECT_EQ(rows.text(2, "classe_precision"), "999");
    EXPECT_EQ(rows.real(0, "altitude"), 25.3);
    EXPECT_EQ(rows.text(0, "systeme_altitude"), "non dit");
    EXPECT_TRUE(report.crs.begin()->starts_with("EPSG:2154")) << *report.crs.begin();
}

// Before the next one: PROJ remembers the grids it has seen.
TEST_F(Survey, WithoutTheGridNoHeightIsShiftedInSilence) {
    if (!gis::Ign69().grid().empty()) GTEST_SKIP() << "this machine has one of IGN's grids";
    const fs::path table =
        file("hauteurs.csv", "numero;x;y;altitude;hauteur_ellipsoidale\n1;681000;7042000;31.2;75.25\n");
    const auto report = read(table);
    EXPECT_EQ(rows.real(0, "altitude"), 31.2);
    EXPECT_EQ(rows.text(0, "systeme_altitude"), "géoïde du récepteur");
    const auto names_grid = [](const auto& problem) {
        return problem.reason.find("fr_ign_RAF20.tif") != std::string::npos;
    };
    EXPECT_TRUE(std::ranges::any_of(report.problems, names_grid));
    gis::read::Options options;
    options.require_ign69 = true;
    const auto refused = read(table, options);
    EXPECT_EQ(refused.refused(), 1);
    EXPECT_TRUE(std::ranges::any_of(refused.problems, names_grid));
}

/// A grid as PROJ reads it, 43.5 m around Béthune; PROJ finds it as long as this lives.
class MadeGrid {
  public:
    explicit MadeGrid(const fs::path& folder) {
        GDALAllRegister();
        GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("GTiff");
        const std::string path = (folder / "fr_ign_RAF20.tif").string();
        const std::unique_ptr<GDALDataset> grid(driver->Create(path.c_str(), 5, 5, 1, GDT_Float32, nullptr));
        double place[] = {2.0, 0.3, 0, 51.0, 0, -0.3};
        grid->SetGeoTransform(place);
        OGRSpatialReference degrees;
        degrees.importFromEPSG(4326);
        grid->SetSpatialRef(&degrees);
        grid->SetMetadataItem("TYPE", "VERTICAL_OFFSET_GEOGRAPHIC_TO_VERTICAL");
        grid->SetMetadataItem("AREA_OR_POINT", "Point");
        std::vector<float> heights(25, 43.5F);
        EXPECT_EQ(grid->GetRasterBand(1)->RasterIO(GF_Write, 0, 0, 5, 5, heights.data(), 5, 5, GDT_Float32, 0, 0),
                  CE_None);
        const char* before = std::getenv("PROJ_DATA");
        if (before != nullptr) before_ = before;
        ::setenv("PROJ_DATA", (folder.string() + ":" + before_.value_or("/usr/share/proj")).c_str(), 1);
    }
    ~MadeGrid() { before_ ? ::setenv("PROJ_DATA", before_->c_str(), 1) : ::unsetenv("PROJ_DATA"); }

  private:
    std::optional<std::string> before_;
};

TEST_F(Survey, HeightsAboveTheEllipsoidBecomeIgn69) {
    const MadeGrid grid(folder_);
    gis::read::Options options;
    options.source_srid = 2154;
    const fs::path table =
        file("hauteurs.csv",
             "numero;x;y;altitude;hauteur_ellipsoidale\n1;681000;7042000;;75.25\n2;681001;7042000;30.1;\n"
             "3;300000;6300000;20;70\n");
    auto report = read(table, options);
    ASSERT_EQ(rows.rows.size(), 3U);
    EXPECT_NEAR(rows.real(0, "altitude"), 31.75, 0.001);
    EXPECT_EQ(rows.text(0, "systeme_altitude"), "IGN69 (RAF20)");
    EXPECT_EQ(rows.real(0, "hauteur_ellipsoidale"), 75.25) << "kept";
    EXPECT_EQ(rows.text(1, "systeme_altitude"), "non dit");
    EXPECT_EQ(rows.real(2, "altitude"), 20) << "outside of the grid nothing is shifted";
    EXPECT_TRUE(std::ranges::any_of(
        report.problems, [](const auto& problem) { return problem.reason.find("1 hauteurs") != std::string::npos; }));
    // Asked for, it must be.
    options.require_ign69 = true;
    rows.rows.clear();
    report = read(table, options);
    EXPECT_EQ(rows.rows.size(), 2U);
    EXPECT_EQ(report.refused(), 1);
}

TEST_F(Survey, TheListOfATotalStationHasNoHeader) {
    read(file("station.txt", "101 675000.10 7049000.20 25.30 MUR\n102 675001.10 7049001.20 25.41 ARBRE\n"));
    ASSERT_EQ(rows.rows.size(), 2U);
    EXPECT_EQ(rows.text(1, "numero"), "102");
    EXPECT_EQ(rows.text(1, "code"), "ARBRE");
    EXPECT_EQ(rows.real(1, "altitude"), 25.41);
}

TEST_F(Survey, LandXmlPointsAreNorthFirst) {
    const std::string points =
        "<CgPoints><CgPoint name=\"1\" code=\"BORNE\" desc=\"angle\">7049000.20 675000.10 25.3</CgPoint>"
        "<CgPoint name=\"2\">7049001.2 675001.1</CgPoint><CgPoint name=\"2b\" pntRef=\"2\"/></CgPoints>"
        "<CgPoints name=\"autres\"><CgPoint name=\"3\">nord est</CgPoint></CgPoints>"
        "<Surfaces><Surface name=\"TN\"><Definition><Pnts><P id=\"9\">7049000.2 675000.1 1.5</P></Pnts></Definition>"
        "</Surface></Surfaces></LandXML>";
    const std::string head = "<?xml version=\"1.0\"?><LandXML xmlns=\"http://www.landxml.org/schema/LandXML-1.2\">";
    const std::string metric = head + "<Units><Metric linearUnit=\"meter\"/></Units>";
    const auto report = read(file("plan.xml", metric + "<CoordinateSystem epsgCode=\"2154\"/>" + points));
    ASSERT_EQ(rows.rows.size(), 2U);
    EXPECT_EQ(report.refused(), 1);
    EXPECT_EQ(rows.table, "terrain.leve_point");
    EXPECT_EQ(rows.text(0, "numero"), "1");
    EXPECT_EQ(rows.text(0, "code"), "BORNE");
    EXPECT_EQ(rows.text(0, "observation"), "angle");
    EXPECT_EQ(rows.real(0, "altitude"), 25.3);
    EXPECT_TRUE(report.crs.begin()->starts_with("EPSG:2154")) << *report.crs.begin();
    // The vertices of a surface are read by who asks for them.
    rows.rows.clear();
    gis::read::Options options;
    options.source_layer = "TN";
    options.kind = "leve_point";
    read(file("sans_crs.xml", metric + points), options);
    ASSERT_EQ(rows.rows.size(), 1U);
    EXPECT_EQ(rows.text(0, "numero"), "9");
    for (const std::string& bad :
         {metric + points.substr(0, 150), head + "<Units><Imperial linearUnit=\"foot\"/></Units>" + points,
          metric + "<CgPoints/></LandXML>", head + "<Units/></LandXML>"}) {
        EXPECT_THROW(read(file("mauvais.xml", bad)), gis::InvalidRequest) << bad;
    }
}

TEST_F(Survey, WithoutASureProposalThePersonIsAsked) {
    EXPECT_THROW(read(file("loin.csv", "numero;x;y\n1;10;20\n2;11;21\n")), gis::InvalidRequest);
    gis::read::Options options;
    options.source_srid = 4326;
    options.swap_axes = true;
    read(file("inverse.csv", "numero;x;y\n1;50.53;2.64\n"), options);
    EXPECT_EQ(rows.rows.size(), 1U);
}

TEST_F(Survey, NmeaMomentsGatherWhatTheirSentencesSay) {
    const std::string log =
        "$GPGGA,101010.00,5031.8000,N,00238.4000,E,4,12,0.8,35.20,M,43.10,M,1.0,0000*46\r\n"
        "$GPGST,101010.00,0.01,,,,0.012,0.009,0.020*78\r\n"
        "garbage \x01\x02 $GPXXX,1*00\r\n"
        "$GPRMC,101010.00,A,5031.8000,N,00238.4000,E,0.0,0.0,040526,,*11\r\n"
        "$GPGGA,101011.00,5031.8000,N,00238.4000,E,1,08,1.1,35.0,M,43.1,M,,*FF\r\n"
        "$GPGGA,101012.00,,,,,0,00,,,M,,M,,*63\r\n";
    const auto sum = [](std::string line) {
        // Right sums, but for the one that says FF.
        const std::size_t star = line.find('*');
        unsigned value = 0;
        for (std::size_t i = 1; i < star; ++i) value ^= static_cast<unsigned char>(line[i]);
        char text[3];
        std::snprintf(text, sizeof text, "%02X", value);
        return line.substr(0, star + 1) + text;
    };
    std::string bytes;
    for (std::size_t at = 0; at < log.size();) {
        const std::size_t end = log.find("\r\n", at);
        const std::string line = log.substr(at, end - at);
        bytes += (line.starts_with('$') && !line.ends_with("FF") ? sum(line) : line) + "\r\n";
        at = end + 2;
    }
    const auto report = read(file("rtk.log", bytes));
    ASSERT_EQ(rows.rows.size(), 1U);
    EXPECT_EQ(rows.text(0, "fix"), "RTK fixe");
    EXPECT_EQ(rows.text(0, "releve_le").substr(0, 19), "2026-05-04T10:10:10");
    EXPECT_NEAR(rows.real(0, "precision_h"), 0.015, 1e-9);
    EXPECT_EQ(rows.text(0, "classe_precision"), "002");
    EXPECT_EQ(rows.real(0, "altitude"), 35.2);
    EXPECT_NEAR(rows.real(0, "hauteur_ellipsoidale"), 78.3, 1e-9);
    EXPECT_EQ(rows.text(0, "systeme_altitude"), "géoïde du récepteur");
    bool wrong = false;
    for (const auto& problem : report.problems)
        wrong = wrong || problem.reason.starts_with("2 phrases NMEA à somme de contrôle fausse");
    EXPECT_TRUE(wrong);
}

TEST_F(Survey, GpxPointsAndTracksAndWhatIsNoPosition) {
    const auto report = read(
        file("tour.gpx",
             "<?xml version=\"1.0\"?><gpx version=\"1.1\" creator=\"t\" xmlns=\"http://www.topografix.com/GPX/1/1\">"
             "<wpt lat=\"50.53\" lon=\"2.64\"><ele>25</ele><name>borne</name></wpt>"
             "<wpt lat=\"NaN\" lon=\"2.64\"><name>x</name></wpt>"
             "<trk><name>t</name><trkseg><trkpt lat=\"50.53\" lon=\"2.64\"/><trkpt lat=\"50.54\" "
             "lon=\"2.65\"/></trkseg></trk>"
             "<trk><name>u</name><trkseg><trkpt lat=\"50.53\" lon=\"2.64\"><time>2026-05-04T08:10:00Z</time></trkpt>"
             "<trkpt lat=\"50.54\" lon=\"2.66\"><time>2026-05-04T08:20:00Z</time></trkpt></trkseg></trk>"
             "</gpx>"));
    EXPECT_EQ(report.tables.at("terrain.leve_point").written, 1);
    EXPECT_EQ(report.tables.at("terrain.leve_point").refused, 1);
    EXPECT_EQ(report.tables.at("terrain.leve_trace").written, 2);
    ASSERT_EQ(rows.rows.size(), 3U);
    EXPECT_EQ(rows.value(1, "releve_le"), gis::Value());
    EXPECT_EQ(rows.text(2, "releve_le"), "2026-05-04T08:10:00Z");
}

TEST_F(Survey, WhatOnlyLooksLikeASurveyIsRefused) {
    EXPECT_THROW(read(file("texte.txt", "not at all\n")), gis::InvalidRequest);
    EXPECT_THROW(read(file("vide.csv", "")), gis::InvalidRequest);
    EXPECT_THROW(read(file("entite.gpx", "<?xml version=\"1.0\"?><!DOCTYPE gpx [<!ENTITY a \"b\">]><gpx>&a;</gpx>")),
                 gis::InvalidRequest);
    EXPECT_THROW(read(file("long.csv", "x;y\n1;2\n" + std::string(100'000, '3') + "\n")), gis::InvalidRequest);
}

}  // namespace
