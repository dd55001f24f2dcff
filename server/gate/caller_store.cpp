#include "server/gate/caller_store.hpp"

#include <sodium.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/auth/secret.hpp"

namespace gate {

namespace {

using db::Parameter;
using nlohmann::json;

std::optional<std::string> first_text(const db::Result& rows) {
    if (rows.rows() == 0) return std::nullopt;
    return rows.text(0, 0);
}

/// Composite results come as JSON: the binary form of arrays is not worth a reader here.
std::vector<std::string> strings(const json& list) {
    return list.is_array() ? list.get<std::vector<std::string>>() : std::vector<std::string>();
}

gis::Right right_of(const std::string& level) {
    if (level == "read") return gis::Right::Read;
    if (level == "agents") return gis::Right::Agents;
    if (level == "exact") return gis::Right::Exact;
    if (level == "edit") return gis::Right::Edit;
    return level == "upload" ? gis::Right::Upload : gis::Right::Export;
}

gis::Scope load_scope(db::Connection& connection) {
    gis::Scope scope;
    const db::Result lines = connection.query(
        "select layer_id, level, everything, partly, coalesce(to_json(communes)::text, '[]'), "
        "st_asbinary(perimeter) from access.scope()");
    for (int i = 0; i < lines.rows(); ++i) {
        gis::Grant& grant = scope.add(static_cast<int>(lines.int64(i, 0))).grant(right_of(lines.text(i, 1)));
        grant.everything = lines.boolean(i, 2);
        grant.partly = lines.boolean(i, 3);
        grant.communes = strings(json::parse(lines.text(i, 4)));
        std::ranges::sort(grant.communes);  // the database sorts by its own collation
        if (!lines.is_null(i, 5)) grant.perimeter = lines.text(i, 5);
    }
    const db::Result rest = connection.query(
        "select access.is_administrator(), r.n, extract(epoch from access.valid_until())::float8 from access.revision "
        "r");
    scope.administers = rest.boolean(0, 0);
    scope.revision = rest.int64(0, 1);
    if (!rest.is_null(0, 2)) {
        const std::chrono::duration<double> since_epoch(rest.float64(0, 2));
        scope.valid_until = gis::Scope::Time(std::chrono::duration_cast<gis::Scope::Time::duration>(since_epoch));
    }
    return scope;
}

std::vector<Agreement> load_agreements(db::Connection& connection) {
    std::vector<Agreement> agreements;
    const db::Result rows = connection.query(
        "select titre, contact, to_char(valid_to at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), ended, "
        "to_json(layers)::text from access.agreements()");
    for (int i = 0; i < rows.rows(); ++i) {
        agreements.push_back({rows.text(i, 0), rows.text(i, 1), rows.text(i, 2), rows.boolean(i, 3),
                              strings(json::parse(rows.text(i, 4)))});
    }
    return agreements;
}

constexpr std::string_view person_may_log_in =
    " p.active and p.valid_from <= now() and (p.valid_to is null or now() < p.valid_to) ";

}  // namespace

std::string Caller::csrf_token() const {
    return auth::sha256_hex("csrf:" + session_key).substr(0, 32);
}

std::optional<std::string> find_session(db::Connection& connection, const std::string& sha256, const std::string& kinds,
                                        const std::string& login) {
    const std::vector<Parameter> values{sha256, kinds, login};
    return first_text(connection.query(
        "select c.session_key from access.credential c join org.person p using (person_id) "
        "where c.secret_sha256 = $1 and c.kind = any (string_to_array($2, ' ')) and ($3 = '' or p.login = $3) "
        "and c.revoked_at is null and (c.expires_at is null or now() < c.expires_at) and" +
            std::string(person_may_log_in),
        values));
}

std::optional<std::string> session_of_person(db::Connection& connection, int person_id, const std::string& kind) {
    const std::vector<Parameter> who{std::to_string(person_id), kind};
    auto found = first_text(connection.query(
        "select session_key from access.credential where person_id = $1::int and kind = $2 and secret_sha256 is null "
        "and revoked_at is null and (expires_at is null or now() < expires_at) order by credential_id limit 1",
        who));
    if (found) return found;
    return first_text(connection.query(
        "insert into access.credential (person_id, kind) values ($1::int, $2) returning session_key", who));
}

std::optional<Account> find_account(db::Connection& connection, const std::string& login) {
    const std::vector<Parameter> values{login};
    const db::Result rows = connection.query(
        "select p.person_id, coalesce(w.hash, '') from org.person p left join access.password w using (person_id) "
        "where p.login = $1 and" +
            std::string(person_may_log_in),
        values);
    if (rows.rows() == 0) return std::nullopt;
    return Account{static_cast<int>(rows.int64(0, 0)), rows.text(0, 1)};
}

std::optional<int> find_subject(db::Connection& connection, const std::string& subject, const std::string& login) {
    const std::vector<Parameter> values{subject, login};
    const db::Result rows = connection.query(
        "select p.person_id from org.person p where (p.oidc_subject = $1 or (p.oidc_subject is null and $2 <> '' and "
        "lower(p.email) = lower($2))) and" +
            std::string(person_may_log_in) + "order by p.oidc_subject is null limit 1",
        values);
    if (rows.rows() == 0) return std::nullopt;
    return static_cast<int>(rows.int64(0, 0));
}

void open_session(db::Connection& connection, int person_id, const std::string& sha256, long lifetime_seconds) {
    const std::vector<Parameter> values{std::to_string(person_id), sha256, std::to_string(lifetime_seconds)};
    connection.query(
        "insert into access.credential (person_id, kind, titre, secret_sha256, expires_at) "
        "values ($1::int, 'cookie', 'Portail', $2, now() + make_interval(secs => $3::float8))",
        values);
}

void end_session(db::Connection& connection, int credential_id) {
    const std::vector<Parameter> values{std::to_string(credential_id)};
    connection.query(
        "update access.credential set revoked_at = now() where credential_id = $1::int and revoked_at is null", values);
}

CallerPtr load_caller(db::Connection& connection, const std::string& session_key) {
    const std::vector<Parameter> key{session_key};
    connection.query("select set_config('carreau.session', $1, true)", key);
    const db::Result rows = connection.query(
        "select c.credential_id, c.kind, coalesce(p.person_id, 0), coalesce(p.login, ''), coalesce(p.nom, ''), "
        "coalesce(o.organisation_id, 0), coalesce(o.nom, ''), coalesce(o.genre, ''), to_json(p.services)::text, "
        "c.person_id is not null "
        "from access.asker() a join access.credential c using (credential_id) "
        "left join org.person p on p.person_id = a.person_id left join org.organisation o using (organisation_id)");
    if (rows.rows() == 0) return nullptr;
    const bool lost_his_account = rows.boolean(0, 9) && rows.int64(0, 2) == 0;
    if (lost_his_account) return nullptr;
    auto caller = std::make_shared<Caller>();
    caller->session_key = session_key;
    caller->credential_id = static_cast<int>(rows.int64(0, 0));
    caller->kind = rows.text(0, 1);
    caller->person_id = static_cast<int>(rows.int64(0, 2));
    caller->login = rows.text(0, 3);
    caller->name = rows.text(0, 4);
    caller->organisation_id = static_cast<int>(rows.int64(0, 5));
    caller->organisation = rows.text(0, 6);
    caller->organisation_kind = rows.text(0, 7);
    if (!rows.is_null(0, 8) && rows.text(0, 8) != "null") caller->services = strings(json::parse(rows.text(0, 8)));
    connection.query("select access.remember()");
    caller->scope = load_scope(connection);
    if (caller->is_anonymous()) return caller;
    caller->agreements = load_agreements(connection);
    const std::vector<Parameter> used{std::to_string(caller->credential_id)};
    connection.query(
        "update access.credential set last_used_at = now() where credential_id = $1::int "
        "and (last_used_at is null or last_used_at < now() - interval '1 minute')",
        used);
    return caller;
}

}  // namespace gate
