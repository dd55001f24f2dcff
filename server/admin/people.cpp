#include <fmt/format.h>

#include <regex>

#include "gis/error.hpp"
#include "server/admin/records.hpp"

namespace admin {

namespace {

db::Parameter read_login(const Json& body, const std::string& member) {
    static const std::regex pattern("[a-z0-9][a-z0-9._@-]{1,99}");
    std::string login = required_text(body, member, 100);
    if (!std::regex_match(login, pattern))
        throw gis::InvalidRequest(member, "2 to 100 lower-case letters, digits, dots, hyphens, _ or @ expected");
    return login;
}

db::Parameter read_email(const Json& body, const std::string& member) {
    static const std::regex pattern("[^@\\s]+@[^@\\s]+");
    std::string email = text_member(body, member, 254);
    if (!email.empty() && !std::regex_match(email, pattern))
        throw gis::InvalidRequest(member, "an e-mail address expected");
    return email;
}

db::Parameter read_services(const Json& body, const std::string& member) {
    const Json& value = body.at(member);
    if (value.is_null()) return std::nullopt;
    return array_text(text_list(value, member, 100));
}

db::Parameter read_flag(const Json& body, const std::string& member) {
    const Json& value = body.at(member);
    if (!value.is_boolean()) throw gis::InvalidRequest(member, "true or false expected");
    return value.get<bool>() ? "true" : "false";
}

void require_known_services(db::Connection& connection, const std::string& key) {
    const std::vector<db::Parameter> who{key};
    const db::Result unknown = connection.query(
        "select s from org.person p, unnest(p.services) s where p.person_id = $1::int "
        "and not exists (select from org.service where code = s) limit 1",
        who);
    if (unknown.rows() > 0)
        throw gis::InvalidRequest("services", fmt::format("there is no service '{}'", unknown.text(0, 0)));
}

/// Whoever learnt the old password may sit in a session: all of the portal's end.
void set_password(db::Connection& connection, const std::string& key, const Json& hash) {
    const std::vector<db::Parameter> who{key};
    connection.query("delete from access.password where person_id = $1::int", who);
    if (!hash.is_null()) {
        const std::vector<db::Parameter> values{key, hash.get<std::string>()};
        connection.query("insert into access.password (person_id, hash) values ($1::int, $2)", values);
    }
    connection.query(
        "update access.credential set revoked_at = now() where person_id = $1::int and kind = 'cookie' "
        "and revoked_at is null",
        who);
}

void finish_person(db::Connection& connection, const std::string& key, const Json& body) {
    if (body.contains("services")) require_known_services(connection, key);
    if (body.contains("password")) set_password(connection, key, body["password"]);
}

}  // namespace

const Kind& people() {
    using enum Column::Need;
    static const Kind kind{
        "person",
        "org.person t",
        "person_id",
        "int",
        "json_build_object('id', person_id, 'login', login, 'name', nom, 'email', email, 'organisation', "
        "organisation_id, 'services', services, 'active', active, "
        "'valid_from', case when isfinite(valid_from) then valid_from end, "
        "'valid_to', case when isfinite(valid_to) then valid_to end, 'oidc_subject', oidc_subject)",
        "login",
        {{"login", "login", "{}", read_login, Always},
         {"name", "nom", "{}", read_name, Always},
         {"email", "email", "{}", read_email},
         {"organisation", "organisation_id", "{}::int", read_id, Always},
         {"services", "services", "{}::text[]", read_services},
         {"active", "active", "{}::boolean", read_flag},
         {"valid_from", "valid_from", "{}::timestamptz", read_begin, Always},
         {"valid_to", "valid_to", "{}::timestamptz", read_end},
         {"oidc_subject", "oidc_subject", "{}", read_optional}},
        {"password"},
        finish_person};
    return kind;
}

}  // namespace admin
