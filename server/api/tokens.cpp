// Application passwords (QGIS) and tokens (scripts, field apps) of the person who asks.

#include "server/admin/tokens.hpp"

#include "gis/error.hpp"
#include "server/api/admin.hpp"
#include "server/api/body.hpp"
#include "server/api/parameters.hpp"

namespace api {

Answer own_tokens(const Services& services, CallPtr call) {
    require_known(*call->request, {"f"});
    auto work = [id = call->caller->person_id](db::Connection& connection) {
        return admin::list_tokens(connection, id);
    };
    Json items = co_await services.database.run(call->at_gate(), query_for(*call->request), std::move(work));
    const Json document{{"items", std::move(items)}};
    co_return admin_response(document);
}

Answer make_own_token(const Services& services, CallPtr call) {
    // Who found a token must not make himself another that outlives it.
    if (call->caller->kind == "application" || call->caller->kind == "token")
        throw gis::NotAllowed("tokens are made from a session: log in to the portal");
    const Json body = json_body(*call->request, {"title", "kind", "expires_at"});
    auto work = [body, actor = call->actor()](db::Connection& connection) {
        return admin::make_token(connection, actor.person_id, body, actor);
    };
    const Json made = co_await services.database.run(call->at_gate(), query_for(*call->request), std::move(work));
    co_return admin_response(made, 201);
}

Answer revoke_own_token(const Services& services, CallPtr call) {
    auto work = [id = call->request->param("id"), actor = call->actor()](db::Connection& connection) {
        admin::revoke_token(connection, id, actor.person_id, actor);
        return true;
    };
    co_await services.database.run(call->at_gate(), query_for(*call->request), std::move(work));
    co_return Response::no_content();
}

}  // namespace api
