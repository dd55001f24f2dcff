// Logging in to the portal at the OpenID Connect provider (code flow).

#include <spdlog/spdlog.h>

#include "server/api/documents.hpp"
#include "server/api/handlers.hpp"
#include "server/api/journal.hpp"
#include "server/api/parameters.hpp"
#include "server/auth/errors.hpp"
#include "server/auth/secret.hpp"
#include "server/gate/gatekeeper.hpp"
#include "server/gate/sign_ins.hpp"
#include "server/http/offload.hpp"

namespace api {

namespace {

constexpr std::string_view state_cookie = "carreau_login";

/// Binds the login to the browser that began it.
std::string state_cookie_line(const std::string& base_url, const std::string& state) {
    return std::string(state_cookie) + "=" + state +
           "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + (state.empty() ? "0" : "600") +
           (base_url.starts_with("https://") ? "; Secure" : "");
}

/// Only a path of this portal: never another site.
std::string return_path_of(const http::Request& request) {
    const std::string path(request.query_value("return").value_or("/"));
    const bool sound = path.starts_with('/') && !path.starts_with("//") && path.find('\\') == std::string::npos &&
                       path.size() < 500 && path.find_first_of("\r\n") == std::string::npos;
    return sound ? path : "/";
}

Response failure(const http::Request& request, const std::string& code) {
    Response response = Response::redirect(request.base_url + "/?login_error=" + code);
    response.add_header("Set-Cookie", state_cookie_line(request.base_url, ""));
    return response;
}

}  // namespace

Answer provider_login(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    require_known(*request, {"return"});
    const auto provider = services.gatekeeper.provider();
    if (!provider) throw nothing_at(*request);
    const std::string redirect_uri = request->base_url + "/login/oidc/callback";
    std::function<auth::AuthorizationStart()> begin = [provider, redirect_uri] {
        return provider->begin(redirect_uri);
    };
    auth::AuthorizationStart start;
    try {
        start = co_await http::offload<auth::AuthorizationStart>(services.gatekeeper.workers(), std::move(begin));
    } catch (const auth::ProviderAway& away) {
        spdlog::warn("{} OpenID Connect: {}", request->id, away.what());
        co_return failure(*request, "provider_away");
    }
    Response response = Response::redirect(start.url);
    response.add_header("Set-Cookie", state_cookie_line(request->base_url, start.state));
    services.sign_ins.keep({std::move(start), redirect_uri, return_path_of(*request)});
    co_return response;
}

Answer provider_callback(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    const auto provider = services.gatekeeper.provider();
    if (!provider) throw nothing_at(*request);
    const std::string state(request->query_value("state").value_or(""));
    const bool same_browser =
        !state.empty() && auth::equal_in_constant_time(gate::cookie_value(*request, std::string(state_cookie)), state);
    const auto pending = same_browser ? services.sign_ins.take(state) : std::nullopt;
    const std::string code(request->query_value("code").value_or(""));
    if (!pending || code.empty()) co_return failure(*request, "refused");

    std::function<auth::Claims()> finish = [provider, pending, code] {
        return provider->finish(code, pending->redirect_uri, pending->start.nonce, pending->start.code_verifier);
    };
    std::string error;
    auth::Claims claims;
    try {
        claims = co_await http::offload<auth::Claims>(services.gatekeeper.workers(), std::move(finish));
    } catch (const auth::Refused& refused) {
        spdlog::info("{} OpenID Connect: {}", request->id, refused.what());
        error = "refused";
    } catch (const auth::ProviderAway& away) {
        spdlog::warn("{} OpenID Connect: {}", request->id, away.what());
        error = "provider_away";
    }
    if (!error.empty()) co_return failure(*request, error);
    const std::string secret = co_await services.gatekeeper.log_in(request, std::move(claims));
    if (secret.empty()) co_return failure(*request, "no_account");
    Response response = Response::redirect(request->base_url + pending->return_path);
    response.add_header("Set-Cookie", state_cookie_line(request->base_url, ""));
    response.add_header("Set-Cookie", gate::session_cookie(request->base_url, secret));
    co_return response;
}

}  // namespace api
