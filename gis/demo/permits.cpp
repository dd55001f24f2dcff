#include "gis/demo/permits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace gis::demo {

namespace {

/// A kind of request: what it is called, how it is numbered, how often it comes (share of all files, about).
struct Kind {
    std::string_view act;      ///< row of ads_acts.csv
    std::string_view letters;  ///< of the number
    std::string_view object;
    double share;
    double least_surface;  ///< created floor, m²; 0 and 0: none
    double most_surface;
    bool homes;
};

constexpr std::array<Kind, 15> kinds{{
    {"DP", "DP", "Clôture et portail", 0.13, 0, 0, false},
    {"DP", "DP", "Abri de jardin", 0.08, 5, 18, false},
    {"DP", "DP", "Extension de moins de 40 m²", 0.07, 9, 38, false},
    {"DP", "DP", "Ravalement et menuiseries", 0.10, 0, 0, false},
    {"DP", "DP", "Panneaux photovoltaïques en toiture", 0.08, 0, 0, false},
    {"PCMI", "PC", "Maison individuelle", 0.14, 85, 165, true},
    {"PCMI", "PC", "Extension d'une habitation", 0.06, 41, 80, false},
    {"PC", "PC", "Immeuble collectif", 0.01, 400, 2600, true},
    {"PC", "PC", "Bâtiment d'activité", 0.03, 250, 5200, false},
    {"CUa", "CU", "Certificat d'urbanisme d'information", 0.20, 0, 0, false},
    {"CUb", "CU", "Certificat d'urbanisme opérationnel", 0.04, 0, 0, false},
    {"PD", "PD", "Démolition de dépendances", 0.03, 0, 0, false},
    {"PA", "PA", "Lotissement", 0.02, 0, 0, false},
    {"PC", "PC", "Bâtiment agricole", 0.004, 150, 1200, false},
    {"PC", "PC", "Équipement public", 0.006, 180, 1800, false},
}};

bool suits(const Kind& kind, Use use) {
    const bool open = !is_urban(use);
    if (kind.object == "Bâtiment agricole") return open;
    if (kind.act == "CUa" || kind.act == "CUb") return true;
    if (kind.object == "Lotissement") return open;
    if (open) return false;
    if (kind.object == "Bâtiment d'activité") return use == Use::Activity;
    if (kind.object == "Équipement public") return use == Use::Facility || use == Use::Core;
    return use != Use::Activity || kind.act == "DP";
}

const Kind& pick_kind(Use use, Random& random) {
    double sum = 0;
    for (const Kind& kind : kinds) sum += suits(kind, use) ? kind.share : 0;
    double left = random.unit() * sum;
    for (const Kind& kind : kinds) {
        if (!suits(kind, use)) continue;
        left -= kind.share;
        if (left <= 0) return kind;
    }
    return kinds.front();
}

std::string decided(const Kind& kind, Random& random) {
    const double lot = random.unit();
    if (lot < 0.025) return "retiré";
    if (kind.letters == "DP") return lot < 0.10 ? "opposition" : lot < 0.20 ? "accord tacite" : "non-opposition";
    if (kind.letters == "CU") return lot < 0.15 ? "accord tacite" : "accord";
    if (lot < 0.09) return "refus";
    if (lot < 0.11) return "sursis à statuer";
    if (lot < 0.15) return "accord tacite";
    return lot < 0.42 ? "accord avec prescriptions" : "accord";
}

}  // namespace

struct PermitWriter::Permit {
    const Kind* kind = nullptr;
    const BuildingSite* site = nullptr;
    Day filed, limit;
    std::optional<Day> decision;
    std::string status;
    Value homes, surface;
};

PermitWriter::PermitWriter(const ParsedFacts& facts, RowSink& sink)
    : facts_(facts),
      permits_(sink, "ads.dossier",
               {"numero", "type", "commune", "date_depot", "date_limite", "date_decision", "statut", "objet",
                "nb_logements", "surface_creee"}),
      parcels_(sink, "ads.dossier_parcelle", {"numero", "reference", "designation", "parcelle", "date_depot"}) {}

void PermitWriter::finish() {
    permits_.finish();
    parcels_.finish();
}

PermitWriter::Permit PermitWriter::make_permit(const BuildingSite& site, Day first, Random& random) const {
    Permit out;
    out.kind = &pick_kind(site.use, random);
    out.site = &site;
    // A third falls in the service's first eighteen months, which the founding document describes.
    const Day early_end = std::max(first, day(2016, 12, 31));
    out.filed = random.chance(0.33) ? working_day(random, first, early_end) : working_day(random, early_end, last_day);
    // Never before its youngest parcel existed.
    out.filed = std::max({out.filed, first, site.known_since});
    const int delay =
        facts_.act(out.kind->act).delay_months + (out.kind->letters == "PC" && random.chance(0.12) ? 1 : 0);
    out.limit = months_later(out.filed, delay);
    const int days = static_cast<int>((out.limit - out.filed).count());
    const Day decision = working_day(random, out.filed + std::chrono::days(days / 3), out.limit);
    if (decision <= last_day) {
        out.status = decided(*out.kind, random);
        out.decision = out.status == "accord tacite" ? out.limit : decision;
        if (*out.decision > last_day) out.decision.reset();
    }
    if (!out.decision) {
        constexpr std::array<std::string_view, 4> open{"déposé", "incomplet", "complet", "en consultation"};
        out.status = random.pick(open);
    }
    if (out.kind->most_surface > 0) {
        const double surface = std::round(random.between(out.kind->least_surface, out.kind->most_surface));
        out.surface = surface;
        if (out.kind->homes)
            out.homes = std::max<std::int64_t>(1, static_cast<std::int64_t>(surface < 200 ? 1 : surface / 72));
    }
    return out;
}

void PermitWriter::write_commune(const CommuneFact& commune, const std::vector<BuildingSite>& sites, const Geos& geos,
                                 std::uint64_t seed) {
    Random random(mix(seed, 71));
    const Day first = parse_iso(commune.ads_since);
    std::vector<Permit> permits;
    for (const BuildingSite& site : sites) permits.push_back(make_permit(site, first, random));
    std::stable_sort(permits.begin(), permits.end(),
                     [](const Permit& a, const Permit& b) { return a.filed < b.filed; });

    std::map<std::pair<std::string_view, int>, int> last_order;  // by letters and year
    for (const Permit& permit : permits) {
        const std::string filed = iso(permit.filed);
        const int year = static_cast<int>(std::chrono::year_month_day(permit.filed).year());
        const std::string number = fmt::format("{}0{}{:02}{:05}", permit.kind->letters, commune.insee, year % 100,
                                               ++last_order[{permit.kind->letters, year}]);
        permits_.add({number, std::string(permit.kind->letters), commune.insee, filed, iso(permit.limit),
                      permit.decision ? Value{iso(*permit.decision)} : Value{}, permit.status,
                      fmt::format("{} (données fictives)", permit.kind->object), permit.homes, permit.surface},
                     wkb(permit.site->rings.size() == 1 ? MultiPolygon{{permit.site->rings[0]}}
                                                        : geos.coverage_union(permit.site->rings)));
        for (const std::string& parcel : permit.site->parcels) parcels_.add({number, parcel, parcel, parcel, filed});
    }
}

}  // namespace gis::demo
