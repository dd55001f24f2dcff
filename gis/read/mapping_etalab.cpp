// The GeoJSON files of cadastre.data.gouv.fr, and the same attributes in any other format.
#include "gis/read/convert.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

Mapping etalab_mapping(const char* kind, std::vector<std::string> names, std::vector<std::string> fields) {
    Mapping mapping;
    mapping.kind = kind;
    mapping.table = std::string("cadastre.") + kind;
    mapping.geometry = GeometryType::MultiPolygon;
    mapping.coverage_column = "commune";
    mapping.names = std::move(names);
    mapping.fields = std::move(fields);
    mapping.id_column = "id";
    return mapping;
}

std::string check_id(RowDraft& row, std::size_t length) {
    const std::string id = row.text("id");
    if (id.size() != length) {
        return "identifiant " + id.substr(0, 40) + " : " + std::to_string(length) + " caractères attendus";
    }
    if (!id.starts_with(row.text("commune"))) {
        return "l'identifiant " + id + " ne commence pas par sa commune " + row.text("commune");
    }
    return "";
}

std::string id_in_commune(RowDraft& row) {
    row.set("id", row.text("commune") + "-" + row.geometry_hash());
    return "";
}

}  // namespace

std::vector<Mapping> etalab_mappings() {
    Mapping parcelle = etalab_mapping("parcelle", {}, {"id", "commune", "prefixe", "section", "numero", "contenance"});
    parcelle.columns = {{"id", "id", to_text, Need::Required},
                        {"commune", "commune", to_text, Need::Required},
                        {"prefixe", "prefixe", to_text, Need::Required},
                        {"section", "section", to_text, Need::Required},
                        {"numero", "numero", to_text, Need::Required},
                        {"contenance", "contenance", to_integer},
                        {"arpente", "arpente", to_boolean},
                        {"created", "created", to_date},
                        {"updated", "updated", to_date}};
    parcelle.finish = [](RowDraft& row) { return check_id(row, 14); };

    Mapping feuille = etalab_mapping(
        "feuille", {}, {"id", "commune", "prefixe", "section", "numero", "qualite|echelle|modeConfection|modeconfec"});
    feuille.columns = {{"id", "id", to_text, Need::Required},
                       {"commune", "commune", to_text, Need::Required},
                       {"prefixe", "prefixe", to_text, Need::Required},
                       {"section", "section", to_text, Need::Required},
                       {"numero", "numero", to_text, Need::Required},
                       {"qualite", "qualite", to_text},
                       {"modeconfection", "modeConfection|modeconfec", to_text},
                       {"echelle", "echelle", to_integer}};
    feuille.finish = [](RowDraft& row) { return check_id(row, 12); };

    Mapping section = etalab_mapping("section", {}, {"id", "commune", "prefixe", "code"});
    section.columns = {{"id", "id", to_text, Need::Required},
                       {"commune", "commune", to_text, Need::Required},
                       {"prefixe", "prefixe", to_text, Need::Required},
                       {"code", "code", to_text, Need::Required}};
    section.finish = [](RowDraft& row) { return check_id(row, 10); };

    Mapping batiment = etalab_mapping("batiment", {"*batiment*", "*bati*"}, {"commune", "type"});
    batiment.columns = {{"id", "", nullptr},
                        {"commune", "commune", to_text, Need::Required},
                        {"nom", "nom", to_text},
                        {"type", "type", to_text},
                        {"created", "created", to_date},
                        {"updated", "updated", to_date}};
    batiment.finish = id_in_commune;
    batiment.same_id = Mapping::SameId::Number;

    Mapping place = etalab_mapping("lieu_dit", {"*lieux*dits*", "*lieu*dit*"}, {"commune", "nom"});
    place.columns = {{"id", "", nullptr}, {"commune", "commune", to_text, Need::Required}, {"nom", "nom", to_text}};
    place.finish = id_in_commune;
    place.same_id = Mapping::SameId::Number;
    return {parcelle, feuille, section, batiment, place};
}

}  // namespace gis::read
