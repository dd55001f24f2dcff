// Risk prevention plans in the two forms that circulate: COVADIS PPR (n_zone_reg_pprn_..., id_gaspar) and CNIG PPR v1
// (zonereglementaireurba_s, codeprocedure). Rows come out in the CNIG form. Zones are numbered inside one plan only, so
// ids here begin with the plan's code.
#include <array>
#include <utility>

#include "gis/read/convert.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

/// COVADIS says 1 or 01, CNIG 01.
bool two_digits(Value& value, const MappingContext& context) {
    to_text(value, context);
    if (auto* text = std::get_if<std::string>(&value); text && text->size() == 1) text->insert(0, "0");
    return true;
}

/// "1130000" -> "113", "1300000" -> "13", "9999999" -> "99"; CNIG codes stay.
bool hazard_type(Value& value, const MappingContext& context) {
    to_text(value, context);
    auto* code = std::get_if<std::string>(&value);
    if (!code || code->size() != 7) return true;
    if (*code == "9999999") {
        *code = "99";
        return true;
    }
    code->resize(3);
    if (code->back() == '0') code->pop_back();
    return true;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> covadis_states{
    {{"01", "PRESCRIT"}, {"02", "APPROUVE"}, {"03", "ABROGE"}, {"04", "ANTICIPE"}}};

/// "2014" is its first of January.
bool year_or_date(Value& value, const MappingContext& context) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) value = std::to_string(*whole);
    const auto* text = std::get_if<std::string>(&value);
    constexpr std::string_view digits = "0123456789";
    if (text && text->size() == 4 && text->find_first_not_of(digits) == std::string::npos) value = *text + "-01-01";
    return to_date(value, context);
}

bool state_name(Value& value, const MappingContext& context) {
    two_digits(value, context);
    auto* text = std::get_if<std::string>(&value);
    if (!text) return true;
    for (const auto& [code, name] : covadis_states) {
        if (*text == code) *text = name;
    }
    constexpr std::array<std::string_view, 8> known{"PRESCRIT", "PAC",    "PROROGE", "ANTICIPE",
                                                    "APPROUVE", "ANNULE", "ABROGE",  "EN VIGUEUR"};
    for (const auto name : known) {
        if (same_name(*text, name)) {
            *text = name;
            return true;
        }
    }
    return false;
}

bool regulation_code(Value& value, const MappingContext& context) {
    two_digits(value, context);
    const auto* text = std::get_if<std::string>(&value);
    return !text || (text->size() == 2 && (*text)[0] == '0' && (*text)[1] >= '1' && (*text)[1] <= '5');
}

std::string prefixed(const std::string& plan, const std::string& id) {
    return id.starts_with(plan) ? id : plan + "-" + id;
}

std::string regulation_zone(RowDraft& row) {
    row.set("idzonereglementaire", prefixed(row.text("codeprocedure"), row.text("idzonereglementaire")));
    return "";
}

/// One table per hazard, each free to number from 1: the hazard is part of the id.
std::string hazard_zone(RowDraft& row) {
    const std::string type = row.text("typealea");
    const std::string id = row.text("idzonealea");
    row.set("idzonealea", prefixed(row.text("codeprocedure"), type.empty() ? id : type + "-" + id));
    return "";
}

/// "N_DOCUMENT_PPRT_S_062" -> "PPRT".
std::string plan_type(const std::string& layer) {
    for (const char* type : {"PPRN", "PPRT", "PPRM"}) {
        if (matches(layer, std::string("*_") + type + "_*")) return type;
    }
    return "PPR";
}

std::string perimeter(RowDraft& row) {
    const std::string id = row.has("idperimetre") ? row.text("idperimetre") : row.geometry_hash();
    const std::string plan = row.text("codeprocedure");
    row.set("idperimetre", prefixed(plan, id));
    row.context().plans->set(plan, {row.text("etatprocedure"), row.text("dateetat"), plan_type(row.context().layer)});
    return "";
}

std::string covadis_document(RowDraft& row) {
    if (!row.has("typeprocedure")) row.set("typeprocedure", plan_type(row.context().layer));
    if (!row.has("libelleprocedure")) row.set("libelleprocedure", row.text("codeprocedure"));
    if (!row.has("etatprocedure")) return "état absent ; attendu : 01 prescrit, 02 approuvé, 03 abrogé ou 04 anticipé";
    row.context().plans->mark_row(row.text("codeprocedure"));
    return "";
}

/// CNIG keeps the state of a plan on its perimeter.
std::string cnig_procedure(RowDraft& row) {
    const std::string plan = row.text("codeprocedure");
    const auto known = row.context().plans->find(plan);
    if (!known || known->state.empty()) return "état du plan " + plan + " inconnu ; joignez la couche perimetre_s";
    row.set("etatprocedure", known->state);
    if (!known->date.empty()) row.set("dateetat", known->date);
    row.context().plans->mark_row(plan);
    return "";
}

Mapping ppr_mapping(const char* kind, std::optional<GeometryType> geometry, const char* id,
                    std::vector<std::string> names, std::vector<std::string> fields) {
    Mapping mapping;
    mapping.kind = kind;
    mapping.table = std::string("risque.") + kind;
    mapping.geometry = geometry;
    mapping.coverage_column = "codeprocedure";
    mapping.names = std::move(names);
    mapping.fields = std::move(fields);
    mapping.id_column = id;
    return mapping;
}

std::string stake(RowDraft& row) {
    const std::string plan = row.text("codeprocedure");
    const std::string id = row.text("idenjeu");
    row.set("idenjeu", prefixed(plan, id.empty() ? row.geometry_hash(row.text("nomenjeu")) : id));
    return "";
}

