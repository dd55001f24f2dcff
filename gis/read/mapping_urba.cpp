// Urban planning documents, CNIG standard PLU (2013 to 2024): tables named <insee or siren>_ZONE_URBA_<date> and so on.
// Easements of public utility, CNIG standard SUP: tables named <category>_ASSIETTE_SUP_S and so on.
#include <algorithm>

#include "gis/read/convert.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// "241800432_ZONE_URBA_20200128" -> "241800432_PLUI_20200128"; nothing when the name is not of that form.
std::string idurba_from_name(const std::string& stem) {
    const auto first = stem.find('_');
    const auto last = stem.rfind('_');
    if (first == std::string::npos || first == last) return "";
    const std::string head = stem.substr(0, first);
    const std::string date = stem.substr(last + 1);
    const bool siren = head.size() == 9 && is_number(head);
    const bool insee = head.size() == 5 && is_number(head.substr(2));
    if ((!siren && !insee) || date.size() != 8 || !is_number(date)) return "";
    return head + (siren ? "_PLUI_" : "_PLU_") + date;
}

/// Sets idurba and perimetre; false when neither the row nor the file's name tells.
bool set_document(RowDraft& row) {
    std::string idurba = row.text("idurba");
    if (idurba.empty()) idurba = idurba_from_name(row.context().file_stem);
    if (idurba.empty()) return false;
    row.set("perimetre", idurba.substr(0, idurba.find('_')));
    row.set("idurba", std::move(idurba));
    return true;
}

constexpr const char* no_document =
    "IDURBA absent ; attendu : <insee ou siren>_<type>_<date>, dans la table ou dans le nom du fichier";

std::string zone(RowDraft& row) {
    if (!set_document(row)) return no_document;
    row.set("id", row.text("perimetre") + "-" + row.geometry_hash(row.text("libelle")));
    return "";
}

/// A mapping to urba.<table> of layers named so; ids are numbered where several are the same.
Mapping urba_mapping(const char* table, const char* name, GeometryType geometry) {
    Mapping mapping;
    mapping.kind = table;
    mapping.table = std::string("urba.") + table;
    mapping.geometry = geometry;
    mapping.names = {name};
    mapping.id_column = "id";
    mapping.same_id = Mapping::SameId::Number;
    return mapping;
}

/// Prescriptions and information: objects of a document that differ in the fields of their type and its sub-type.
Mapping typed_mapping(const char* table, const char* name, GeometryType geometry, const Column& type,
                      const Column& subtype) {
    Mapping mapping = urba_mapping(table, name, geometry);
    mapping.coverage_column = "perimetre";
    mapping.fields = {"LIBELLE", type.source};
    mapping.columns = {{"id", "", nullptr},
                       {"idurba", "IDURBA", to_text},
                       {"perimetre", "", nullptr},
                       {"libelle", "LIBELLE", to_text, Need::Required},
                       {"txt", "TXT", to_text},
                       type,
                       subtype,
                       {"nomfic", "NOMFIC", to_text},
                       {"urlfic", "URLFIC", to_text},
                       {"datvalid", "DATVALID", to_date}};
    mapping.finish = [type = type.name, subtype = subtype.name](RowDraft& row) -> std::string {
        if (!set_document(row)) return no_document;
        const std::string nature = row.text(type) + "|" + row.text(subtype) + "|" + row.text("libelle");
        row.set("id", row.text("perimetre") + "-" + row.geometry_hash(nature));
        return "";
    };
    return mapping;
}

Mapping prescription_mapping(const char* table, const char* name, GeometryType geometry) {
    return typed_mapping(table, name, geometry, {"typepsc", "TYPEPSC", to_text, Need::Required},
                         {"stypepsc", "STYPEPSC|STYPPSC", to_text});
}

Mapping information_mapping(const char* table, const char* name, GeometryType geometry) {
    return typed_mapping(table, name, geometry, {"typeinf", "TYPEINF", to_text, Need::Required},
                         {"stypeinf", "STYPEINF", to_text});
}

/// "PM3_ASSIETTE_SUP_S_028" -> suptype "pm3", lot "pm3_028"; a category that the row says itself goes before. False
/// when the layer is not named so.
bool set_easement(RowDraft& row) {
    const std::string name = lower(row.context().layer);
    const auto part = std::min(name.find("_assiette_sup"), name.find("_generateur_sup"));
    if (part == std::string::npos) return false;
    const std::string head = name.substr(0, part);
    const std::string category = head.substr(head.find_last_of('_') + 1);
    if (category.empty()) return false;
    // What follows the letter of the geometry.
    const auto letter = name.find("_sup", part) + std::string_view("_sup").size();
    const auto rest = name.find('_', letter + 1);
    const std::string said = lower(row.text("~suptype"));
    row.set("suptype", said.empty() ? category : said);
    row.set("lot", category + (rest == std::string::npos ? "" : name.substr(rest)));
    return true;
}

constexpr const char* no_easement =
    "catégorie de servitude inconnue ; attendu : <catégorie>_ASSIETTE_SUP_ ou <catégorie>_GENERATEUR_SUP_, puis S, L "
    "ou P";

