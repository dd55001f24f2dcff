#include "gis/edit/edit.hpp"
#include "gis/wfs/service_error.hpp"
#include "server/api/wfs.hpp"

namespace api {

namespace {

namespace wfs = gis::wfs;

Response report(const http::Request& request, int status, std::string_view code, std::string_view locator,
                std::string_view text) {
    const wfs::Version version = wfs::version_for_errors(request.query, request.body);
    Response response =
        Response::bytes(wfs::exception_media_type(version), wfs::exception_report(version, code, locator, text));
    response.status = status;
    response.set_header("Cache-Control", "private, no-cache");
    return response;
}

int status_of(gis::EditProblem::Reason reason) {
    switch (reason) {
        case gis::EditProblem::Reason::NotFound:
            return 404;
        case gis::EditProblem::Reason::NotAllowed:
            return 403;
        case gis::EditProblem::Reason::Conflict:
        case gis::EditProblem::Reason::Changed:
            return 409;
        case gis::EditProblem::Reason::Content:
            break;
    }
    return 400;
}

std::string text_of(const gis::EditRefused& refused) {
    std::string text = "Nothing was changed.";
    for (const gis::EditProblem& problem : refused.problems()) text += "\n" + gis::to_string(problem);
    return text;
}

}  // namespace

std::optional<Response> wfs_problem(const http::Request& request, const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const wfs::ServiceError& refused) {
        return report(request, wfs::status_of(refused.code()), refused.code(), refused.locator(), refused.what());
    } catch (const gis::EditRefused& refused) {
        const bool content = refused.reason() == gis::EditProblem::Reason::Content;
        return report(request, status_of(refused.reason()), content ? "InvalidValue" : "OperationProcessingFailed",
                      "Transaction", text_of(refused));
    } catch (const gis::InvalidRequest& invalid) {
        return report(request, 400, "InvalidParameterValue", invalid.field(), invalid.what());
    } catch (const gis::NotAllowed& refused) {
        return report(request, 403, "OperationProcessingFailed", "Transaction", refused.what());
    } catch (const gis::Conflict& conflict) {
        return report(request, 409, "OperationProcessingFailed", conflict.field(), conflict.what());
    } catch (...) {
        return std::nullopt;
    }
}

}  // namespace api
