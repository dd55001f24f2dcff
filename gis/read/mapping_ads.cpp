// Building permits of the national lists (Sitadel). The number is the one of the code de l'urbanisme (A423-1): letters,
// département, commune, year, order; the lists give the letters in a column of their own, or by the number's name.
#include <algorithm>
#include <array>

#include "gis/read/convert.hpp"

namespace gis::read {

namespace {

/// "2016" -> "2016-01-01": all that is known of the day.
bool first_day_of_year(Value& value, const MappingContext& context) {
    to_text(value, context);
    if (const auto* year = std::get_if<std::string>(&value)) value = *year + "-01-01";
    return to_date(value, context);
}

/// What the lists call the state of a permit, in our words.
bool permit_state(Value& value, const MappingContext& context) {
    to_text(value, context);
    const auto* code = std::get_if<std::string>(&value);
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> states{
        {{"2", "accord"}, {"4", "annulé"}, {"5", "commencé"}, {"6", "terminé"}}};
    for (const auto& [known, name] : states) {
        if (!code || *code != known) continue;
        value = std::string(name);
        return true;
    }
    return code == nullptr;
}

/// "03155505M0018" of NUM_PA -> "PA03155505M0018". Spreadsheets lose the zero in front. Why it is none, or nothing.
std::string set_number(RowDraft& row) {
    std::string type = row.text("~type");
    for (const char* letters : {"PA", "PD", "PC"}) {
        if (row.has(std::string("~num_") + letters)) type = letters;
    }
    if (std::ranges::count(std::array<std::string_view, 4>{"PC", "DP", "PA", "PD"}, type) == 0)
        return "type « " + type + " » inconnu ; attendu : PC, DP, PA ou PD";
    std::string number = row.text("numero");
    constexpr std::size_t length = 13;
    if (number.size() + 1 == length) number.insert(0, 1, '0');
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const bool sound = number.size() == length && std::all_of(number.begin(), number.begin() + 3, is_digit) &&
                       std::ranges::all_of(number, [&](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
    if (!sound)
        return "numéro « " + number.substr(0, 40) + " » ; attendu : département (3), commune (3), année (2), ordre (5)";
    row.set("numero", type + number);
    return "";
}

std::string permit(RowDraft& row) {
    if (std::string why = set_number(row); !why.empty()) return why;
    row.set("type", row.text("numero").substr(0, 2));
    std::string place;
    for (const char* part : {"~voie_numero", "~voie_type", "~voie_nom", "~lieu_dit"}) {
        if (row.has(part)) place += (place.empty() ? "" : " ") + row.text(part);
    }
    if (!place.empty()) row.set("objet", "Terrain : " + place);
    return "";
}

/// Columns first, helpers last.
Mapping permit_mapping(const char* table, const char* layer, std::vector<Column> columns) {
    Mapping mapping;
    mapping.kind = "dossier";
    mapping.table = table;
    mapping.format = Format::Sitadel;
    mapping.names = {layer};
    mapping.columns = {{"numero", "NUM_DAU|NUM_PA|NUM_PD|NUM_PC", to_text, Need::Required},
                       {"date_depot", "AN_DEPOT", first_day_of_year, Need::Required}};
    mapping.columns.insert(mapping.columns.end(), columns.begin(), columns.end());
    for (const char* letters : {"PA", "PD", "PC"}) {
        const std::string name = std::string("num_") + letters;
        mapping.columns.push_back({"~" + name, name, to_text});
    }
    mapping.columns.push_back({"~type", "TYPE_DAU", to_text});
    return mapping;
}

}  // namespace

std::vector<Mapping> ads_mappings() {
    Mapping permits = permit_mapping("ads.dossier", "dossiers",
                                     {{"type", "", nullptr},
                                      {"commune", "COMM", to_text, Need::Required},
                                      {"date_decision", "DATE_REELLE_AUTORISATION", to_date},
                                      {"statut", "ETAT_DAU|ETAT_PA|ETAT_PD|ETAT_PC", permit_state, Need::Required},
                                      {"objet", "", nullptr},
                                      {"nb_logements", "NB_LGT_TOT_CREES", to_integer},
                                      {"surface_creee", "SURF_HAB_CREEE|SURF_LOC_CREEE", to_number},
                                      {"~voie_numero", "ADR_NUM_TER", to_text},
                                      {"~voie_type", "ADR_TYPEVOIE_TER", to_text},
                                      {"~voie_nom", "ADR_LIBVOIE_TER", to_text},
                                      {"~lieu_dit", "ADR_LIEUDIT_TER", to_text}});
    permits.id_column = "numero";
    permits.finish = permit;
    Mapping references = permit_mapping("ads.dossier_parcelle", "references",
                                        {{"reference", "reference", to_text, Need::Required},
                                         {"designation", "designation", to_text},
                                         {"ligne", "ligne", to_integer}});
    references.finish = set_number;
    return {permits, references};
}

}  // namespace gis::read
