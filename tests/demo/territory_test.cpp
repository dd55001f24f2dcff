#include "gis/demo/territory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <regex>
#include <set>

#include "capture.hpp"
#include "gis/error.hpp"

using gis::demo::Facts;
using gis::demo::Options;
using gis::demo::Size;

namespace {

HashSink generated_small(std::uint64_t seed) {
    Options options;
    options.size = Size::Small;
    options.seed = seed;
    HashSink sink;
    gis::demo::generate_territory(seed_facts(), options, sink);
    return sink;
}

std::set<std::string> values_of(std::string_view table_name, std::string_view column) {
    std::set<std::string> out;
    for (const gis::Row& row : table(table_name).rows) out.insert(table(table_name).text(row, column));
    return out;
}

std::set<std::string> communes_under(const std::string& procedure) {
    std::set<std::string> out;
    for (const gis::Row& row : table("risque.procedure_commune").rows) {
        if (table("risque.procedure_commune").text(row, "codeprocedure") == procedure) {
            out.insert(table("risque.procedure_commune").text(row, "code_insee"));
        }
    }
    return out;
}

/// Code of the procedure with this title.
std::string procedure(const std::string& title) {
    for (const gis::Row& row : table("risque.procedure").rows) {
        if (table("risque.procedure").text(row, "libelleprocedure") == title) {
            return table("risque.procedure").text(row, "codeprocedure");
        }
    }
    return {};
}

}  // namespace

TEST(Territory, TheSameSeedGivesTheSameBytes) {
    const HashSink once = generated_small(62);
    EXPECT_EQ(once.hash, generated_small(62).hash);
    EXPECT_NE(once.hash, generated_small(63).hash);
    EXPECT_LE(once.largest_batch, 2000u);
}

