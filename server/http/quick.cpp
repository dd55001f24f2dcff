#include "http/quick.hpp"

#include "http/cors.hpp"
#include "http/head_check.hpp"
#include "http/header_text.hpp"
#include "http/representation.hpp"
#include "http/response_head.hpp"

#include <algorithm>
#include <array>

namespace http {
namespace {

/// Headers that change nothing about an answer without links.
constexpr std::array harmless = std::to_array<std::string_view>(
    {"User-Agent",       "Accept",           "Accept-Language", "Referer",        "DNT",
     "Cache-Control",    "Pragma",           "Priority",        "Sec-Fetch-Dest", "Sec-Fetch-Mode",
     "Sec-Fetch-Site",   "Sec-GPC",          "Sec-Fetch-User",  "Save-Data",      "X-Forwarded-For",
     "X-Forwarded-Host", "X-Forwarded-Port", "X-Real-IP",       "Forwarded",      "Via"});

/// Headers that are read, each once at most.
struct Taken {
    std::string_view name;
    std::optional<std::string_view> QuickRequest::*value;
};
constexpr std::array taken = std::to_array<Taken>({{"Accept-Encoding", &QuickRequest::accept_encoding},
                                                   {"If-None-Match", &QuickRequest::if_none_match},
                                                   {"Authorization", &QuickRequest::authorization},
                                                   {"X-API-Key", &QuickRequest::api_key},
                                                   {"Cookie", &QuickRequest::cookie},
                                                   {"X-Forwarded-Proto", &QuickRequest::forwarded_proto},
                                                   {"X-Forwarded-Prefix", &QuickRequest::forwarded_prefix}});

bool is_plain_text(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
}

const Taken* find_taken(std::string_view name) {
    const auto* const found =
        std::find_if(taken.begin(), taken.end(), [&](const Taken& known) { return same_name(name, known.name); });
    return found == taken.end() ? nullptr : found;
}

bool is_harmless(std::string_view name) {
    return std::any_of(harmless.begin(), harmless.end(),
                       [&](std::string_view known) { return same_name(name, known); });
}

/// Takes the line before the next CRLF; nothing when there is none.
std::optional<std::string_view> take_line(std::string_view& text) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    return line;
}

}  // namespace

std::optional<QuickRequest> read_quick(std::string_view head) {
    constexpr std::string_view method = "GET ";
    constexpr std::string_view version = " HTTP/1.1";
    const auto first = take_line(head);
    if (!first || !first->starts_with(method) || !first->ends_with(version)) return std::nullopt;
    QuickRequest request;
    request.target = first->substr(method.size(), first->size() - method.size() - version.size());
    if (!request.target.starts_with('/') || request.target.find(' ') != std::string_view::npos ||
        !is_plain_text(request.target))
        return std::nullopt;
    bool has_host = false;
    while (true) {
        const auto line = take_line(head);
        if (!line) return std::nullopt;
        if (line->empty()) break;
        const std::size_t colon = line->find(':');
        if (colon == std::string_view::npos || !is_plain_text(*line)) return std::nullopt;
        const std::string_view name = line->substr(0, colon);
        const std::string_view value = trimmed(line->substr(colon + 1));
        if (same_name(name, "Host")) {
            if (std::exchange(has_host, true) || !is_host(value)) return std::nullopt;
        } else if (same_name(name, "Connection")) {
            if (!same_name(value, "keep-alive")) return std::nullopt;
        } else if (const auto* known = find_taken(name)) {
            auto& place = request.*known->value;
            if (place) return std::nullopt;
            place = value;
        } else if (!is_harmless(name)) {
            return std::nullopt;
        }
    }
    if (!has_host || !head.empty()) return std::nullopt;
    return request;
}

PreparedPtr Preparer::prepare(const QuickRequest& quick, Response response, std::string route) const {
    Request request;
    request.method = Method::Get;
    if (quick.accept_encoding) request.headers.push_back({"Accept-Encoding", std::string(*quick.accept_encoding)});
    if (quick.if_none_match) request.headers.push_back({"If-None-Match", std::string(*quick.if_none_match)});
    cors_.decorate(response, nullptr);
    const Answer answer = make_answer(request, std::move(response));
    return std::make_shared<const Prepared>(
        Prepared{answer.status, format_lines(answer), answer.sends_body ? answer.bytes : nullptr, std::move(route)});
}

}  // namespace http
