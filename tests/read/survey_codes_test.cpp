// Lines and areas that surveyed points draw by their codes.
#include "gis/read/survey_codes.hpp"

#include <algorithm>
#include <array>

#include "read_fixture.hpp"

using namespace gis::read;
using test::CollectingSink;
using Control = PointCode::Control;

namespace {

const std::vector<SurveyCode> codes =
    parse_survey_codes("code;geometrie;titre\nBAT;surface;Bâtiment\nBORD;ligne;Bordure\n\nmur;Ligne;\"Mur ; haut\"\n");

/// "12 C" of BORD12.C; "-" when the table does not know it.
std::string read_code(const std::string& text) {
    const auto code = parse_point_code(text, codes);
    if (!code) return "-";
    constexpr std::array names{"", " D", " F", " C"};
    return codes[code->code].code + "/" + code->number + names.at(static_cast<std::size_t>(code->control));
}

std::string refusal_of_table(const std::string& text) {
    try {
        parse_survey_codes(text);
    } catch (const gis::InvalidRequest& refused) {
        return refused.what();
    }
    return "";
}

class Drawn : public testing::Test {
  protected:
    /// A list of a total station in Lambert-93; each row: east and north of a corner in metres, and the code.
    ReadReport read_list(const std::string& rows, Options options = {}) {
        options.source_srid = 2154;
        if (options.codes.empty()) options.codes = codes;
        return read(test::write_file(folder_.path() / "leve.csv", "numero;x;y;code;hrms\n" + rows), options, sink_);
    }
    std::string value(const char* table, std::size_t row, const char* column) {
        return sink_.value(std::string("terrain.") + table, row, column);
    }
    TempFolder folder_;
    CollectingSink sink_;
};

bool says(const ReadReport& report, const std::string& reason) {
    return std::ranges::any_of(
        report.problems, [&](const Problem& problem) { return problem.reason.find(reason) != std::string::npos; });
}

}  // namespace

TEST(SurveyCodes, TableOfCodes) {
    ASSERT_EQ(codes.size(), 3U);
    EXPECT_EQ(codes[0].draws, SurveyCode::Draws::Area);
    EXPECT_EQ(codes[2].code, "MUR");
    EXPECT_EQ(codes[2].title, "Mur ; haut");
    EXPECT_EQ(parse_survey_codes(to_csv(codes))[2].title, "Mur ; haut");
    EXPECT_NE(refusal_of_table("code;geometrie;titre\nBAT;carré;x\n").find("ligne 2"), std::string::npos);
    EXPECT_NE(refusal_of_table("code;geometrie;titre\nBAT;surface;x\nB1;ligne;x\n").find("ligne 3"), std::string::npos);
    EXPECT_NE(refusal_of_table("code;geometrie;titre\nBAT\n").find("ligne 2"), std::string::npos);
    std::string many = "h\n";
    for (int i = 0; i < 1001; ++i) many += "A;ligne;x\n";
    EXPECT_NE(refusal_of_table(many).find("1000 lignes au plus"), std::string::npos);
}

TEST(SurveyCodes, CodeNumberControl) {
    EXPECT_EQ(read_code("BORD"), "BORD/");
    EXPECT_EQ(read_code(" bord12 "), "BORD/12");
    EXPECT_EQ(read_code("BAT1.C"), "BAT/1 C");
    EXPECT_EQ(read_code("BAT1 CL"), "BAT/1 C");
    EXPECT_EQ(read_code("MUR-ST"), "MUR/ D");
    EXPECT_EQ(read_code("MUR3_FIN"), "MUR/3 F");
    for (const char* text :
         {"", "B", "BORDURE", "ARBRE", "BORD12C", "BORD1.X", "BORD1234567", "1BORD", "BORD1 C C", "BORD1."})
        EXPECT_EQ(read_code(text), "-") << text;
}

