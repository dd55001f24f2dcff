#include "http/problem.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace http {

std::string_view reason_phrase(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 206:
            return "Partial Content";
        case 301:
            return "Moved Permanently";
        case 302:
            return "Found";
        case 303:
            return "See Other";
        case 304:
            return "Not Modified";
        case 307:
            return "Temporary Redirect";
        case 308:
            return "Permanent Redirect";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 406:
            return "Not Acceptable";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 410:
            return "Gone";
        case 411:
            return "Length Required";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 416:
            return "Range Not Satisfiable";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 423:
            return "Locked";
        case 424:
            return "Failed Dependency";
        case 428:
            return "Precondition Required";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 460:
            return "Checksum Mismatch";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 503:
            return "Service Unavailable";
        case 505:
            return "HTTP Version Not Supported";
        case 507:
            return "Insufficient Storage";
        default:
            return "";
    }
}

Response problem(int status, std::string_view title, std::string_view detail, const Request* request,
                 std::string_view parameter) {
    nlohmann::ordered_json document{{"type", "about:blank"},
                                    {"title", title.empty() ? reason_phrase(status) : title},
                                    {"status", status},
                                    {"detail", detail}};
    if (!parameter.empty()) document["parameter"] = parameter;
    if (request != nullptr) document["instance"] = request->id;
    // A detail may quote bytes of the request: what is not UTF-8 is replaced, never thrown about.
    Response response =
        Response::json(document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace), status);
    response.set_header("Content-Type", "application/problem+json");
    response.set_header("Cache-Control", "no-store");
    return response;
}

}  // namespace http
