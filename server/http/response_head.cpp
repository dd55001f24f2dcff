#include "http/response_head.hpp"

#include "http/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <iterator>

namespace http {
namespace {

void append_line(std::string& head, std::string_view name, std::string_view value) {
    head += name;
    head += ": ";
    const std::size_t start = head.size();
    head += value;
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    std::replace_if(head.begin() + static_cast<std::ptrdiff_t>(start), head.end(), is_control, ' ');
    head += "\r\n";
}

/// RFC 9110, 5.6.7, in English whatever the locale. Formatted once a second per thread.
const std::string& http_date() {
    constexpr std::string_view days = "SunMonTueWedThuFriSat";
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    thread_local std::time_t formatted_for = 0;
    thread_local std::string text;
    const std::time_t now = std::time(nullptr);
    if (now != formatted_for) {
        std::tm utc{};
        ::gmtime_r(&now, &utc);
        text = fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                           days.substr(static_cast<std::size_t>(utc.tm_wday) * 3, 3), utc.tm_mday,
                           months.substr(static_cast<std::size_t>(utc.tm_mon) * 3, 3), utc.tm_year + 1900, utc.tm_hour,
                           utc.tm_min, utc.tm_sec);
        formatted_for = now;
    }
    return text;
}

bool has(const Answer& answer, std::string_view name) {
    return std::any_of(answer.headers.begin(), answer.headers.end(),
                       [&](const Header& header) { return same_name(header.name, name); });
}

}  // namespace

std::string format_lines(const Answer& answer) {
    std::string lines;
    for (const Header& header : answer.headers) append_line(lines, header.name, header.value);
    if (!has(answer, "X-Content-Type-Options")) append_line(lines, "X-Content-Type-Options", "nosniff");
    if (!has(answer, "Referrer-Policy")) append_line(lines, "Referrer-Policy", "no-referrer");
    if (answer.has_length) append_line(lines, "Content-Length", std::to_string(answer.length));
    return lines;
}

void append_prepared(std::string& head, int status, std::string_view lines, AfterAnswer after,
                     std::string_view server_name, std::string_view request_id) {
    head.reserve(head.size() + lines.size() + 192);
    head += "HTTP/1.1 ";
    head += std::to_string(status);
    head += ' ';
    head += reason_phrase(status);
    head += "\r\n";
    append_line(head, "Date", http_date());
    if (!server_name.empty()) append_line(head, "Server", server_name);
    head += lines;
    append_line(head, "X-Request-Id", request_id);
    if (after == AfterAnswer::Close) append_line(head, "Connection", "close");
    head += "\r\n";
}

std::string format_head(const Answer& answer, BodyEnd end, AfterAnswer after, std::string_view server_name,
                        std::string_view request_id) {
    std::string head;
    head.reserve(1024);
    fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} {}\r\n", answer.status, reason_phrase(answer.status));
    append_line(head, "Date", http_date());
    if (!server_name.empty()) append_line(head, "Server", server_name);
    for (const Header& header : answer.headers) append_line(head, header.name, header.value);
    if (!has(answer, "X-Content-Type-Options")) append_line(head, "X-Content-Type-Options", "nosniff");
    if (!has(answer, "Referrer-Policy")) append_line(head, "Referrer-Policy", "no-referrer");
    append_line(head, "X-Request-Id", request_id);
    if (end == BodyEnd::Chunks) append_line(head, "Transfer-Encoding", "chunked");
    if (end == BodyEnd::Length && answer.has_length) append_line(head, "Content-Length", std::to_string(answer.length));
    if (after == AfterAnswer::Close) append_line(head, "Connection", "close");
    head += "\r\n";
    return head;
}

}  // namespace http