TEST(Territory, SmallHasAboutSixtyThousandParcels) {
    EXPECT_NEAR(static_cast<double>(table("cadastre.parcelle").rows.size()), 60'000, 6'000);
    EXPECT_GT(table("cadastre.batiment").rows.size(), 35'000u);
    EXPECT_EQ(table("org.commune").rows.size(), 65u);
}

TEST(Territory, FullHasTwoHundredAndEightyThousandParcels) {
    Options options;
    std::vector<double> fractions;
    options.progress = [&](double fraction, std::string_view) { fractions.push_back(fraction); };
    HashSink full;
    gis::demo::generate_territory(seed_facts(), options, full);
    EXPECT_NEAR(static_cast<double>(full.rows["cadastre.parcelle"]), 280'000, 15'000);
    EXPECT_NEAR(static_cast<double>(full.rows["cadastre.batiment"]), 200'000, 20'000);
    EXPECT_GT(full.rows["ads.dossier"], 8'000u);
    EXPECT_EQ(full.rows["urba.doc_urba"], 65u);
    ASSERT_FALSE(fractions.empty());
    EXPECT_EQ(fractions.front(), 0);
    EXPECT_EQ(fractions.back(), 1);
    EXPECT_TRUE(std::is_sorted(fractions.begin(), fractions.end()));
}

TEST(Territory, ReferencedRowsComeFirst) {
    const std::vector<std::string>& order = small_territory().order;
    const auto place = [&](const std::string& name) { return std::find(order.begin(), order.end(), name); };
    EXPECT_EQ(order.front(), "org.commune");
    EXPECT_LT(place("org.service"), place("org.membership"));
    EXPECT_LT(place("risque.procedure"), place("risque.procedure_commune"));
}

TEST(Territory, FactsThatCannotBeReadAreNamed) {
    const auto message = [](Facts facts) -> std::string {
        HashSink sink;
        try {
            gis::demo::generate_territory(facts, {}, sink);
        } catch (const gis::InvalidRequest& error) {
            return error.what();
        }
        return "no error";
    };
    Facts facts = seed_facts();
    facts.communes_csv = "nom,code_insee\nBéthune,62119\n";
    EXPECT_EQ(message(facts), "communes_csv: column ads_member is missing");
    facts = seed_facts();
    facts.communes_csv.clear();
    EXPECT_EQ(message(facts), "communes_csv: a header line expected, got nothing");
    facts = seed_facts();
    facts.archaeology_csv =
        "row,year,communes_seed,codes_insee,type_operation,secteur,amenageur,projet\n"
        "1,soon,Beuvry,62126,Diagnostic,ZA,Artois Comm.,ZAE\n";
    EXPECT_EQ(message(facts), "archaeology_csv: line 2, year: a number expected, got 'soon'");
    facts.archaeology_csv =
        "row,year,communes_seed,codes_insee,type_operation,secteur,amenageur,projet\n"
        "1,2011,Lille,59350,Diagnostic,ZA,Artois Comm.,ZAE\n";
    EXPECT_EQ(message(facts), "archaeology_csv: row 1: commune 59350 is unknown");
}

// The founding document, 4.1: 30 conventions on 1 July 2015, 35 members on 1 January 2016, 36 on 1 March 2016.
TEST(Memberships, OfThePlanningServiceGrowAsTheDocumentSays) {
    const auto members_on = [](const std::string& day) {
        const CapturedTable& memberships = table("org.membership");
        return std::count_if(memberships.rows.begin(), memberships.rows.end(), [&](const gis::Row& row) {
            return memberships.text(row, "service") == "ADS" && memberships.text(row, "valid_from") <= day;
        });
    };
    EXPECT_EQ(members_on("2015-06-30"), 0);
    EXPECT_EQ(members_on("2015-07-01"), 30);
    EXPECT_EQ(members_on("2015-12-31"), 30);
    EXPECT_EQ(members_on("2016-01-01"), 35);
    EXPECT_EQ(members_on("2016-02-29"), 35);
    EXPECT_EQ(members_on("2016-03-01"), 36);
}

TEST(Memberships, EveryCommuneHasTheSigAndTheArchaeologists) {
    std::map<std::string, int> count;
    for (const gis::Row& row : table("org.membership").rows) ++count[table("org.membership").text(row, "service")];
    EXPECT_EQ(count["SIG"], 65);
    EXPECT_EQ(count["ARCHEO"], 65);
}

// The founding document, 8.3, and set operations on its lists.
TEST(Risk, PlansCoverTheCommunesOfTheDocument) {
    const std::set<std::string> lawe = communes_under(procedure("PPRI de la Lawe"));
    const std::set<std::string> clarence = communes_under(procedure("PPRI de la Clarence"));
    const std::set<std::string> emergency = communes_under(procedure("Plan particulier d'intervention"));
    EXPECT_EQ(lawe.size(), 30u);
    EXPECT_EQ(clarence.size(), 21u);
    EXPECT_EQ(emergency.size(), 12u);
    std::set<std::string> either = lawe, both;
    either.insert(clarence.begin(), clarence.end());
    std::set_intersection(lawe.begin(), lawe.end(), clarence.begin(), clarence.end(), std::inserter(both, both.end()));
    EXPECT_EQ(either.size(), 41u);
    EXPECT_EQ(both.size(), 10u);
    EXPECT_TRUE(std::includes(either.begin(), either.end(), emergency.begin(), emergency.end()));
}

TEST(Risk, OnlyTheAnticipatedPlanHasZones) {
    const std::set<std::string> lawe{procedure("PPRI de la Lawe")};
    EXPECT_EQ(values_of("risque.zone_reglementaire", "codeprocedure"), lawe);
    EXPECT_EQ(values_of("risque.zone_alea", "codeprocedure"), lawe);
    EXPECT_EQ(table("risque.perimetre").rows.size(), 2u);
    EXPECT_EQ(values_of("risque.perimetre", "etatprocedure"), (std::set<std::string>{"ANTICIPE", "PRESCRIT"}));
    EXPECT_EQ(values_of("risque.zone_reglementaire", "typereglement"), (std::set<std::string>{"01", "02", "03", "04"}));
}

TEST(Cadastre, IdentifiersAreWellFormedAndUnique) {
    const std::regex parcel("62[0-9]{3}000(0[A-Z]|[A-Z]{2})[0-9]{4}"), section("62[0-9]{3}000(0[A-Z]|[A-Z]{2})");
    std::set<std::string> sections, parcels, sheets;
    for (const gis::Row& row : table("cadastre.section").rows) {
        const std::string id = table("cadastre.section").text(row, "id");
        EXPECT_TRUE(std::regex_match(id, section)) << id;
        EXPECT_TRUE(sections.insert(id).second) << id;
    }
    for (const gis::Row& row : table("cadastre.feuille").rows) {
        const std::string id = table("cadastre.feuille").text(row, "id");
        EXPECT_EQ(id.size(), 12u);
        EXPECT_TRUE(sections.contains(id.substr(0, 10))) << id;
        EXPECT_TRUE(sheets.insert(id).second) << id;
    }
    const CapturedTable& cadastre = table("cadastre.parcelle");
    for (const gis::Row& row : cadastre.rows) {
        const std::string id = cadastre.text(row, "id");
        ASSERT_TRUE(std::regex_match(id, parcel)) << id;
        ASSERT_TRUE(parcels.insert(id).second) << id;
        ASSERT_TRUE(sections.contains(id.substr(0, 10))) << id;
        ASSERT_EQ(id.substr(0, 5), cadastre.text(row, "commune"));
        ASSERT_EQ(std::stoi(id.substr(10)), std::stoi(cadastre.text(row, "numero")));
        ASSERT_LE(cadastre.text(row, "created"), cadastre.text(row, "updated"));
    }
    EXPECT_EQ(values_of("cadastre.batiment", "id").size(), table("cadastre.batiment").rows.size());
}

TEST(Permits, BelongToMembersAfterTheirDate) {
    std::map<std::string, std::string> since;
    for (const gis::Row& row : table("org.membership").rows) {
        const CapturedTable& memberships = table("org.membership");
        if (memberships.text(row, "service") == "ADS")
            since[memberships.text(row, "code_insee")] = memberships.text(row, "valid_from");
    }
    const CapturedTable& permits = table("ads.dossier");
    const std::regex number("(DP|PC|PA|PD|CU)0(62[0-9]{3})([0-9]{2})([0-9]{5})");
    std::set<std::string> numbers;
    ASSERT_GT(permits.rows.size(), 500u);
    for (const gis::Row& row : permits.rows) {
        std::smatch parts;
        const std::string id = permits.text(row, "numero"), filed = permits.text(row, "date_depot");
        ASSERT_TRUE(std::regex_match(id, parts, number)) << id;
        EXPECT_TRUE(numbers.insert(id).second) << id;
        EXPECT_EQ(parts[1], permits.text(row, "type"));
        EXPECT_EQ(parts[2], permits.text(row, "commune"));
        EXPECT_EQ(parts[3], filed.substr(2, 2)) << id;
        ASSERT_TRUE(since.contains(parts[2])) << id;
        EXPECT_GE(filed, since[parts[2]]) << id;
        EXPECT_LE(filed, "2026-09-30") << id;
        EXPECT_LT(filed, permits.text(row, "date_limite")) << id;
        const std::string decided = permits.text(row, "date_decision");
        if (!decided.empty()) {
            EXPECT_GE(decided, filed) << id;
            EXPECT_LE(decided, permits.text(row, "date_limite")) << id;
        }
    }
}

TEST(Permits, StandOnParcelsThatExistedThen) {
    std::map<std::string, std::string> created;
    const CapturedTable& cadastre = table("cadastre.parcelle");
    for (const gis::Row& row : cadastre.rows) created[cadastre.text(row, "id")] = cadastre.text(row, "created");
    const CapturedTable& links = table("ads.dossier_parcelle");
    std::map<std::string, int> parcels_of;
    for (const gis::Row& row : links.rows) {
        ASSERT_TRUE(created.contains(links.text(row, "parcelle")));
        EXPECT_LE(created[links.text(row, "parcelle")], links.text(row, "date_depot"));
        ++parcels_of[links.text(row, "numero")];
    }
    EXPECT_EQ(parcels_of.size(), table("ads.dossier").rows.size());
    for (const auto& [number, count] : parcels_of) EXPECT_LE(count, 3) << number;
}

TEST(Archaeology, HasTheOperationsOfTheDocument) {
    const CapturedTable& operations = table("archeo.operation");
    ASSERT_EQ(operations.rows.size(), 25u);
    EXPECT_EQ(table("archeo.operation_commune").rows.size(), 27u);  // two operations span two communes
    const auto excavations = std::count_if(operations.rows.begin(), operations.rows.end(), [&](const gis::Row& row) {
        return operations.text(row, "type") == "FOUILLE";
    });
    EXPECT_EQ(excavations, 1);
}

TEST(UrbanPlan, DocumentsAreNamedAsTheStandardSays) {
    const std::set<std::string> documents = values_of("urba.doc_urba", "idurba");
    EXPECT_TRUE(documents.contains("62119_PLU_20140310"));
    for (const std::string& used : values_of("urba.zone_urba", "idurba")) EXPECT_TRUE(documents.contains(used)) << used;
    EXPECT_EQ(values_of("urba.zone_urba", "typezone"), (std::set<std::string>{"A", "AUc", "AUs", "N", "U"}));
}