constexpr const char* plan_field = "codeprocedure|id_gaspar|idgaspar";

/// COVADIS says what a stake is in words (CATEGORIE, DESCRIPT), and of which year.
Mapping stake_mapping(const char* kind, GeometryType geometry, const char* cnig, const char* covadis) {
    Mapping mapping = ppr_mapping(kind, geometry, "idenjeu", {cnig, covadis}, {plan_field});
    mapping.columns = {{"idenjeu", "idenjeu|id_map", to_text},
                       {"codeprocedure", plan_field, to_text, Need::Required},
                       {"nomenjeu", "nomenjeu|descript", to_text},
                       {"codeenjeu", "codeenjeu|categorie", to_text},
                       {"nomenclatureenjeu", "nomenclatureenjeu", to_text},
                       {"dateenjeu", "dateenjeu|identannee", year_or_date},
                       {"idrefexterne", "idrefexterne", to_text},
                       {"refexterne", "refexterne", to_text}};
    mapping.finish = stake;
    return mapping;
}

}  // namespace

std::vector<Mapping> ppr_mappings() {
    Mapping zones = ppr_mapping("zone_reglementaire", GeometryType::MultiPolygon, "idzonereglementaire",
                                {"*zonereglementaireurba_s*", "*zone_reglementaire*", "*N_ZONE_REG_PPR*"},
                                {"idzonereglementaire|id_zone", plan_field});
    zones.columns = {{"idzonereglementaire", "idzonereglementaire|id_zone", to_text, Need::Required},
                     {"codeprocedure", plan_field, to_text, Need::Required},
                     {"codezonereglement", "codezonereglement|codezone", to_text},
                     {"libellezonereglement", "libellezonereglement|nom", to_text},
                     {"typereglement", "typereglement|typereg", regulation_code},
                     {"existemesuresobligatoires", "existemesuresobligatoires|obligationtravaux", to_boolean}};
    zones.finish = regulation_zone;

    Mapping hazards = ppr_mapping("zone_alea", GeometryType::MultiPolygon, "idzonealea",
                                  {"*zonealeareference*_s*", "*zone_alea*"}, {"idzonealea|id_zone", plan_field});
    hazards.columns = {{"idzonealea", "idzonealea|id_zone", to_text, Need::Required},
                       {"codeprocedure", plan_field, to_text, Need::Required},
                       {"typealea", "typealea|coderisque", hazard_type},
                       {"niveaualea", "niveaualea|nivalea_st", two_digits},
                       {"occurrence", "occurrence|occurence", to_text},
                       {"description", "description|descript", to_text}};
    hazards.finish = hazard_zone;

    Mapping cnig = ppr_mapping("perimetre", GeometryType::MultiPolygon, "idperimetre", {"*perimetre_s*"},
                               {"idperimetre", "codeprocedure"});
    cnig.columns = {{"idperimetre", "idperimetre", to_text},
                    {"codeprocedure", "codeprocedure", to_text, Need::Required},
                    {"libelle", "libelle", to_text},
                    {"etatprocedure", "etatprocedure", state_name},
                    {"dateetat", "dateetat", to_date}};
    cnig.finish = perimeter;

    // TYPE 01 is the prescribed perimeter, 02 the one of the approved plan.
    Mapping covadis = ppr_mapping("perimetre", GeometryType::MultiPolygon, "idperimetre", {"*N_PERIMETRE_PPR*"},
                                  {"id_gaspar|idgaspar"});
    covadis.columns = {{"idperimetre", "", nullptr},
                       {"codeprocedure", plan_field, to_text, Need::Required},
                       {"libelle", "libelle", to_text},
                       {"etatprocedure", "etat|type", state_name},
                       {"dateetat", "datevalid|dateappro", to_date}};
    covadis.finish = perimeter;
    covadis.note = "l'état du périmètre est tiré du champ TYPE (01 prescrit, 02 approuvé) ; vérifiez-le";

    Mapping document =
        ppr_mapping("procedure", std::nullopt, "codeprocedure", {"*N_DOCUMENT_PPR*"}, {"id_gaspar|idgaspar", "etat"});
    document.coverage_column.clear();
    document.columns = {{"codeprocedure", plan_field, to_text, Need::Required},
                        {"libelleprocedure", "nom|libelle", to_text},
                        {"typeprocedure", "", nullptr},
                        {"etatprocedure", "etat", state_name},
                        {"dateetat", "dateappro|datevalid", to_date}};
    document.finish = covadis_document;

    Mapping procedure =
        ppr_mapping("procedure", std::nullopt, "codeprocedure", {"*procedure"}, {"codeprocedure", "typeprocedure"});
    procedure.coverage_column.clear();
    procedure.columns = {{"codeprocedure", "codeprocedure", to_text, Need::Required},
                         {"libelleprocedure", "libelleprocedure", to_text, Need::Required},
                         {"typeprocedure", "typeprocedure", to_text, Need::Required},
                         {"etatprocedure", "", nullptr},
                         {"dateetat", "", nullptr}};
    procedure.finish = cnig_procedure;
    return {zones,
            hazards,
            cnig,
            covadis,
            document,
            procedure,
            stake_mapping("enjeu_s", GeometryType::MultiPolygon, "*enjeu_s", "*N_ENJEU_PPR*_S_*"),
            stake_mapping("enjeu_l", GeometryType::MultiLineString, "*enjeu_l", "*N_ENJEU_PPR*_L_*"),
            stake_mapping("enjeu_p", GeometryType::MultiPoint, "*enjeu_p", "*N_ENJEU_PPR*_P_*")};
}

}  // namespace gis::read
