// People: their accounts, and what each of them sees.

#include "gis/error.hpp"
#include "server/admin/sight.hpp"
#include "server/api/admin.hpp"
#include "server/api/body.hpp"
#include "server/api/parameters.hpp"
#include "server/gate/gatekeeper.hpp"

namespace api {

namespace {

/// The request's body with the hash in the place of a password.
boost::asio::awaitable<Json> with_hash(const Services& services, CallPtr call) {
    Json body = json_body(*call->request, admin::people().members());
    const auto found = body.find("password");
    if (found == body.end() || found->is_null()) co_return body;
    if (!found->is_string()) throw gis::InvalidRequest("password", "a text is expected");
    const std::string hash = co_await services.gatekeeper.hash_password(found->get<std::string>());
    body["password"] = hash;
    co_return body;
}

}  // namespace

Answer admin_people(const Services& services, CallPtr call) {
    require_known(*call->request, {"f"});
    return list_records(services, std::move(call), &admin::people(), "", {});
}

Answer make_person(const Services& services, CallPtr call) {
    Json body = co_await with_hash(services, call);
    co_return co_await make_record(services, call, &admin::people(), std::move(body));
}

Answer change_person(const Services& services, CallPtr call) {
    Json patch = co_await with_hash(services, call);
    co_return co_await change_record(services, call, &admin::people(), std::move(patch));
}

Answer what_person_sees(const Services& services, CallPtr call) {
    require_known(*call->request, {"f", "at"});
    auto work = [id = call->request->param("id"), at = query_text(*call->request, "at")](db::Connection& connection) {
        return admin::sees(connection, id, at);
    };
    const Json seen = co_await services.database.run(call->admin(), query_for(*call->request), std::move(work));
    co_return admin_response(seen);
}

}  // namespace api
