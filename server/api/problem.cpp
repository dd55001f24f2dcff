#include "server/api/problem.hpp"

#include <spdlog/spdlog.h>

#include "gis/error.hpp"
#include "server/gate/errors.hpp"
#include "server/http/problem.hpp"

namespace api {

namespace {

http::Response unavailable(const http::Request& request, const char* detail) {
    http::Response response = http::problem(503, "Service unavailable", detail, &request);
    response.set_header("Retry-After", "5");
    return response;
}

}  // namespace

http::Response to_response(const http::Request& request, std::exception_ptr error) {
    try {
        std::rethrow_exception(error);
    } catch (const gis::InvalidRequest& invalid) {
        return http::problem(400, "Invalid request", invalid.what(), &request, invalid.field());
    } catch (const gate::Unauthorized& unknown) {
        http::Response response = http::problem(401, "Unauthorized", unknown.what(), &request);
        // To a page's own request a browser would answer Basic with its login window.
        const std::string* destination = request.header("Sec-Fetch-Dest");
        if (destination == nullptr || *destination != "empty")
            response.add_header("WWW-Authenticate", "Basic realm=\"Carreau\", charset=\"UTF-8\"");
        response.add_header("WWW-Authenticate", "Bearer realm=\"Carreau\"");
        return response;
    } catch (const gate::TooManyAttempts& many) {
        http::Response response = http::problem(429, "Too many attempts", many.what(), &request);
        response.set_header("Retry-After", std::to_string(many.wait().count()));
        return response;
    } catch (const gis::NotFound& absent) {
        return http::problem(404, "Not found", absent.what(), &request);
    } catch (const gis::NotAllowed& forbidden) {
        return http::problem(403, "Not allowed", forbidden.what(), &request);
    } catch (const gis::Conflict& conflict) {
        return http::problem(409, "Conflict", conflict.what(), &request, conflict.field());
    } catch (const gis::Unavailable& away) {
        spdlog::warn("{} {}: {}", request.id, request.route, away.what());
        return unavailable(request, "The database does not answer or is too busy; try again in a moment.");
    } catch (const std::exception& bug) {
        spdlog::error("{} {}: {}", request.id, request.route, bug.what());
    } catch (...) {
        spdlog::error("{} {}: unknown exception", request.id, request.route);
    }
    return http::problem(500, "Internal error", "The server failed; tell its administrator the request id.", &request);
}

}  // namespace api