Mapping assiette_mapping(const char* table, const char* name, GeometryType geometry) {
    Mapping mapping = urba_mapping(table, name, geometry);
    mapping.coverage_column = "lot";
    mapping.fields = {"IDASS", "NOMASS"};
    mapping.columns = {{"id", "", nullptr},
                       {"lot", "", nullptr},
                       {"suptype", "", nullptr},
                       {"idass", "IDASS", to_text, Need::Required},
                       {"idgen", "IDGEN", to_text},
                       {"nomass", "NOMASS", to_text},
                       {"typeass", "TYPEASS", to_text},
                       {"modegeoass", "MODEGEOASS", to_text},
                       {"paramcalc", "PARAMCALC", to_number},
                       {"srcgeoass", "SRCGEOASS", to_text},
                       {"datesrcass", "DATESRCASS", to_date},
                       {"~suptype", "SUPTYPE", to_text}};
    mapping.finish = [](RowDraft& row) -> std::string {
        if (!set_easement(row)) return no_easement;
        row.set("id", row.text("lot") + ":" + row.text("idass"));
        return "";
    };
    return mapping;
}

Mapping generateur_mapping(const char* table, const char* name, GeometryType geometry) {
    Mapping mapping = urba_mapping(table, name, geometry);
    mapping.coverage_column = "lot";
    mapping.fields = {"IDGEN", "NOMGEN"};
    mapping.columns = {{"id", "", nullptr},
                       {"lot", "", nullptr},
                       {"suptype", "", nullptr},
                       {"idgen", "IDGEN", to_text, Need::Required},
                       {"idsup", "IDSUP|IDACTE", to_text},
                       {"nomgen", "NOMGEN", to_text},
                       {"typegen", "TYPEGEN", to_text},
                       {"modegenere", "MODEGENERE", to_text},
                       {"srcgeogen", "SRCGEOGEN", to_text},
                       {"datesrcgen", "DATESRCGEN", to_date},
                       {"refbdext", "REFBDEXT", to_text},
                       {"idbdext", "IDBDEXT", to_text},
                       {"~suptype", "SUPTYPE", to_text}};
    mapping.finish = [](RowDraft& row) -> std::string {
        if (!set_easement(row)) return no_easement;
        row.set("id", row.text("lot") + ":" + row.text("idgen"));
        return "";
    };
    return mapping;
}

Mapping document_mapping() {
    Mapping mapping;
    mapping.kind = "doc_urba";
    mapping.table = "urba.doc_urba";
    mapping.names = {"*DOC_URBA*"};
    mapping.fields = {"IDURBA", "TYPEDOC"};
    mapping.id_column = "idurba";
    mapping.columns = {{"idurba", "IDURBA", to_text, Need::Required},
                       {"typedoc", "TYPEDOC", to_text, Need::Required},
                       {"etat", "ETAT", to_text},
                       {"nomproc", "NOMPROC", to_text},
                       {"datappro", "DATAPPRO", to_date},
                       {"datefin", "DATEFIN", to_date},
                       {"siren", "SIREN", to_text},
                       {"nomreg", "NOMREG", to_text},
                       {"urlreg", "URLREG", to_text},
                       {"urlpe", "URLPE", to_text},
                       {"siteweb", "SITEWEB", to_text},
                       {"typeref", "TYPEREF", to_text},
                       {"dateref", "DATEREF", to_date}};
    return mapping;
}

}  // namespace

std::vector<Mapping> urba_mappings() {
    Mapping zones = urba_mapping("zone_urba", "*ZONE*URBA*", GeometryType::MultiPolygon);
    zones.coverage_column = "perimetre";
    zones.fields = {"LIBELLE", "TYPEZONE"};
    zones.columns = {{"id", "", nullptr},
                     {"idurba", "IDURBA", to_text},
                     {"perimetre", "", nullptr},
                     {"libelle", "LIBELLE", to_text, Need::Required},
                     {"libelong", "LIBELONG", to_text},
                     {"typezone", "TYPEZONE", to_text},
                     {"nomfic", "NOMFIC", to_text},
                     {"urlfic", "URLFIC", to_text},
                     {"datvalid", "DATVALID", to_date}};
    zones.finish = zone;
    return {zones,
            prescription_mapping("prescription_surf", "*PRESCRIPTIO*_SURF*", GeometryType::MultiPolygon),
            prescription_mapping("prescription_lin", "*PRESCRIPTIO*_LIN*", GeometryType::MultiLineString),
            prescription_mapping("prescription_pct", "*PRESCRIPTIO*_PCT*", GeometryType::MultiPoint),
            information_mapping("information_surf", "*INFO*_SURF*", GeometryType::MultiPolygon),
            information_mapping("information_lin", "*INFO*_LIN*", GeometryType::MultiLineString),
            information_mapping("information_pct", "*INFO*_PCT*", GeometryType::MultiPoint),
            assiette_mapping("sup_assiette", "*_ASSIETTE_SUP_S*", GeometryType::MultiPolygon),
            assiette_mapping("sup_assiette_lin", "*_ASSIETTE_SUP_L*", GeometryType::MultiLineString),
            assiette_mapping("sup_assiette_pct", "*_ASSIETTE_SUP_P*", GeometryType::MultiPoint),
            generateur_mapping("sup_generateur_surf", "*_GENERATEUR_SUP_S*", GeometryType::MultiPolygon),
            generateur_mapping("sup_generateur_lin", "*_GENERATEUR_SUP_L*", GeometryType::MultiLineString),
            generateur_mapping("sup_generateur_pct", "*_GENERATEUR_SUP_P*", GeometryType::MultiPoint),
            document_mapping()};
}

}  // namespace gis::read
