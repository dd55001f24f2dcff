#include "server/api/guard.hpp"

#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "server/api/wait_for.hpp"
#include "server/auth/secret.hpp"
#include "server/db/connection.hpp"
#include "server/gate/gatekeeper.hpp"
#include "server/gate/tile_use.hpp"
#include "server/gate/visible_catalog.hpp"
#include "server/http/cors.hpp"
#include "server/live/tile_engine.hpp"

namespace api {

namespace {

using namespace std::chrono_literals;

// Of declarations that changed, until the server has read them; they may change again meanwhile.
constexpr auto longest_reading = 1000ms;
constexpr auto look = 20ms;
constexpr int most_times = 5;

bool is_safe(http::Method method) {
    return method == http::Method::Get || method == http::Method::Head || method == http::Method::Options;
}

/// Browsers send the cookie whoever made the page; only our pages know the token.
void require_csrf(const http::Request& request, const gate::Caller& caller) {
    if (caller.kind != "cookie" || is_safe(request.method)) return;
    const std::string* token = request.header("X-CSRF-Token");
    if (token == nullptr || !auth::equal_in_constant_time(*token, caller.csrf_token()))
        throw gis::NotAllowed("X-CSRF-Token: the value given by GET /session is expected with a session cookie");
}

boost::asio::awaitable<void> flush_tile_use(const Services& services) {
    auto work = [&use = services.tile_use](db::Connection& connection) {
        use.flush(connection);
        return true;
    };
    const db::As gate{db::As::Role::Gate, "", true};
    try {
        co_await services.database.run(gate, std::make_shared<db::RunningQuery>(), std::move(work));
    } catch (const std::exception&) {
        // Counted still, written next time.
    }
}

/// What a request may have changed is known to the tiles before its answer is given.
boost::asio::awaitable<void> let_tiles_know(const Services& services) {
    std::function<void(std::function<void()>)> begin = [&services](std::function<void()> over) {
        services.tiles.expect_change(std::move(over));
    };
    // When it takes longer, tiles come from the database until it is known.
    co_await wait_for(std::move(begin), std::chrono::milliseconds(500));
}

/// A relation or a column that the declarations tell is not there: they are older than the database.
bool is_outdated(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const db::SqlError& error) {
        return error.state() == "42P01" || error.state() == "42703";
    } catch (...) {
        return false;
    }
}

/// False when none come: it was not for them.
boost::asio::awaitable<bool> newer_declarations(const Services& services, std::uint64_t edition) {
    for (auto waited = 0ms; waited < longest_reading; waited += look) {
        if (services.catalog.current().edition != edition) co_return true;
        co_await pause_for(look);
    }
    co_return false;
}

std::shared_ptr<Call> call_of(const Services& services, const RequestPtr& request, const gate::CallerPtr& caller) {
    auto call = std::make_shared<Call>();
    call->request = request;
    call->caller = caller;
    call->known = services.visible.of(services.catalog.current(), caller);
    return call;
}

}  // namespace

void mark_as_personal(Response& response) {
    for (const char* header : {"Authorization", "Cookie", "X-API-Key"}) http::add_vary(response, header);
    if (response.header("Cache-Control") == nullptr) response.set_header("Cache-Control", "private, no-cache");
}

Answer guard(const Services& services, GuardedHandler handler, Needs needs, RequestPtr request) {
    const gate::CallerPtr caller = co_await services.gatekeeper.admit(request);
    require_csrf(*request, *caller);
    if (needs == Needs::Account && caller->is_anonymous()) throw gate::Unauthorized("log in first");
    if (needs == Needs::Administer && !caller->scope.administers) throw nothing_at(*request);
    if (services.tile_use.is_due()) {
        boost::asio::co_spawn(co_await boost::asio::this_coro::executor, flush_tile_use(services),
                              boost::asio::detached);
    }
    Response response;
    std::exception_ptr failure;
    for (int time = 1;; ++time) {
        const std::shared_ptr<Call> call = call_of(services, request, caller);
        failure = nullptr;
        try {
            response = co_await handler(services, call);
        } catch (...) {
            failure = std::current_exception();
        }
        if (!failure || time == most_times || !is_safe(request->method) || !is_outdated(failure)) break;
        const bool newer = co_await newer_declarations(services, call->known.edition);
        if (!newer) break;
    }
    if (!is_safe(request->method)) co_await let_tiles_know(services);
    if (failure) std::rethrow_exception(failure);
    mark_as_personal(response);
    co_return response;
}

}  // namespace api
