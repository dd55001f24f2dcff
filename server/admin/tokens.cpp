#include "server/admin/tokens.hpp"

#include <fmt/format.h>

#include <charconv>

#include "gis/error.hpp"
#include "server/admin/journal.hpp"
#include "server/auth/secret.hpp"

namespace admin {

namespace {

constexpr std::size_t shown_prefix = 14;

constexpr std::string_view token_json =
    "json_build_object('id', c.credential_id, 'person', c.person_id, 'login', p.login, 'kind', c.kind, 'title', "
    "c.titre, 'prefix', c.prefix, 'created_at', c.created_at, 'expires_at', c.expires_at, 'last_used_at', "
    "c.last_used_at, 'revoked_at', c.revoked_at)::text";

int number_of(const std::string& text) {
    int id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    const bool sound = error == std::errc{} && end == text.data() + text.size() && id > 0;
    if (!sound) throw gis::NotFound("there is no such token");
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

Json make_token(db::Connection& connection, int person_id, const Json& body, const Actor& actor) {
    const std::string title = required_text(body, "title", 200);
    const std::string kind = required_text(body, "kind", 20);
    if (kind != "application" && kind != "token") throw gis::InvalidRequest("kind", "application or token expected");
    const std::vector<db::Parameter> end{moment_member(body, "expires_at", true)};
    if (!end[0]->empty() && connection.query("select $1::timestamptz <= now()", end).boolean(0, 0))
        throw gis::InvalidRequest("expires_at", "a moment to come is expected");
    const std::string secret = auth::make_secret(kind == "token" ? "carreau_t_" : "carreau_a_");
    const std::vector<db::Parameter> values{std::to_string(person_id), kind,  title, secret.substr(0, shown_prefix),
                                            auth::sha256_hex(secret),  end[0]};
    const db::Result made = connection.query(
        fmt::format("with c as (insert into access.credential (person_id, kind, titre, prefix, secret_sha256, "
                    "expires_at) select person_id, $2, $3, $4, $5, nullif($6, '')::timestamptz from org.person "
                    "where person_id = $1::int returning *) select {} from c join org.person p using (person_id)",
                    token_json),
        values);
    if (made.rows() == 0) throw gis::InvalidRequest("person", "there is no such person");
    Json token = Json::parse(made.text(0, 0));
    note(connection, actor, "token",
         fmt::format("token {} made for {}", token["id"].get<int>(), token["login"].get<std::string>()), title);
    token["secret"] = secret;
    return token;
}

void revoke_token(db::Connection& connection, const std::string& token_id, int person_id, const Actor& actor) {
    const std::vector<db::Parameter> values{std::to_string(number_of(token_id)), std::to_string(person_id)};
    const db::Result revoked = connection.query(
        "update access.credential set revoked_at = coalesce(revoked_at, now()) where credential_id = $1::int "
        "and ($2::int = 0 or person_id = $2::int) and kind in ('application', 'token') returning titre",
        values);
    if (revoked.rows() == 0) throw gis::NotFound("there is no such token");
    note(connection, actor, "token", fmt::format("token {} revoked", token_id), revoked.text(0, 0));
}

}  // namespace admin
