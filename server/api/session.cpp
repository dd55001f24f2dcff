// Who the portal talks to: the session document, logging in by password, logging out.

#include <algorithm>

#include "server/api/body.hpp"
#include "server/api/documents.hpp"
#include "server/api/handlers.hpp"
#include "server/api/journal.hpp"
#include "server/api/parameters.hpp"
#include "server/gate/gatekeeper.hpp"

namespace api {

namespace {

Json person_document(const gate::Caller& caller) {
    Json person{{"id", caller.person_id},
                {"login", caller.login},
                {"name", caller.name},
                {"organisation",
                 {{"id", caller.organisation_id}, {"name", caller.organisation}, {"kind", caller.organisation_kind}}},
                {"services", nullptr}};
    if (caller.services) person["services"] = *caller.services;
    return person;
}

/// Deposits of others may be his to publish: capture.is_reviewed decides of each.
bool is_reviewer(const gate::Caller& caller, const gis::Catalog& catalog) {
    if (caller.is_anonymous()) return false;
    return caller.scope.administers || std::ranges::any_of(catalog.layers(), [&](const gis::Layer& layer) {
               const gis::LayerScope& scope = caller.scope.of(layer);
               return scope.grant(gis::Right::Edit).holds() && scope.grant(gis::Right::Upload).holds();
           });
}

Response session_document(const Services& services, const http::Request& request, const gate::Caller& caller,
                          int status) {
    Json ended = Json::array();
    Json ending = Json::array();
    for (const gate::Agreement& agreement : caller.agreements) {
        Json entry{{"title", agreement.title}, {"contact", agreement.contact}, {"layers", agreement.layers}};
        entry[agreement.ended ? "ended_at" : "ends_at"] = agreement.valid_to;
        (agreement.ended ? ended : ending).push_back(std::move(entry));
    }
    Json methods{{"password", true}, {"oidc", nullptr}};
    if (const auto& provider = services.gatekeeper.provider()) {
        methods["oidc"] = {{"title", provider->options().title}, {"url", request.base_url + "/login/oidc"}};
    }
    Json document{{"authenticated", !caller.is_anonymous()},
                  {"person", nullptr},
                  {"csrf", nullptr},
                  {"administrator", caller.scope.administers},
                  {"reviewer", is_reviewer(caller, *services.catalog.current().catalog)},
                  {"login_methods", std::move(methods)},
                  {"ended", std::move(ended)},
                  {"ending", std::move(ending)}};
    if (!caller.is_anonymous()) document["person"] = person_document(caller);
    if (caller.kind == "cookie") document["csrf"] = caller.csrf_token();
    Response response = json_response(document);
    response.status = status;
    response.set_header("Cache-Control", "no-store");
    return response;
}

}  // namespace

Answer session(const Services& services, CallPtr call) {
    require_known(*call->request, {"f"});
    co_return session_document(services, *call->request, *call->caller, 200);
}

Answer log_in(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    require_known(*request, {"f"});
    const Json body = json_body(*request, {"login", "password"});
    const std::string login = required_text(body, "login", 100);
    const std::string secret =
        co_await services.gatekeeper.log_in(request, login, required_text(body, "password", 1000));
    // The new caller, as his next request will be known.
    auto next = std::make_shared<http::Request>(*request);
    std::erase_if(next->headers, [](const http::Header& header) {
        return http::same_name(header.name, "Cookie") || http::same_name(header.name, "Authorization") ||
               http::same_name(header.name, "X-API-Key");
    });
    next->headers.push_back({"Cookie", gate::cookie_name(request->base_url) + "=" + secret});
    const gate::CallerPtr caller = co_await services.gatekeeper.admit(next);
    const JournalLine line{"login", "", "", "", "answered", 1};
    co_await record(services, *caller, *request, line);
    Response response = session_document(services, *request, *caller, 201);
    response.add_header("Set-Cookie", gate::session_cookie(request->base_url, secret));
    co_return response;
}

Answer log_out(const Services& services, CallPtr call) {
    if (call->caller->kind == "cookie") co_await services.gatekeeper.log_out(call->caller);
    Response response = Response::no_content();
    response.add_header("Set-Cookie", gate::session_cookie(call->request->base_url, ""));
    co_return response;
}

}  // namespace api
