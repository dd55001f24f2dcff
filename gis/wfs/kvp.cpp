#include "gis/wfs/kvp.hpp"

#include <algorithm>

#include "gis/text/ascii.hpp"
#include "gis/wfs/service_error.hpp"

namespace gis::wfs {

Kvp::Kvp(const std::vector<std::pair<std::string, std::string>>& pairs) {
    for (const auto& [name, value] : pairs) {
        const std::string key = lower(name);
        if (trimmed(value).empty()) {
            empty_.push_back(key);
            continue;
        }
        if (const auto known = find(key); known && *known != value)
            throw invalid(key.substr(0, 50), "given twice with different values");
        values_.emplace_back(key, value);
    }
}

std::optional<std::string> Kvp::find(std::string_view name) const {
    for (const auto& [key, value] : values_) {
        if (key == name) return value;
    }
    return std::nullopt;
}

bool Kvp::is_given(std::string_view name) const {
    return find(name) || std::find(empty_.begin(), empty_.end(), name) != empty_.end();
}

std::optional<std::string> Kvp::find_any(std::initializer_list<std::string_view> names) const {
    for (const std::string_view name : names) {
        if (auto value = find(name)) return value;
    }
    return std::nullopt;
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> parts;
    while (true) {
        const auto end = text.find(',');
        if (const auto part = trimmed(text.substr(0, end)); !part.empty()) parts.emplace_back(part);
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::vector<std::string> distinct_ids(const std::vector<std::string>& ids, const std::string& parameter) {
    constexpr std::size_t most = 100;
    std::vector<std::string> distinct;
    for (const std::string& id : ids) {
        if (std::find(distinct.begin(), distinct.end(), id) != distinct.end()) continue;
        if (distinct.size() == most) throw invalid(parameter, "at most 100 expected");
        distinct.push_back(id);
    }
    return distinct;
}

std::vector<std::string> split_groups(std::string_view text) {
    text = trimmed(text);
    if (text.size() < 2 || text.front() != '(' || text.back() != ')') return {std::string(text)};
    text = text.substr(1, text.size() - 2);
    const bool xml = text.find('<') != std::string_view::npos;
    std::vector<std::string> groups;
    std::size_t begin = 0;
    for (auto at = text.find(")("); at != std::string_view::npos; at = text.find(")(", at + 1)) {
        const std::string_view following = text.substr(at + 2, 1);
        if (xml && !following.empty() && following != "<" && following != ")") continue;
        groups.emplace_back(text.substr(begin, at - begin));
        begin = at + 2;
    }
    groups.emplace_back(text.substr(begin));
    return groups;
}

std::vector<std::pair<std::string, std::string>> read_namespaces(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> found;
    constexpr std::string_view opening = "xmlns(";
    while (!(text = trimmed(text)).empty()) {
        const auto close = text.find(')');
        if (!text.starts_with(opening) || close == std::string_view::npos)
            throw invalid("namespaces", "xmlns(prefix,URI) expected, got '" + std::string(text.substr(0, 80)) + "'");
        const std::string_view inside = text.substr(opening.size(), close - opening.size());
        const auto separator = inside.find_first_of(",=");
        if (separator == std::string_view::npos) {
            found.emplace_back("", trimmed(inside));
        } else {
            found.emplace_back(trimmed(inside.substr(0, separator)), trimmed(inside.substr(separator + 1)));
        }
        text = trimmed(text.substr(close + 1));
        if (text.starts_with(',')) text.remove_prefix(1);
    }
    return found;
}

}  // namespace gis::wfs
