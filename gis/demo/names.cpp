#include "gis/demo/names.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace gis::demo {

namespace {

using namespace std::string_view_literals;

constexpr std::array heads{"Le Fond"sv,   "Le Champ"sv,   "La Couture"sv, "Le Mont"sv,   "Le Riez"sv,    "La Vallée"sv,
                           "Le Chemin"sv, "Les Terres"sv, "La Voie"sv,    "Le Marais"sv, "Le Bosquet"sv, "La Fosse"sv,
                           "Le Rideau"sv, "Le Camp"sv,    "Les Prés"sv,   "La Haie"sv,   "Le Buisson"sv, "La Cavée"sv};
constexpr std::array tails{
    "du Moulin"sv,          "des Warennes"sv, "à Cailloux"sv,   "du Quesnoy"sv,    "des Ablettes"sv,
    "de l'Épine"sv,         "du Calvaire"sv,  "des Aulnois"sv,  "à Loups"sv,       "de la Malterie"sv,
    "du Tilloy"sv,          "des Hayettes"sv, "de l'Abbaye"sv,  "du Gard"sv,       "des Quatre Vents"sv,
    "de la Plaine"sv,       "du Crinchon"sv,  "à Carottes"sv,   "du Petit Bois"sv, "des Œillettes"sv,
    "de la Blanche Voie"sv, "du Sart"sv,      "d'en Haut"sv,    "d'en Bas"sv,      "des Bleuets"sv,
    "de la Borne"sv,        "du Pire"sv,      "des Garennes"sv, "du Bac"sv,        "de la Tuilerie"sv};
constexpr std::array alone{"Les Warlincourts"sv, "Le Quint"sv,      "Les Longues Rayes"sv, "Le Blanc Mont"sv,
                           "Les Sablonnières"sv, "L'Hermitage"sv,   "Les Dix-Huit"sv,      "Le Moulinel"sv,
                           "Les Croisettes"sv,   "La Bassecourt"sv, "Le Noir Cornet"sv,    "Les Bonniers"sv,
                           "Le Plantis"sv,       "Les Mazures"sv,   "La Crupe"sv};
constexpr std::array quarters{"Cité n° {}"sv, "Cité de la Fosse {}"sv, "Coron n° {}"sv};
constexpr std::array estates{"Résidence {}"sv, "Le Clos {}"sv, "Les Jardins {}"sv, "Quartier {}"sv};

}  // namespace

template <typename Make>
std::string PlaceNames::fresh(Make&& make) {
    std::string name;
    for (int attempt = 0; attempt < 50; ++attempt) {
        name = make();
        if (used_.insert(name).second) return name;
    }
    name += fmt::format(" ({})", used_.size());
    used_.insert(name);
    return name;
}

std::string PlaceNames::next_field() {
    return fresh([&] {
        if (random_.chance(0.12)) return std::string(random_.pick(alone));
        return fmt::format("{} {}", random_.pick(heads), random_.pick(tails));
    });
}

std::string PlaceNames::next_quarter() {
    return fresh([&] {
        if (random_.chance(0.5)) return fmt::format(fmt::runtime(random_.pick(quarters)), random_.whole(1, 34));
        return fmt::format(fmt::runtime(random_.pick(estates)), random_.pick(tails));
    });
}

}  // namespace gis::demo
