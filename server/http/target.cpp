#include "http/target.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace http {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

/// Length of the UTF-8 sequence that starts with `lead` and its smallest legal code point; length 0 for no lead byte.
struct Sequence {
    std::size_t length;
    std::uint32_t smallest;
};
Sequence sequence_of(unsigned char lead) {
    if (lead < 0x80) return {1, 0};
    if (lead >= 0xC2 && lead <= 0xDF) return {2, 0x80};
    if (lead >= 0xE0 && lead <= 0xEF) return {3, 0x800};
    if (lead >= 0xF0 && lead <= 0xF4) return {4, 0x10000};
    return {0, 0};
}

/// A segment like "..%2F.." is one name to the router and a way out for a careless handler.
bool hides_dot_segment(std::string_view segment) {
    if (segment.find('/') == std::string_view::npos) return false;
    const std::string framed = "/" + std::string(segment) + "/";
    return framed.find("/../") != std::string::npos || framed.find("/./") != std::string::npos;
}

/// Adds one decoded segment, resolving dots. False when it climbs above the root.
bool push_segment(std::vector<std::string>& segments, std::string segment) {
    if (segment == ".") return true;
    if (segment == "..") {
        if (segments.empty()) return false;
        segments.pop_back();
        return true;
    }
    if (hides_dot_segment(segment)) return false;
    segments.push_back(std::move(segment));
    return true;
}

std::optional<std::vector<std::string>> split_path(std::string_view path) {
    std::vector<std::string> segments;
    path.remove_prefix(1);
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        auto segment = percent_decode(path.substr(0, slash), Plus::Literal);
        if (!segment || !push_segment(segments, std::move(*segment))) return std::nullopt;
        path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    }
    return segments;
}

bool split_query(std::string_view text, std::vector<std::pair<std::string, std::string>>& query) {
    while (!text.empty()) {
        const std::size_t end = text.find('&');
        const std::string_view pair = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (pair.empty()) continue;
        const std::size_t equals = pair.find('=');
        auto name = percent_decode(pair.substr(0, equals), Plus::IsSpace);
        auto value = percent_decode(equals == std::string_view::npos ? "" : pair.substr(equals + 1), Plus::IsSpace);
        if (!name || !value) return false;
        query.emplace_back(std::move(*name), std::move(*value));
    }
    return true;
}

/// The base path is compared segment by segment, after decoding: "/carreaux" is not under "/carreau".
bool strip_base_path(std::vector<std::string>& segments, std::string_view base_path) {
    std::size_t count = 0;
    while (!base_path.empty()) {
        base_path.remove_prefix(1);
        const std::size_t slash = std::min(base_path.find('/'), base_path.size());
        if (count == segments.size() || segments[count] != base_path.substr(0, slash)) return false;
        ++count;
        base_path.remove_prefix(slash);
    }
    segments.erase(segments.begin(), segments.begin() + static_cast<std::ptrdiff_t>(count));
    return count > 0;
}

}  // namespace

std::string Target::path() const {
    std::string path;
    for (const std::string& segment : segments) path += "/" + segment;
    return path.empty() ? "/" : path;
}

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const Sequence sequence = sequence_of(lead);
        if (sequence.length == 0 || i + sequence.length > text.size()) return false;
        std::uint32_t point = sequence.length == 1 ? lead : lead & (0xFFU >> (sequence.length + 1));
        for (std::size_t k = 1; k < sequence.length; ++k) {
            const auto byte = static_cast<unsigned char>(text[i + k]);
            if ((byte & 0xC0U) != 0x80U) return false;
            point = (point << 6U) | (byte & 0x3FU);
        }
        const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
        if (point < sequence.smallest || point > 0x10FFFF || surrogate) return false;
        i += sequence.length;
    }
    return true;
}

std::optional<std::string> percent_decode(std::string_view text, Plus plus) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+' && plus == Plus::IsSpace) c = ' ';
        if (c == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        if (c == '\0') return std::nullopt;
        decoded.push_back(c);
    }
    if (!is_utf8(decoded)) return std::nullopt;
    return decoded;
}

std::string percent_encode(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c)) {
            encoded.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded.push_back('%');
        encoded.push_back(digits[byte >> 4U]);
        encoded.push_back(digits[byte & 0x0FU]);
    }
    return encoded;
}

std::optional<Target> parse_target(std::string_view target, std::string_view base_path) {
    if (target.empty() || target.front() != '/') return std::nullopt;
    const std::size_t mark = target.find('?');
    auto segments = split_path(target.substr(0, mark));
    if (!segments) return std::nullopt;
    Target parsed{std::move(*segments), {}, false};
    parsed.under_base_path = strip_base_path(parsed.segments, base_path);
    if (mark != std::string_view::npos && !split_query(target.substr(mark + 1), parsed.query)) return std::nullopt;
    return parsed;
}

}  // namespace http
