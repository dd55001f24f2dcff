#include "http/cors.hpp"

#include <algorithm>

namespace http {
namespace {

constexpr const char* exposed_headers =
    "ETag, Link, Location, Content-Crs, Content-Disposition, Content-Range, Accept-Ranges, OGC-NumberMatched, "
    "OGC-NumberReturned, Retry-After, X-Request-Id";

/// Sent when the preflight names no headers; else its own list is echoed.
constexpr const char* usual_request_headers =
    "Accept, Accept-Crs, Authorization, Content-Crs, Content-Type, If-Match, If-None-Match, X-Request-Id";

bool is_header_list(const std::string& text) {
    return !text.empty() && text.size() <= 1000 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == ',' || c == ' ';
    });
}

}  // namespace

CorsPolicy::CorsPolicy(std::vector<std::string> origins)
    : any_origin_(std::find(origins.begin(), origins.end(), "*") != origins.end()), origins_(std::move(origins)) {}

void CorsPolicy::decorate(Response& response, const std::string* origin) const {
    if (any_origin_) {
        response.set_header("Access-Control-Allow-Origin", "*");
    } else {
        add_vary(response, "Origin");
        if (origin == nullptr || std::find(origins_.begin(), origins_.end(), *origin) == origins_.end()) return;
        response.set_header("Access-Control-Allow-Origin", *origin);
    }
    response.set_header("Access-Control-Expose-Headers", exposed_headers);
}

Response CorsPolicy::answer_options(const Request& request, const std::string& allowed_methods) const {
    Response response = Response::no_content();
    response.set_header("Allow", allowed_methods);
    if (request.header("Access-Control-Request-Method") == nullptr) return response;
    response.set_header("Access-Control-Allow-Methods", allowed_methods);
    const std::string* wanted = request.header("Access-Control-Request-Headers");
    const bool echoes = wanted != nullptr && is_header_list(*wanted);
    response.set_header("Access-Control-Allow-Headers", echoes ? *wanted : usual_request_headers);
    response.set_header("Access-Control-Max-Age", "86400");
    add_vary(response, "Access-Control-Request-Headers");
    return response;
}

void add_vary(Response& response, const std::string& name) {
    const std::string* present = response.header("Vary");
    if (present == nullptr) {
        response.set_header("Vary", name);
    } else if (present->find(name) == std::string::npos) {
        response.set_header("Vary", *present + ", " + name);
    }
}

}  // namespace http
