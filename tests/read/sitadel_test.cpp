// Lists of permits of the national base, as they are published: explained header, dirty references.
#include "gis/read/csv_source.hpp"
#include "gis/read/detect.hpp"
#include "gis/read/sitadel_source.hpp"
#include "read_fixture.hpp"

using namespace gis::read;
using test::CollectingSink;

namespace {

const std::string columns =
    "COMM;NUM_PA;ETAT_PA;DATE_REELLE_AUTORISATION;AN_DEPOT;SEC_CADASTRE1;NUM_CADASTRE1;SEC_CADASTRE2;NUM_CADASTRE2;"
    "SEC_CADASTRE3;NUM_CADASTRE3\n";
const std::string words =
    "\"Code de la commune\";\"Numéro (PA)\";\"Etat d’avancement\";\"Date réelle d’autorisation\";\"Année de "
    "dépôt\";\"Section 1\";\"Numéro 1\";\"Section 2\";\"Numéro 2\";\"Section 3\";\"Numéro 3\"\n";

class Sitadel : public testing::Test {
  protected:
    ReadReport read_text(const std::string& text) {
        return read(test::write_file(folder_.path() / "liste.csv", text), {}, sink_);
    }
    std::string permit(std::size_t row, const std::string& column) { return sink_.value("ads.dossier", row, column); }
    std::string mention(std::size_t row, const std::string& column) {
        return sink_.value("ads.dossier_parcelle", row, column);
    }
    TempFolder folder_;
    CollectingSink sink_;
};

}  // namespace

TEST_F(Sitadel, PermitsAndTheParcelsTheyName) {
    const ReadReport report = read_text(words + columns +
                                        "62119;0621191600012;2;2016-08-10;2016;AM;493;864;AP15;;\n"
                                        "62119;06211916A0013;6;;2016;;;;;;\n");
    ASSERT_EQ(sink_.count("ads.dossier"), 2U);
    EXPECT_EQ(permit(0, "numero"), "PA0621191600012");
    EXPECT_EQ(permit(0, "type"), "PA");
    EXPECT_EQ(permit(0, "commune"), "62119");
    EXPECT_EQ(permit(0, "date_depot"), "2016-01-01");
    EXPECT_EQ(permit(0, "date_decision"), "2016-08-10");
    EXPECT_EQ(permit(0, "statut"), "accord");
    EXPECT_EQ(permit(1, "numero"), "PA06211916A0013");
    EXPECT_EQ(permit(1, "statut"), "terminé");
    ASSERT_EQ(sink_.count("ads.dossier_parcelle"), 2U);
    EXPECT_EQ(mention(0, "numero"), "PA0621191600012");
    EXPECT_EQ(mention(0, "reference"), "AM 493");
    EXPECT_EQ(mention(0, "designation"), "62119___AM0493");
    EXPECT_EQ(mention(0, "date_depot"), "2016-01-01");
    EXPECT_EQ(mention(0, "ligne"), "1");
    EXPECT_EQ(mention(1, "designation"), "62119864AP0015");
    EXPECT_EQ(report.refused(), 0);
}

TEST_F(Sitadel, WhatIsNoReferenceIsKeptWithoutDesignation) {
    read_text(words + columns + "62119;0621191600012;2;;2016;AM;79P;B;7;AM;79P\n");
    ASSERT_EQ(sink_.count("ads.dossier_parcelle"), 2U);  // the third says the same as the first
    EXPECT_EQ(mention(0, "reference"), "AM 79P");
    EXPECT_EQ(mention(0, "designation"), "");
    EXPECT_EQ(mention(1, "designation"), "62119___0B0007");
}

TEST_F(Sitadel, OneHeaderAnotherSeparatorLatin1AndTypesInAColumn) {
    const std::string text =
        "REG,COMM,TYPE_DAU,NUM_DAU,ETAT_DAU,AN_DEPOT,ADR_LIBVOIE_TER,NB_LGT_TOT_CREES,SURF_HAB_CREEE,SEC_CADASTRE1,"
        "NUM_CADASTRE1,SEC_CADASTRE2,NUM_CADASTRE2,SEC_CADASTRE3,NUM_CADASTRE3\n"
        "32,62119,PC,621191600012,5,2016,RUE DES \xC9"
        "COLES,3,210.5,AM,0493,,,,\n"
        "32,62119,DP,0621191600013,2,2016,,,,,,,,,\n";
    const ReadReport report = read_text(text);
    ASSERT_EQ(sink_.count("ads.dossier"), 2U);
    EXPECT_EQ(permit(0, "numero"), "PC0621191600012");
    EXPECT_EQ(permit(0, "statut"), "commencé");
    EXPECT_EQ(permit(0, "objet"), "Terrain : RUE DES ÉCOLES");
    EXPECT_EQ(permit(0, "nb_logements"), "3");
    EXPECT_EQ(permit(0, "surface_creee"), "210.500000");
    EXPECT_EQ(permit(1, "numero"), "DP0621191600013");
    EXPECT_EQ(mention(0, "designation"), "62119___AM0493");
    EXPECT_EQ(report.encodings.size(), 1U);
}

TEST_F(Sitadel, RowsThatAreNoPermitAreRefusedWithTheirReason) {
    const ReadReport report = read_text(words + columns +
                                        "62119;0621191600012;2;;2016;;;;;;\n"
                                        "62119;06211916'--;2;;2016;;;;;;\n"
                                        "62119;0621191600014;9;;2016;;;;;;\n"
                                        "62119;0621191600015;2;;bientôt;;;;;;\n"
                                        "62119;0621191600012;2;;2016;;;;;;\n");
    EXPECT_EQ(sink_.count("ads.dossier"), 1U);
    EXPECT_EQ(report.tables.at("ads.dossier").refused, 4);
    std::string reasons;
    for (const Problem& problem : report.problems) reasons += problem.reason + "\n";
    EXPECT_NE(reasons.find("numéro « 06211916'-- » ; attendu"), std::string::npos) << reasons;
    EXPECT_NE(reasons.find("valeur « 9 » non convertible pour statut"), std::string::npos) << reasons;
    EXPECT_NE(reasons.find("valeur « bientôt-01-01 » non convertible pour date_depot"), std::string::npos) << reasons;
    EXPECT_NE(reasons.find("PA0621191600012 est déjà dans cet import"), std::string::npos) << reasons;
}

TEST_F(Sitadel, ARowOfShortCodesIsNoSecondHeader) {
    const TextTable table =
        look_at_table({"nom court;x;y;etat;code", "BANC;OUI;NON;OUI;A1", "BANC;675000;7049000;OK;A2"});
    EXPECT_EQ(table.header_lines, 1U);
}

TEST_F(Sitadel, TheRealListOfHauteGaronne) {
    SKIP_WITHOUT_DATA();
    const ReadReport report = read(test::data_folder() / "ads/sitadel-permis-amenager-31.csv", {}, sink_);
    // 251 permits in 253 lines, two of them header; 426 references counted with Python's csv.
    EXPECT_EQ(sink_.count("ads.dossier"), 251U);
    EXPECT_EQ(sink_.count("ads.dossier_parcelle"), 426U);
    EXPECT_EQ(report.refused(), 0);
    EXPECT_EQ(permit(0, "numero"), "PA03155505M0018");
    EXPECT_EQ(permit(0, "objet"), "Terrain : 18 CHEMIN DE CANTO LAOUZETTO");
}
