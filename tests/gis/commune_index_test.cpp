#include "gis/cadastre/commune_index.hpp"

#include <gtest/gtest.h>

using gis::CommuneIndex;

namespace {

const CommuneIndex& territory() {
    static const CommuneIndex index({{"62119", "Béthune", {}},
                                     {"62617", "Nœux-les-Mines", {}},
                                     {"62846", "Vendin-le-Vieil", {}},
                                     {"62847", "Vendin-lès-Béthune", {}},
                                     {"62194", "Calonne-Ricouart", {}},
                                     {"62366", "Gauchin-Légal", {}},
                                     {"62252", "La Couture", {}},
                                     {"62232", "La Comté", {}},
                                     {"62349", "Fouquières-lès-Béthune", {}}});
    return index;
}

std::string found(std::string_view text) {
    std::string codes;
    for (const gis::Commune* commune : territory().find(text))
        codes += (codes.empty() ? "" : " ") + commune->code_insee;
    return codes;
}

}  // namespace

TEST(CommuneIndex, CaseAccentsLigaturesAndHyphensDoNotMatter) {
    for (const char* text : {"Béthune", "BETHUNE", "bethune", " Bethune ", "62119"})
        EXPECT_EQ(found(text), "62119") << text;
    for (const char* text : {"Nœux-les-Mines", "noeux les mines", "NŒUX LES MINES"})
        EXPECT_EQ(found(text), "62617") << text;
}

TEST(CommuneIndex, TheSpellingsOfTheFoundingDocumentAreFound) {
    EXPECT_EQ(found("Vendin les béthunes"), "62847");  // one letter too many
    EXPECT_EQ(found("Calonne Ricquart"), "62194");
    EXPECT_EQ(found("Gauchin Le Gal"), "62366");
    EXPECT_EQ(found("Fouquières"), "62349");
    EXPECT_EQ(found("Couture"), "62252");
    EXPECT_EQ(found("la comte"), "62232");
}

TEST(CommuneIndex, AnAmbiguousNameGivesAllItMayMean) {
    EXPECT_EQ(found("Vendin"), "62846 62847");
}

TEST(CommuneIndex, UnknownNamesFindNothing) {
    EXPECT_EQ(found(""), "");
    EXPECT_EQ(found("Marseille"), "");
    EXPECT_EQ(found("62999"), "");
}
