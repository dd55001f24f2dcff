// The objects of the plan cadastral informatisé (DGFiP, EDIGEO exchange of one sheet) with the names of the Etalab
// distribution. IDU = commune (3) + prefixe (3) + section (2) [+ sheet (2) | parcel (4)]; the département comes from
// the name of the exchange.
#include <cmath>

#include "gis/read/convert.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

/// "0A" -> "A", "0049" -> "49": as `section` and `numero` are written outside identifiers.
std::string unpadded(std::string_view text) {
    const auto first = text.find_first_not_of('0');
    return std::string(first == std::string_view::npos ? text.substr(text.size() - 1) : text.substr(first));
}

/// Replaces the IDU by a slice of it; false when it is too short.
bool slice(Value& value, std::size_t from, std::size_t length) {
    auto* idu = std::get_if<std::string>(&value);
    if (!idu || idu->size() < from + length) return false;
    *idu = idu->substr(from, length);
    return true;
}

bool full_id(Value& value, const MappingContext& context) {
    auto* idu = std::get_if<std::string>(&value);
    if (!idu || idu->size() < 3) return false;
    *idu = context.departement + *idu;
    return true;
}

bool commune_of(Value& value, const MappingContext& context) {
    return slice(value, 0, 3) && full_id(value, context);
}
bool prefixe_of(Value& value, const MappingContext&) {
    return slice(value, 3, 3);
}
bool section_of(Value& value, const MappingContext&) {
    if (!slice(value, 6, 2)) return false;
    value = unpadded(std::get<std::string>(value));
    return true;
}
bool sheet_of(Value& value, const MappingContext&) {
    return slice(value, 8, 2);
}
bool parcel_of(Value& value, const MappingContext&) {
    if (!slice(value, 8, 4)) return false;
    value = unpadded(std::get<std::string>(value));
    return true;
}
bool surveyed(Value& value, const MappingContext&) {
    const auto* code = std::get_if<std::string>(&value);
    value = code && trimmed(*code) == "A";
    return true;
}
bool rounded(Value& value, const MappingContext& context) {
    if (const auto* real = std::get_if<double>(&value)) value = std::round(*real);
    return to_integer(value, context);
}

std::string check_id_length(RowDraft& row, std::size_t length) {
    const std::string id = row.text("id");
    if (id.size() == length) return "";
    return "identifiant " + id + " : " + std::to_string(length) +
           " caractères attendus ; vérifiez IDU et le département";
}

std::string id_from_geometry(RowDraft& row) {
    row.set("commune", row.context().commune);
    row.set("id", row.context().commune + "-" + row.geometry_hash());
    return "";
}

/// A lieu-dit's name is spread over TEX, TEX2 ... TEX10.
std::string lieu_dit(RowDraft& row) {
    std::string name = row.text("nom");
    for (int i = 2; i <= 10; ++i) {
        const std::string more = row.text("~tex" + std::to_string(i));
        if (!more.empty()) name += (name.empty() ? "" : " ") + more;
    }
    if (!name.empty()) row.set("nom", std::move(name));
    return id_from_geometry(row);
}

Mapping edigeo_mapping(const char* kind, const char* layer) {
    Mapping mapping;
    mapping.kind = kind;
    mapping.table = std::string("cadastre.") + kind;
    mapping.geometry = GeometryType::MultiPolygon;
    mapping.coverage_column = "commune";
    mapping.names = {layer};
    mapping.format = Format::Edigeo;
    mapping.id_column = "id";
    return mapping;
}

}  // namespace

std::vector<Mapping> edigeo_mappings() {
    Mapping parcelle = edigeo_mapping("parcelle", "PARCELLE_id");
    parcelle.columns = {{"id", "IDU", full_id, Need::Required},
                        {"commune", "IDU", commune_of, Need::Required},
                        {"prefixe", "IDU", prefixe_of, Need::Required},
                        {"section", "IDU", section_of, Need::Required},
                        {"numero", "IDU", parcel_of, Need::Required},
                        {"contenance", "SUPF", rounded},
                        {"arpente", "COAR", surveyed},
                        {"created", "CREAT_DATE|DATE_OBS", to_date},
                        {"updated", "UPDATE_DATE|DATE_MAJ", to_date}};
    parcelle.finish = [](RowDraft& row) { return check_id_length(row, 14); };

    Mapping section = edigeo_mapping("section", "SECTION_id");
    section.columns = {{"id", "IDU", full_id, Need::Required},
                       {"commune", "IDU", commune_of, Need::Required},
                       {"prefixe", "IDU", prefixe_of, Need::Required},
                       {"code", "IDU", section_of, Need::Required}};
    section.finish = [](RowDraft& row) { return check_id_length(row, 10); };
    section.same_id = Mapping::SameId::Merge;  // each sheet of a section carries its own piece

    Mapping feuille = edigeo_mapping("feuille", "SUBDSECT_id");
    feuille.columns = {{"id", "IDU", full_id, Need::Required},
                       {"commune", "IDU", commune_of, Need::Required},
                       {"prefixe", "IDU", prefixe_of, Need::Required},
                       {"section", "IDU", section_of, Need::Required},
                       {"numero", "IDU", sheet_of, Need::Required},
                       {"qualite", "QUPL", to_text},
                       {"modeconfection", "COPL", to_text},
                       {"echelle", "EOR", to_integer}};
    feuille.finish = [](RowDraft& row) { return check_id_length(row, 12); };

    Mapping batiment = edigeo_mapping("batiment", "BATIMENT_id");
    batiment.columns = {{"id", "", nullptr},
                        {"commune", "", nullptr},
                        {"nom", "TEX", to_text},
                        {"type", "DUR", to_text},
                        {"created", "CREAT_DATE|DATE_OBS", to_date},
                        {"updated", "UPDATE_DATE|DATE_MAJ", to_date}};
    batiment.finish = id_from_geometry;
    batiment.same_id = Mapping::SameId::Number;

    Mapping place = edigeo_mapping("lieu_dit", "LIEUDIT_id");
    place.columns = {{"id", "", nullptr}, {"commune", "", nullptr}, {"nom", "TEX", to_text}};
    for (int i = 2; i <= 10; ++i) {
        place.columns.push_back({"~tex" + std::to_string(i), "TEX" + std::to_string(i), to_text});
    }
    place.finish = lieu_dit;
    place.same_id = Mapping::SameId::Number;
    return {parcelle, section, feuille, batiment, place};
}

}  // namespace gis::read