TEST_F(Drawn, PointsOfOneCodeAndNumberAreJoinedInTheirOrder) {
    const ReadReport report = read_list(
        "1;681000;7042000;BORD1;0,01\n"
        "2;681000;7042010;BORD2;0,01\n"
        "3;681010;7042000;BORD1;0,04\n"
        "4;681010;7042010;BORD2;\n"
        "5;681005;7042005;ARBRE;0,01\n"
        "6;681020;7042000;BORD1.F;0,01\n"
        "7;681030;7042000;BORD1;0,01\n"
        "8;681040;7042000;BORD1;0,01\n"
        "9;681050;7042000;MUR1;0,01\n");
    EXPECT_EQ(sink_.count("terrain.leve_point"), 9U);
    ASSERT_EQ(sink_.count("terrain.leve_ligne"), 3U);
    EXPECT_EQ(sink_.count("terrain.leve_surface"), 0U);
    EXPECT_EQ(value("leve_ligne", 0, "id"), "leve:BORD1");
    EXPECT_EQ(value("leve_ligne", 0, "titre"), "Bordure");
    EXPECT_EQ(value("leve_ligne", 0, "points"), "3");
    EXPECT_EQ(value("leve_ligne", 0, "classe_precision"), "005");
    EXPECT_EQ(value("leve_ligne", 1, "numero"), "BORD2");
    EXPECT_EQ(value("leve_ligne", 1, "classe_precision"), "999") << "one of its points does not say";
    EXPECT_EQ(value("leve_ligne", 2, "id"), "leve:BORD1-2");
    EXPECT_TRUE(says(report, "3 lignes et 0 surfaces tracées d'après les codes"));
    EXPECT_TRUE(says(report, "1 points codés seuls de leur ligne"));
}

TEST_F(Drawn, AreasAreClosedByCodeOrByComingBack) {
    const ReadReport report = read_list(
        "1;681000;7042000;BAT1;\n2;681010;7042000;BAT1;\n3;681010;7042010;BAT1.C;\n"
        "4;681100;7042000;BAT2;\n5;681110;7042000;BAT2;\n6;681110;7042010;BAT2;\n7;681100;7042000.03;BAT2;\n"
        "8;681200;7042000;BAT3;\n9;681210;7042000;BAT3;\n10;681210;7042010;BAT3;\n"
        "11;681300;7042000;BORD;\n12;681310;7042000;BORD;\n13;681310;7042010;BORD C;\n");
    ASSERT_EQ(sink_.count("terrain.leve_surface"), 2U);
    EXPECT_EQ(value("leve_surface", 0, "numero"), "BAT1");
    EXPECT_EQ(value("leve_surface", 0, "points"), "3");
    EXPECT_EQ(value("leve_surface", 1, "numero"), "BAT2");
    EXPECT_EQ(value("leve_surface", 1, "points"), "3") << "the point that comes back is the first";
    ASSERT_EQ(sink_.count("terrain.leve_ligne"), 2U);
    EXPECT_EQ(value("leve_ligne", 0, "numero"), "BAT3");
    EXPECT_EQ(value("leve_ligne", 1, "numero"), "BORD");
    EXPECT_TRUE(says(report, "1 surfaces non fermées, gardées en lignes"));
    EXPECT_EQ(report.refused(), 0);
}

TEST_F(Drawn, SymbolsOfAReceiverAreNoCodes) {
    Options options;
    options.codes = codes;
    const auto path = test::write_file(folder_.path() / "marche.gpx",
                                       "<gpx xmlns=\"http://www.topografix.com/GPX/1/1\" version=\"1.1\" creator=\"x\">"
                                       "<wpt lat=\"50.5\" lon=\"2.6\"><name>1</name><sym>MUR</sym></wpt>"
                                       "<wpt lat=\"50.5\" lon=\"2.7\"><name>2</name><sym>MUR</sym></wpt></gpx>");
    read(path, options, sink_);
    EXPECT_EQ(sink_.count("terrain.leve_point"), 2U);
    EXPECT_EQ(sink_.count("terrain.leve_ligne"), 0U);
}

TEST_F(Drawn, WithoutKnownCodesOrWhenALayerIsNamedPointsStayPoints) {
    read_list("1;681000;7042000;ARBRE;\n2;681010;7042000;ARBRE;\n");
    EXPECT_EQ(sink_.rows.size(), 1U);
    Options aimed;
    aimed.kind = "leve_point";
    read_list("1;681000;7042000;MUR;\n2;681010;7042000;MUR;\n", aimed);
    EXPECT_EQ(sink_.rows.size(), 1U);
}
