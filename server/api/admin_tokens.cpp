// Everybody's tokens and application passwords, and the journal.

#include "gis/error.hpp"
#include "server/admin/journal.hpp"
#include "server/admin/tokens.hpp"
#include "server/api/admin.hpp"
#include "server/api/body.hpp"
#include "server/api/parameters.hpp"

namespace api {

namespace {

constexpr int max_lines = 10'000;

}  // namespace

Answer admin_tokens(const Services& services, CallPtr call) {
    require_known(*call->request, {"f"});
    auto work = [](db::Connection& connection) { return admin::list_tokens(connection, 0); };
    Json items = co_await services.database.run(call->admin(), query_for(*call->request), std::move(work));
    const Json document{{"items", std::move(items)}};
    co_return admin_response(document);
}

Answer make_any_token(const Services& services, CallPtr call) {
    require_known(*call->request, {"f"});
    const Json body = json_body(*call->request, {"person", "title", "kind", "expires_at"});
    auto work = [body, person = admin::required_id(body, "person"), actor = call->actor()](db::Connection& connection) {
        return admin::make_token(connection, person, body, actor);
    };
    const Json made = co_await services.database.run(call->admin(), query_for(*call->request), std::move(work));
    co_return admin_response(made, 201);
}

Answer revoke_any_token(const Services& services, CallPtr call) {
    auto work = [id = call->request->param("id"), actor = call->actor()](db::Connection& connection) {
        admin::revoke_token(connection, id, 0, actor);
        return true;
    };
    co_await services.database.run(call->admin(), query_for(*call->request), std::move(work));
    co_return Response::no_content();
}

Answer admin_journal(const Services& services, CallPtr call) {
    require_known(*call->request, {"f", "limit", "person", "action"});
    const admin::JournalQuestion question{parse_count(*call->request, "limit", max_lines).value_or(100),
                                          query_text(*call->request, "person"), query_text(*call->request, "action")};
    auto work = [question](db::Connection& connection) { return admin::journal(connection, question); };
    Json items = co_await services.database.run(call->admin(), query_for(*call->request), std::move(work));
    const Json document{{"items", std::move(items)}};
    co_return admin_response(document);
}

}  // namespace api
