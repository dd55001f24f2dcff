// Application passwords (QGIS) and tokens (scripts, field apps) of the person who asks.

#include "server/api/tokens.hpp"

#include <fmt/format.h>

#include <charconv>

#include "gis/error.hpp"
#include "server/api/journal.hpp"
#include "server/api/parameters.hpp"
#include "server/auth/secret.hpp"

namespace api {

namespace {

constexpr std::size_t shown_prefix = 14;

constexpr std::string_view token_json =
    "jsonb_build_object('id', c.credential_id, 'person', c.person_id, 'login', p.login, 'kind', c.kind, 'title', "
    "c.titre, "
    "'prefix', c.prefix, 'created_at', c.created_at, 'expires_at', c.expires_at, 'last_used_at', c.last_used_at, "
    "'revoked_at', c.revoked_at)::text";

int id_of(const http::Request& request) {
    const std::string text = request.param("id");
    int id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || end != text.data() + text.size() || id <= 0)
        throw gis::NotFound("there is no such token");
    return id;
}

}  // namespace

Json list_tokens(db::Connection& connection, int person_id) {
    const std::vector<db::Parameter> who{std::to_string(person_id)};
    const db::Result rows = connection.query(
        fmt::format("select {} from access.credential c join org.person p using (person_id) where c.kind in "
                    "('application', 'token') and ($1::int = 0 or c.person_id = $1::int) order by c.credential_id desc",
                    token_json),
        who);
    Json items = Json::array();
    for (int i = 0; i < rows.rows(); ++i) items.push_back(Json::parse(rows.text(i, 0)));
    return items;
}

Answer make_token(const Services& services, CallPtr call, db::As run_as, int person_id, Json body) {
    const std::string title = required_text(body, "title", 200);
    const std::string kind = required_text(body, "kind", 20);
    if (kind != "application" && kind != "token") throw gis::InvalidRequest("kind", "application or token expected");
    const std::string expires = moment_member(body, "expires_at", true);
    const std::string secret = auth::make_secret(kind == "token" ? "carreau_t_" : "carreau_a_");
    const std::vector<db::Parameter> values{std::to_string(person_id), kind,   title, secret.substr(0, shown_prefix),
                                            auth::sha256_hex(secret),  expires};
    auto work = [values](db::Connection& connection) {
        const db::Result made = connection.query(
            fmt::format(
                "with c as (insert into access.credential (person_id, kind, titre, prefix, secret_sha256, expires_at) "
                "select person_id, $2, $3, $4, $5, nullif($6, '')::timestamptz from org.person where person_id = "
                "$1::int "
                "returning *) select {} from c join org.person p using (person_id)",
                token_json),
            values);
        return made.rows() == 0 ? std::string() : made.text(0, 0);
    };
    const std::string text = co_await services.database.run(run_as, query_for(*call->request), std::move(work));
    if (text.empty()) throw gis::InvalidRequest("person", "there is no such person");
    Json token = Json::parse(text);
    const JournalLine line{"token", "", "", title, "made for " + token["login"].get<std::string>(), 1};
    co_await record(services, *call->caller, *call->request, line);
    token["secret"] = secret;
    Response response = json_response(token);
    response.status = 201;
    response.set_header("Cache-Control", "no-store");
    co_return response;
}

Answer revoke_token(const Services& services, CallPtr call, db::As run_as, int person_id) {
    const std::vector<db::Parameter> values{std::to_string(id_of(*call->request)), std::to_string(person_id)};
    auto work = [values](db::Connection& connection) {
        return connection
                   .query(
                       "update access.credential set revoked_at = coalesce(revoked_at, now()) where credential_id = "
                       "$1::int "
                       "and ($2::int = 0 or person_id = $2::int) and kind in ('application', 'token') returning 1",
                       values)
                   .rows() > 0;
    };
    if (!co_await services.database.run(run_as, query_for(*call->request), std::move(work)))
        throw gis::NotFound("there is no such token");
    const JournalLine line{"token", "", "", "", "revoked " + *values[0], 1};
    co_await record(services, *call->caller, *call->request, line);
    co_return Response::no_content();
}

Answer own_tokens(const Services& services, CallPtr call) {
    require_known(*call->request, {"f"});
    auto work = [id = call->caller->person_id](db::Connection& connection) { return list_tokens(connection, id); };
    Json items = co_await services.database.run(call->at_gate(), query_for(*call->request), std::move(work));
    Response response = json_response({{"items", std::move(items)}});
    response.set_header("Cache-Control", "no-store");
    co_return response;
}

Answer make_own_token(const Services& services, CallPtr call) {
    // Who found a token must not make himself another that outlives it.
    if (call->caller->kind == "application" || call->caller->kind == "token")
        throw gis::NotAllowed("tokens are made from a session: log in to the portal");
    Json body = json_body(*call->request, {"title", "kind", "expires_at"});
    return make_token(services, call, call->at_gate(), call->caller->person_id, std::move(body));
}

Answer revoke_own_token(const Services& services, CallPtr call) {
    return revoke_token(services, call, call->at_gate(), call->caller->person_id);
}

}  // namespace api
