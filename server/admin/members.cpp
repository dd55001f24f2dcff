#include "server/admin/members.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <regex>

#include "gis/error.hpp"

namespace admin {

void require_members(const Json& body, const std::vector<std::string>& known) {
    for (const auto& [name, value] : body.items()) {
        if (!known.empty() && std::find(known.begin(), known.end(), name) == known.end())
            throw gis::InvalidRequest(name.substr(0, 100),
                                      fmt::format("not a member to set; expected {}", fmt::join(known, ", ")));
    }
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
    std::string text = text_member(body, name, 40);
    if (text.empty()) return "";
    static const std::regex date("(?!0000)(\\d{4})-(\\d{2})-(\\d{2})");
    static const std::regex instant(
        "\\d{4}-\\d{2}-\\d{2}T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?(Z|[+-](0\\d|1[0-5]):[0-5]\\d)");
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

int required_id(const Json& body, const std::string& name) {
    const auto found = body.find(name);
    if (found == body.end() || found->is_null()) throw gis::InvalidRequest(name, "is missing");
    const bool fits = found->is_number_integer() && *found > 0 && *found <= std::numeric_limits<int>::max();
    if (!fits) throw gis::InvalidRequest(name, "the id of one, a whole number, is expected");
    return found->get<int>();
}

std::vector<std::string> text_list(const Json& value, const std::string& where, std::size_t most) {
    if (!value.is_array()) throw gis::InvalidRequest(where, "an array of texts is expected");
    if (value.size() > most) throw gis::InvalidRequest(where, fmt::format("at most {} texts expected", most));
    std::vector<std::string> list;
    for (const Json& entry : value) {
        const std::string text = entry.is_string() ? entry.get<std::string>() : "";
        if (text.empty() || text.size() > 100 || text.find('\0') != std::string::npos)
            throw gis::InvalidRequest(where, "an array of texts of 1 to 100 bytes is expected");
        if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
    }
    return list;
}

std::string array_text(const std::vector<std::string>& values) {
    std::string text = "{";
    for (const std::string& value : values) {
        text += text.size() > 1 ? ",\"" : "\"";
        for (const char c : value) {
            if (c == '"' || c == '\\') text += '\\';
            text += c;
        }
        text += '"';
    }
    return text + "}";
}

}  // namespace admin
