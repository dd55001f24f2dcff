// Urban planning documents, CNIG standard PLU (2013 to 2024): tables named <insee or siren>_ZONE_URBA_<date> and so on.
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

std::string prescription(RowDraft& row) {
    if (!set_document(row)) return no_document;
    const std::string nature = row.text("typepsc") + "|" + row.text("stypepsc") + "|" + row.text("libelle");
    row.set("id", row.text("perimetre") + "-" + row.geometry_hash(nature));
    return "";
}

Mapping prescription_mapping(const char* table, const char* name, GeometryType geometry) {
    Mapping mapping;
    mapping.kind = table;
    mapping.table = std::string("urba.") + table;
    mapping.geometry = geometry;
    mapping.coverage_column = "perimetre";
    mapping.names = {name};
    mapping.fields = {"LIBELLE", "TYPEPSC"};
    mapping.id_column = "id";
    mapping.same_id = Mapping::SameId::Number;
    mapping.columns = {{"id", "", nullptr},
                       {"idurba", "IDURBA", to_text},
                       {"perimetre", "", nullptr},
                       {"libelle", "LIBELLE", to_text, Need::Required},
                       {"txt", "TXT", to_text},
                       {"typepsc", "TYPEPSC", to_text, Need::Required},
                       {"stypepsc", "STYPEPSC|STYPPSC", to_text},
                       {"nomfic", "NOMFIC", to_text},
                       {"urlfic", "URLFIC", to_text},
                       {"datvalid", "DATVALID", to_date}};
    mapping.finish = prescription;
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
    Mapping zones;
    zones.kind = "zone_urba";
    zones.table = "urba.zone_urba";
    zones.geometry = GeometryType::MultiPolygon;
    zones.coverage_column = "perimetre";
    zones.names = {"*ZONE*URBA*"};
    zones.fields = {"LIBELLE", "TYPEZONE"};
    zones.id_column = "id";
    zones.same_id = Mapping::SameId::Number;
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
    return {zones, prescription_mapping("prescription_surf", "*PRESCRIPTIO*_SURF*", GeometryType::MultiPolygon),
            prescription_mapping("prescription_lin", "*PRESCRIPTIO*_LIN*", GeometryType::MultiLineString),
            prescription_mapping("prescription_pct", "*PRESCRIPTIO*_PCT*", GeometryType::MultiPoint),
            document_mapping()};
}

}  // namespace gis::read
