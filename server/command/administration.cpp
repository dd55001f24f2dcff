#include "server/command/administration.hpp"

#include <fmt/format.h>

#include "server/command/schema.hpp"

namespace command {

namespace {

std::string day_of(db::Connection& connection, const Json& moment, const char* shift) {
    if (!moment.is_string()) return "";
    const std::vector<db::Parameter> values{moment.get<std::string>(), shift};
    return connection.query("select (($1::timestamptz - $2::interval) at time zone 'Europe/Paris')::date::text", values)
        .text(0, 0);
}

}  // namespace

void administer(const DatabaseOptions& options, const std::function<void(db::Connection&)>& work) {
    const Database base(options);
    require_current_schema(base.dsn());
    db::Connection connection(base.dsn());
    connection.execute("begin");
    work(connection);
    connection.execute("commit");
}

void set_member(Json& body, const char* name, const std::string& value) {
    if (!value.empty()) body[name] = value;
}

std::string first_day(db::Connection& connection, const Json& moment) {
    return day_of(connection, moment, "0");
}

std::string last_day(db::Connection& connection, const Json& moment) {
    return day_of(connection, moment, "1 microsecond");
}

std::string period_text(db::Connection& connection, const Json& document) {
    const std::string from = first_day(connection, document["valid_from"]);
    const std::string to = last_day(connection, document["valid_to"]);
    if (to.empty()) return from.empty() ? "depuis toujours" : fmt::format("depuis le {}", from);
    return from.empty() ? fmt::format("jusqu'au {}", to) : fmt::format("du {} au {}", from, to);
}

std::string words(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    std::string text;
    for (const Json& entry : value) text += (text.empty() ? "" : ", ") + entry.get<std::string>();
    return text.empty() ? "-" : text;
}

std::string name_of_organisation(db::Connection& connection, int id) {
    return admin::document_of(connection, admin::organisations(), std::to_string(id))["name"].get<std::string>();
}

}  // namespace command
