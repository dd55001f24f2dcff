#include "server/api/body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <regex>

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
    for (const auto& [name, value] : body.items()) {
        if (!known.empty() && std::find(known.begin(), known.end(), name) == known.end())
            throw gis::InvalidRequest(name.substr(0, 100),
                                      fmt::format("not a member to set; expected {}", fmt::join(known, ", ")));
    }
    return body;
}

std::string text_member(const Json& body, const std::string& name, std::size_t longest) {
    const auto found = body.find(name);
    if (found == body.end() || found->is_null()) return "";
    if (!found->is_string()) throw gis::InvalidRequest(name, "a text is expected");
    std::string text = found->get<std::string>();
    if (text.size() > longest) throw gis::InvalidRequest(name, fmt::format("at most {} bytes expected", longest));
    if (text.find('\0') != std::string::npos) throw gis::InvalidRequest(name, "a text without NUL expected");
    return text;
}

std::string required_text(const Json& body, const std::string& name, std::size_t longest) {
    std::string text = text_member(body, name, longest);
    if (text.empty()) throw gis::InvalidRequest(name, "is missing");
    return text;
}

std::string moment_member(const Json& body, const std::string& name, bool is_end) {
    const std::string text = text_member(body, name, 40);
    if (text.empty()) return "";
    static const std::regex date("(\\d{4})-(\\d{2})-(\\d{2})");
    static const std::regex instant(
        "\\d{4}-\\d{2}-\\d{2}T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)");
    const auto is_day = [](const std::smatch& part) {
        return std::chrono::year_month_day{std::chrono::year(std::stoi(part[1])),
                                           std::chrono::month(static_cast<unsigned>(std::stoi(part[2]))),
                                           std::chrono::day(static_cast<unsigned>(std::stoi(part[3])))};
    };
    std::smatch part;
    const std::string head = text.substr(0, 10);
    if (std::regex_match(head, part, date) && is_day(part).ok()) {
        if (std::regex_match(text, instant)) return text;
        if (text.size() == 10) {
            const std::chrono::sys_days day = std::chrono::sys_days(is_day(part)) + std::chrono::days(is_end ? 1 : 0);
            const std::chrono::year_month_day ymd(day);
            return fmt::format("{:04}-{:02}-{:02} 00:00:00 Europe/Paris", static_cast<int>(ymd.year()),
                               static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
        }
    }
    throw gis::InvalidRequest(name, "a date (2026-01-31) or a date-time (2026-01-31T12:00:00Z) expected");
}

}  // namespace api
