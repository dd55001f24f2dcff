#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gis/error.hpp"
#include "server/admin/records.hpp"

namespace admin {

namespace {

constexpr std::size_t max_lines = 200;  // a convention of all services and all layers has some fifty
constexpr std::size_t max_communes = 2000;
constexpr std::array<std::string_view, 9> known_rights{"read",   "exact",  "edit",   "upload",    "export",
                                                       "owner0", "owner1", "owner2", "administer"};

struct Line {
    std::string service;
    std::string layer;
    std::string communes;  ///< all, members or list
    std::vector<std::string> codes;
    std::vector<std::string> rights;
};

void read_communes(Line& line, const Json& entry, const std::string& where) {
    const auto found = entry.find("communes");
    if (found != entry.end() && found->is_string() && (*found == "all" || *found == "members")) {
        line.communes = found->get<std::string>();
    } else if (found != entry.end() && found->is_array() && !found->empty()) {
        line.communes = "list";
        line.codes = text_list(*found, where, max_communes);
    } else {
        throw gis::InvalidRequest(where, "\"all\", \"members\" or an array of INSEE codes expected");
    }
    if (line.communes == "members" && line.service.empty())
        throw gis::InvalidRequest(where, "communes are members of a service: \"members\" needs one, not a layer");
}

Line read_line(const Json& entry, const std::string& where) {
    if (!entry.is_object()) throw gis::InvalidRequest(where, "an object is expected");
    for (const auto& [name, value] : entry.items()) {
        if (name != "service" && name != "layer" && name != "communes" && name != "rights")
            throw gis::InvalidRequest(where + "." + name.substr(0, 100), "not a member of a line of rights");
    }
    Line line;
    line.service = text_member(entry, "service", 100);
    line.layer = text_member(entry, "layer", 100);
    if (line.service.empty() == line.layer.empty())
        throw gis::InvalidRequest(where, "either a service or a layer is expected");
    read_communes(line, entry, where + ".communes");
    line.rights = text_list(entry.contains("rights") ? entry["rights"] : Json::array(), where + ".rights", 9);
    for (const std::string& right : line.rights) {
        if (std::ranges::find(known_rights, right) == known_rights.end())
            throw gis::InvalidRequest(where + ".rights", fmt::format("'{}' is no right; expected some of {}", right,
                                                                     fmt::join(known_rights, ", ")));
    }
    if (line.rights.empty()) throw gis::InvalidRequest(where + ".rights", "one right at least is expected");
    return line;
}

void require_known_names(db::Connection& connection, const Line& line, const std::string& where) {
    const std::vector<db::Parameter> values{line.service, array_text(line.codes)};
    const db::Result row = connection.query(
        "select $1 = '' or exists (select from org.service where code = $1), "
        "array_to_string(access.unknown_communes($2::text[]), ', ')",
        values);
    if (!row.boolean(0, 0))
        throw gis::InvalidRequest(where + ".service", fmt::format("there is no service '{}'", line.service));
    if (!row.text(0, 1).empty())
        throw gis::InvalidRequest(where + ".communes", fmt::format("there is no commune {}", row.text(0, 1)));
}

void write_line(db::Connection& connection, const std::string& key, std::size_t number, const Line& line) {
    const std::string where = fmt::format("rights[{}]", number);
    require_known_names(connection, line, where);
    const std::string layer = line.layer.empty() ? "{}" : layer_ids(connection, {line.layer}, where + ".layer");
    const std::vector<db::Parameter> values{key,
                                            std::to_string(number + 1),
                                            line.service.empty() ? std::nullopt : db::Parameter(line.service),
                                            layer,
                                            line.communes,
                                            line.codes.empty() ? std::nullopt : db::Parameter(array_text(line.codes)),
                                            array_text(line.rights)};
    connection.query(
        "insert into org.convention_right (convention_id, line, service, layer_id, communes, codes, rights) "
        "values ($1::int, $2::int, $3, ($4::int[])[1], $5, $6::text[], $7::text[])",
        values);
}

/// Everybody has what the organisation "public" has: looking and taking away, nothing that needs a name.
void require_sound_public(db::Connection& connection, const std::string& key) {
    const std::vector<db::Parameter> values{key};
    const db::Result row = connection.query(
        "select exists (select from org.convention c join org.organisation o using (organisation_id) "
        "join org.convention_right r using (convention_id) where c.convention_id = $1::int and o.genre = 'public' "
        "and not r.rights <@ array['read', 'export'])",
        values);
    if (row.boolean(0, 0)) throw gis::InvalidRequest("rights", "the public can be given read and export, no more");
}

/// The lines are one value: given, they replace all that were there.
void finish_convention(db::Connection& connection, const std::string& key, const Json& body) {
    if (const auto found = body.find("rights"); found != body.end()) {
        if (!found->is_array() && !found->is_null()) throw gis::InvalidRequest("rights", "an array is expected");
        if (found->size() > max_lines)
            throw gis::InvalidRequest("rights", fmt::format("at most {} lines expected", max_lines));
        const std::vector<db::Parameter> values{key};
        connection.query("delete from org.convention_right where convention_id = $1::int", values);
        for (std::size_t i = 0; found->is_array() && i < found->size(); ++i)
            write_line(connection, key, i, read_line((*found)[i], fmt::format("rights[{}]", i)));
    }
    require_sound_public(connection, key);
}

}  // namespace

const Kind& conventions() {
    using enum Column::Need;
    static const Kind kind{
        "convention",
        "org.convention t",
        "convention_id",
        "int",
        "json_build_object('id', convention_id, 'organisation', organisation_id, 'title', titre, 'reference', "
        "reference, 'contact', contact, 'valid_from', case when isfinite(valid_from) then valid_from end, "
        "'valid_to', case when isfinite(valid_to) then valid_to end, 'rights', "
        "(select coalesce(jsonb_agg(jsonb_build_object('service', r.service, 'layer', l.name, 'communes', "
        "case r.communes when 'list' then to_jsonb(r.codes) else to_jsonb(r.communes) end, 'rights', r.rights) "
        "order by r.line), '[]') from org.convention_right r left join catalogue.layer l using (layer_id) "
        "where r.convention_id = t.convention_id))",
        "titre, convention_id",
        {{"organisation", "organisation_id", "{}::int", read_id, Always},
         {"title", "titre", "{}", read_name, Always},
         {"reference", "reference", "{}", read_text},
         {"contact", "contact", "{}", read_text},
         {"valid_from", "valid_from", "{}::timestamptz", read_begin, Always},
         {"valid_to", "valid_to", "{}::timestamptz", read_end}},
        {"rights"},
        finish_convention};
    return kind;
}

}  // namespace admin
