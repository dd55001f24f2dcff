#include "server/admin/records.hpp"

#include <fmt/format.h>

#include <charconv>

#include "gis/error.hpp"
#include "server/admin/journal.hpp"
#include "server/admin/sight.hpp"
#include "server/admin/violation.hpp"

namespace admin {

namespace {

/// A key of the wrong form is one that nothing has.
std::string sound_key(const Kind& kind, const std::string& key) {
    int number = 0;
    const char* end = key.data() + key.size();
    const auto [stop, error] = std::from_chars(key.data(), end, number);
    const bool is_number = error == std::errc{} && stop == end && number > 0;
    const bool is_text = key.size() <= 100 && key.find('\0') == std::string::npos;
    if (std::string_view(kind.key_type) == "text" ? is_text : is_number) return key;
    throw gis::NotFound(fmt::format("there is no such {}", kind.noun));
}

/// The columns that the body sets: names and values for SQL, each value with the number of its parameter.
struct Assignments {
    std::vector<std::string> names;
    std::vector<std::string> expressions;
    std::vector<db::Parameter> values;

    void add(const Column& column, const Json& body) {
        values.push_back(column.read(body, column.member));
        names.emplace_back(column.column);
        const std::string placeholder = fmt::format("${}", values.size());
        expressions.push_back(fmt::format(fmt::runtime(column.sql), placeholder));
    }
};

std::string insert_row(db::Connection& connection, const Kind& kind, const Json& body) {
    Assignments set;
    for (const Column& column : kind.columns) {
        if (column.need == Column::Need::Always || body.contains(column.member)) set.add(column, body);
    }
    return connection
        .query(fmt::format("insert into {} ({}) values ({}) returning {}::text",
                           std::string_view(kind.table).substr(0, std::string_view(kind.table).find(' ')),
                           fmt::join(set.names, ", "), fmt::join(set.expressions, ", "), kind.key),
               set.values)
        .text(0, 0);
}

/// Locks the row, so that of two who change it one comes after the other.
void update_row(db::Connection& connection, const Kind& kind, const std::string& key, const Json& patch) {
    Assignments set;
    for (const Column& column : kind.columns) {
        if (patch.contains(column.member)) set.add(column, patch);
    }
    std::string list;
    for (std::size_t i = 0; i < set.names.size(); ++i)
        list += fmt::format("{}{} = {}", i == 0 ? "" : ", ", set.names[i], set.expressions[i]);
    if (list.empty()) list = fmt::format("{0} = {0}", set.names.empty() ? kind.columns.front().column : "");
    set.values.emplace_back(key);
    const db::Result changed =
        connection.query(fmt::format("update {} set {} where t.{} = ${}::{} returning 1", kind.table, list, kind.key,
                                     set.values.size(), kind.key_type),
                         set.values);
    if (changed.rows() == 0) throw gis::NotFound(fmt::format("there is no such {}", kind.noun));
}

std::string names_of(const Json& body) {
    std::vector<std::string> names;
    for (const auto& [name, value] : body.items()) names.push_back(name);
    return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::vector<std::string> Kind::members() const {
    std::vector<std::string> names;
    for (const Column& column : columns) names.emplace_back(column.member);
    names.insert(names.end(), children.begin(), children.end());
    return names;
}

Json list(db::Connection& connection, const Kind& kind, const std::string& condition,
          std::span<const db::Parameter> parameters) {
    const db::Result rows =
        connection.query(fmt::format("select ({})::text from {} where {} order by {}", kind.document, kind.table,
                                     condition.empty() ? "true" : condition, kind.order),
                         parameters);
    Json items = Json::array();
    for (int i = 0; i < rows.rows(); ++i) items.push_back(Json::parse(rows.text(i, 0)));
    return items;
}

Json document_of(db::Connection& connection, const Kind& kind, const std::string& key) {
    const std::vector<db::Parameter> values{sound_key(kind, key)};
    Json found = list(connection, kind, fmt::format("t.{} = $1::{}", kind.key, kind.key_type), values);
    if (found.empty()) throw gis::NotFound(fmt::format("there is no such {}", kind.noun));
    return found.front();
}

Json create(db::Connection& connection, const Kind& kind, const Json& body, const Actor& actor) {
    require_members(body, kind.members());
    const auto work = [&] {
        const std::string key = insert_row(connection, kind, body);
        kind.finish(connection, key, body);
        note(connection, actor, "admin", fmt::format("{} {} made", kind.noun, key));
        return document_of(connection, kind, key);
    };
    return explained(work);
}

Json change(db::Connection& connection, const Kind& kind, const std::string& key, const Json& patch,
            const Actor& actor) {
    sound_key(kind, key);
    std::vector<std::string> known = kind.members();
    if (std::string_view(kind.key_type) == "text") std::erase(known, kind.key);
    require_members(patch, known);
    const auto work = [&] {
        const bool administered = actor.person_id != 0 && will_administer(connection, actor.person_id);
        update_row(connection, kind, key, patch);
        kind.finish(connection, key, patch);
        if (administered && !will_administer(connection, actor.person_id))
            throw gis::Conflict("you would lose your own right to administer: let another administrator do this");
        note(connection, actor, "admin", fmt::format("{} {} changed: {}", kind.noun, key, names_of(patch)));
        return document_of(connection, kind, key);
    };
    return explained(work);
}

int find_person(db::Connection& connection, const std::string& login) {
    const std::vector<db::Parameter> values{login};
    const db::Result rows = connection.query("select person_id from org.person where login = $1", values);
    if (rows.rows() == 0) throw gis::NotFound(fmt::format("there is no person '{}'", login));
    return static_cast<int>(rows.int64(0, 0));
}

int find_organisation(db::Connection& connection, const std::string& name_or_id) {
    const std::vector<db::Parameter> values{name_or_id};
    const db::Result rows = connection.query(
        "select organisation_id from org.organisation where nom = $1 or organisation_id::text = $1", values);
    if (rows.rows() == 0) throw gis::NotFound(fmt::format("there is no organisation '{}'", name_or_id));
    if (rows.rows() > 1)
        throw gis::InvalidRequest("organisation", fmt::format("several are called '{}': give the number", name_or_id));
    return static_cast<int>(rows.int64(0, 0));
}

db::Parameter read_name(const Json& body, const std::string& member) {
    return required_text(body, member, 300);
}

db::Parameter read_text(const Json& body, const std::string& member) {
    return text_member(body, member, 300);
}

db::Parameter read_optional(const Json& body, const std::string& member) {
    const std::string text = text_member(body, member, 300);
    return text.empty() ? std::nullopt : db::Parameter(text);
}

db::Parameter read_id(const Json& body, const std::string& member) {
    return std::to_string(required_id(body, member));
}

db::Parameter read_begin(const Json& body, const std::string& member) {
    if (!body.contains(member)) return "now";
    const std::string text = moment_member(body, member, false);
    return text.empty() ? "-infinity" : text;
}

db::Parameter read_end(const Json& body, const std::string& member) {
    const std::string text = moment_member(body, member, true);
    return text.empty() ? std::nullopt : db::Parameter(text);
}

std::string layer_ids(db::Connection& connection, const std::vector<std::string>& names, const std::string& where) {
    const std::vector<db::Parameter> values{array_text(names)};
    const db::Result rows = connection.query(
        "select n, l.layer_id from unnest($1::text[]) n left join catalogue.layer l on l.name = n", values);
    std::string ids = "{";
    for (int i = 0; i < rows.rows(); ++i) {
        if (rows.is_null(i, 1))
            throw gis::InvalidRequest(where, fmt::format("there is no layer '{}'", rows.text(i, 0)));
        ids += fmt::format("{}{}", i == 0 ? "" : ",", rows.int64(i, 1));
    }
    return ids + "}";
}

}  // namespace admin
