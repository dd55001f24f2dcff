// Organisations, and the services they sign conventions for.

#include <fmt/format.h>

#include <regex>

#include "gis/error.hpp"
#include "server/admin/records.hpp"

namespace admin {

namespace {

/// Everybody has the rights of the organisation "public": there is one, and it stays what it is.
db::Parameter read_kind(const Json& body, const std::string& member) {
    const std::string kind = required_text(body, member, 30);
    for (const char* known : {"EPCI", "commune", "partenaire", "bureau d'études"}) {
        if (kind == known) return kind;
    }
    throw gis::InvalidRequest(member, kind == "public" ? "there is one organisation of this kind, and no other"
                                                       : "EPCI, commune, partenaire or bureau d'études expected");
}

db::Parameter read_matching(const Json& body, const std::string& member, const std::regex& pattern,
                            const char* expected) {
    const std::string text = text_member(body, member, 40);
    if (text.empty()) return std::nullopt;
    if (!std::regex_match(text, pattern)) throw gis::InvalidRequest(member, expected);
    return text;
}

db::Parameter read_siren(const Json& body, const std::string& member) {
    static const std::regex pattern("[0-9]{9}");
    return read_matching(body, member, pattern, "nine digits expected");
}

db::Parameter read_insee(const Json& body, const std::string& member) {
    static const std::regex pattern("[0-9][0-9AB][0-9]{3}");
    return read_matching(body, member, pattern, "an INSEE code of five characters such as 62119 expected");
}

db::Parameter read_code(const Json& body, const std::string& member) {
    static const std::regex pattern("[A-Za-z0-9][A-Za-z0-9_.-]{0,39}");
    return read_matching(body, member, pattern, "1 to 40 letters, digits, hyphens, dots or _ expected");
}

void finish_organisation(db::Connection& connection, const std::string&, const Json& body) {
    if (!body.contains("kind")) return;
    if (!connection.query("select exists (select from org.organisation where genre = 'public')").boolean(0, 0))
        throw gis::InvalidRequest("kind", "the organisation public stays what it is");
}

/// "layers": names, or "all" for every layer there is and will be.
void finish_service(db::Connection& connection, const std::string& key, const Json& body) {
    const auto found = body.find("layers");
    if (found == body.end()) return;
    const bool every = found->is_string() && *found == "all";
    const std::vector<std::string> names =
        every || found->is_null() ? std::vector<std::string>() : text_list(*found, "layers", 1000);
    const std::vector<db::Parameter> values{key, layer_ids(connection, names, "layers"), every ? "true" : "false"};
    connection.query("update org.service set every_layer = $2::boolean where code = $1",
                     std::vector<db::Parameter>{values[0], values[2]});
    connection.query("delete from org.service_layer where service = $1", std::vector<db::Parameter>{values[0]});
    connection.query("insert into org.service_layer (service, layer_id) select $1, unnest($2::int[])",
                     std::vector<db::Parameter>{values[0], values[1]});
}

}  // namespace

const Kind& organisations() {
    using enum Column::Need;
    static const Kind kind{
        "organisation",
        "org.organisation t",
        "organisation_id",
        "int",
        "json_build_object('id', organisation_id, 'name', nom, 'kind', genre, 'siren', siren, 'code_insee', "
        "code_insee, 'valid_from', case when isfinite(valid_from) then access.midnight(valid_from) end, "
        "'valid_to', case when isfinite(valid_to) then access.midnight(valid_to) end)",
        "nom, organisation_id",
        {{"name", "nom", "{}", read_name, Always},
         {"kind", "genre", "{}", read_kind, Always},
         {"siren", "siren", "{}", read_siren},
         {"code_insee", "code_insee", "{}", read_insee},
         {"valid_from", "valid_from", "access.day({}::timestamptz)", read_begin},
         {"valid_to", "valid_to", "access.day({}::timestamptz)", read_end}},
        {},
        finish_organisation};
    return kind;
}

const Kind& services() {
    using enum Column::Need;
    static const Kind kind{"service",
                           "org.service t",
                           "code",
                           "text",
                           "json_build_object('code', code, 'title', titre, 'layers', "
                           "(select coalesce(jsonb_agg(l.name order by l.name), '[]') from catalogue.layer l "
                           "where t.every_layer or exists (select from org.service_layer s "
                           "where s.service = t.code and s.layer_id = l.layer_id)))",
                           "code",
                           {{"code", "code", "{}", read_code, Always}, {"title", "titre", "{}", read_name, Always}},
                           {"layers"},
                           finish_service};
    return kind;
}

}  // namespace admin
