#include "http/head_check.hpp"

#include "http/header_text.hpp"
#include "http/request.hpp"

#include <algorithm>
#include <array>

namespace http {
namespace {

/// Longest method and version that are read before the line counts as rubbish.
constexpr std::size_t request_line_extra = 40;

bool is_token_char(char c) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// A tab is allowed in a field value, and bytes above 0x7F are tolerated there (RFC 9110, 5.5).
bool is_field_char(char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
}

std::string_view next_line(std::string_view& text) {
    const std::size_t end = text.find("\r\n");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    return line;
}

Refusal bad(std::string detail) {
    return {400, std::move(detail)};
}

std::optional<Refusal> check_target(std::string_view method, std::string_view target, const Limits& limits) {
    if (target.size() > limits.target_bytes) return Refusal{414, "the address is too long"};
    const bool printable = std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7F; });
    if (!printable) return bad("the request target holds a byte that must be percent-encoded");
    if (target == "*" && method == "OPTIONS") return std::nullopt;
    if (target.empty() || target.front() != '/') return bad("the request target must start with '/'");
    if (target.find('#') != std::string_view::npos) return bad("the request target holds a fragment");
    return std::nullopt;
}

std::optional<Refusal> check_request_line(std::string_view line, const Limits& limits) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return bad("malformed request line");
    const std::string_view method = line.substr(0, first);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(method)) return bad("malformed method");
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        if (version.starts_with("HTTP/")) return Refusal{505, "HTTP/1.1 or HTTP/1.0 expected"};
        return bad("malformed request line");
    }
    if (auto refusal = check_target(method, line.substr(first + 1, last - first - 1), limits)) return refusal;
    if (!parse_method(method)) return Refusal{501, "this method is not known here"};
    return std::nullopt;
}

/// What the fields say about framing and addressing; each of these may appear once only.
struct Framing {
    int hosts = 0;
    int lengths = 0;
    int encodings = 0;
};

std::optional<Refusal> check_field(std::string_view name, std::string_view value, Framing& framing) {
    if (same_name(name, "Host")) {
        if (++framing.hosts > 1) return bad("more than one Host");
        if (!is_host(value)) return bad("malformed Host");
    } else if (same_name(name, "Content-Length")) {
        if (++framing.lengths > 1) return bad("more than one Content-Length");
        if (!is_digits(value) || value.size() > 18) return bad("malformed Content-Length");
    } else if (same_name(name, "Transfer-Encoding")) {
        if (++framing.encodings > 1 || !same_name(value, "chunked")) return bad("Transfer-Encoding: only chunked");
    } else if (same_name(name, "Expect") && !same_name(value, "100-continue")) {
        return Refusal{417, "only 100-continue can be expected"};
    }
    return std::nullopt;
}

std::optional<Refusal> check_field_line(std::string_view line, Framing& framing) {
    if (line.front() == ' ' || line.front() == '\t') return bad("folded header line");
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return bad("malformed header line");
    const std::string_view value = line.substr(colon + 1);
    if (!std::all_of(value.begin(), value.end(), is_field_char)) return bad("control character in a header");
    return check_field(line.substr(0, colon), trimmed(value), framing);
}

}  // namespace

HeadScan scan_head(std::string_view received, const Limits& limits) {
    if (!received.empty() && !is_token_char(received.front())) return {0, bad("malformed request line")};
    const std::size_t line_end = received.find("\r\n");
    const std::size_t line_length = std::min(line_end, received.size());
    if (line_length > limits.target_bytes + request_line_extra) return {0, Refusal{414, "the address is too long"}};
    const std::size_t blank = received.find("\r\n\r\n");
    const std::string_view head = received.substr(0, blank == std::string_view::npos ? blank : blank + 4);
    for (std::size_t i = 0; i < head.size(); ++i) {
        if (head[i] > '\r' || (head[i] != '\r' && head[i] != '\n')) continue;
        if (head[i] == '\n' || (i + 1 < head.size() && head[i + 1] != '\n')) return {0, bad("bare CR or LF")};
        ++i;
    }
    const std::size_t fields = head.size() - std::min(line_length + 2, head.size());
    if (fields > limits.header_bytes + 2) return {0, Refusal{431, "the header is too large"}};
    return {blank == std::string_view::npos ? 0 : head.size(), std::nullopt};
}

std::optional<Refusal> check_head(std::string_view head, const Limits& limits) {
    const std::string_view request_line = next_line(head);
    if (auto refusal = check_request_line(request_line, limits)) return refusal;
    const bool is_http_1_0 = request_line.ends_with("1.0");
    Framing framing;
    std::size_t fields = 0;
    for (std::string_view line = next_line(head); !line.empty(); line = next_line(head)) {
        if (++fields > limits.header_fields) return Refusal{431, "too many header fields"};
        if (auto refusal = check_field_line(line, framing)) return refusal;
    }
    if (framing.hosts == 0 && !is_http_1_0) return bad("Host is missing");
    if (framing.encodings > 0 && framing.lengths > 0) return bad("Content-Length beside Transfer-Encoding");
    if (framing.encodings > 0 && is_http_1_0) return bad("Transfer-Encoding in HTTP/1.0");
    return std::nullopt;
}

bool is_host(std::string_view text) {
    std::string_view port;
    bool has_port = false;
    const std::size_t bracket = text.find(']');
    const bool is_ipv6 = text.starts_with('[') && bracket != std::string_view::npos;
    const std::size_t colon = text.find(':', is_ipv6 ? bracket : 0);
    if (colon != std::string_view::npos) {
        has_port = true;
        port = text.substr(colon + 1);
        text = text.substr(0, colon);
    }
    const auto in = [&](std::string_view marks) {
        return std::all_of(text.begin(), text.end(), [&](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   marks.find(c) != std::string_view::npos;
        });
    };
    if (has_port && (!is_digits(port) || port.size() > 5 || std::stoul(std::string(port)) > 65535)) return false;
    if (is_ipv6) return text.size() > 3 && text.find(']') == text.size() - 1 && in("[]:.") && text.rfind('[') == 0;
    return !text.empty() && text.size() <= 253 && in("-._");
}

}  // namespace http
