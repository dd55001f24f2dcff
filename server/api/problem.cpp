#include "server/api/problem.hpp"

#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

#include "gis/error.hpp"
#include "server/api/bulk_shares.hpp"
#include "server/api/csw.hpp"
#include "server/api/wfs.hpp"
#include "server/gate/errors.hpp"
#include "server/http/problem.hpp"

namespace api {

namespace {

http::Response unavailable(const http::Request& request, const char* detail) {
    http::Response response = http::problem(503, "Service unavailable", detail, &request);
    response.set_header("Retry-After", "5");
    return response;
}

using Json = nlohmann::ordered_json;

struct Meaning {
    int status;
    const char* title;
};

Meaning meaning_of(gis::EditProblem::Reason reason) {
    switch (reason) {
        case gis::EditProblem::Reason::NotFound:
            return {404, "Not found"};
        case gis::EditProblem::Reason::NotAllowed:
            return {403, "Not allowed"};
        case gis::EditProblem::Reason::Conflict:
            return {409, "Conflict"};
        case gis::EditProblem::Reason::Changed:
            return {412, "Changed meanwhile"};
        case gis::EditProblem::Reason::Content:
            break;
    }
    return {422, "Refused content"};
}

Json errors_of(const gis::EditRefused& refusal) {
    Json errors = Json::array();
    for (const gis::EditProblem& problem : refusal.problems()) {
        Json error{{"feature", problem.index}};
        if (!problem.id.empty()) error["id"] = problem.id;
        if (!problem.field.empty()) error["property"] = problem.field;
        if (!problem.value.empty()) error["value"] = problem.value;
        error["expected"] = problem.expected;
        errors.push_back(std::move(error));
    }
    return errors;
}

}  // namespace

http::Response refused(const http::Request& request, const gis::EditRefused& refusal,
                       const std::vector<std::pair<std::string, std::string>>& documents) {
    const Meaning meaning = meaning_of(refusal.reason());
    const std::string field = refusal.problems().empty() ? "" : refusal.problems().front().field;
    http::Response response = http::problem(meaning.status, meaning.title, refusal.what(), &request, field);
    Json document = Json::parse(std::get<std::string>(response.body));
    document["errors"] = errors_of(refusal);
    for (const auto& [name, text] : documents) {
        Json member = Json::parse(text, nullptr, false);
        if (!member.is_discarded()) document[name] = std::move(member);
    }
    response.body = document.dump(-1, ' ', false, Json::error_handler_t::replace);
    return response;
}

http::Response to_response(const http::Request& request, const std::exception_ptr& error) {
    if (request.route == "/wfs") {
        if (auto report = wfs_problem(request, error)) return std::move(*report);
    }
    if (request.route == "/csw") {
        if (auto report = csw_problem(error)) return std::move(*report);
    }
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
    } catch (const TooManyStreams& many) {
        http::Response response = http::problem(429, "Too many downloads", many.what(), &request);
        response.set_header("Retry-After", "10");
        return response;
    } catch (const gis::EditRefused& refusal) {
        return refused(request, refusal);
    } catch (const gis::NotFound& absent) {
        return http::problem(404, "Not found", absent.what(), &request);
    } catch (const gis::NotAllowed& forbidden) {
        return http::problem(403, "Not allowed", forbidden.what(), &request);
    } catch (const gis::Conflict& conflict) {
        return http::problem(409, "Conflict", conflict.what(), &request, conflict.field());
    } catch (const gis::NotReady& pending) {
        return unavailable(request, pending.what());
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
