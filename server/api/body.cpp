#include "server/api/body.hpp"

#include "gis/error.hpp"

namespace api {

namespace {

constexpr int max_depth = 64;

}  // namespace

Json json_body(const http::Request& request, const std::vector<std::string>& known) {
    bool too_deep = false;
    const auto watch = [&](int depth, Json::parse_event_t, Json&) {
        too_deep = too_deep || depth > max_depth;
        return !too_deep;
    };
    const std::string* type = request.header("Content-Type");
    if (type == nullptr || type->find("json") == std::string::npos)
        throw gis::InvalidRequest("Content-Type", "application/json expected");
    Json body = Json::parse(request.body, watch, false);
    if (too_deep || !body.is_object())
        throw gis::InvalidRequest("", "the body must be a JSON object, at most 64 levels deep");
    admin::require_members(body, known);
    return body;
}

}  // namespace api
