#include "http/conditional.hpp"

#include "http/header_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <functional>

namespace http {
namespace {

std::string_view without_weak_mark(std::string_view tag) {
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    return tag;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// "-500": the last 500 bytes.
RangeRequest suffix_range(std::string_view length_text, std::uint64_t size) {
    const auto length = parse_number(length_text);
    if (!length) return {};
    if (*length == 0 || size == 0) return {RangeKind::Unsatisfiable, {}};
    return {RangeKind::Part, {size - std::min(*length, size), size - 1}};
}

}  // namespace

std::string etag_of(std::string_view bytes) {
    // libstdc++ hashes bytes with a fixed seed, so the tag survives a restart; 64 bits beside the length are enough to
    // tell the versions of one resource apart, which is all a tag has to do.
    return fmt::format("\"{:x}-{:x}\"", bytes.size(), std::hash<std::string_view>{}(bytes));
}

std::string quoted_etag(std::string_view tag) {
    if (tag.starts_with('"') || tag.starts_with("W/\"")) return std::string(tag);
    return fmt::format("\"{}\"", tag);
}

std::string weak_etag(std::string_view tag) {
    return tag.starts_with("W/") ? std::string(tag) : "W/" + std::string(tag);
}

bool none_match_hits(std::string_view if_none_match, std::string_view etag) {
    if (trimmed(if_none_match) == "*") return true;
    const std::string_view wanted = without_weak_mark(etag);
    // A tag may hold commas, so the list is read quote by quote.
    for (std::size_t open = if_none_match.find('"'); open != std::string_view::npos;) {
        const std::size_t close = if_none_match.find('"', open + 1);
        if (close == std::string_view::npos) return false;
        if (if_none_match.substr(open, close - open + 1) == wanted) return true;
        open = if_none_match.find('"', close + 1);
    }
    return false;
}

RangeRequest parse_range(std::string_view range, std::uint64_t size) {
    range = trimmed(range);
    if (!range.starts_with("bytes=")) return {};
    range.remove_prefix(6);
    const std::size_t dash = range.find('-');
    if (dash == std::string_view::npos) return {};
    if (dash == 0) return suffix_range(range.substr(1), size);
    const auto first = parse_number(range.substr(0, dash));
    const auto last =
        dash + 1 == range.size() ? std::optional<std::uint64_t>(UINT64_MAX) : parse_number(range.substr(dash + 1));
    if (!first || !last || *last < *first) return {};
    if (*first >= size) return {RangeKind::Unsatisfiable, {}};
    return {RangeKind::Part, {*first, std::min(*last, size - 1)}};
}

bool if_range_holds(std::string_view if_range, std::string_view etag) {
    // A date would need Last-Modified, which is never sent: not equal, so the whole body goes out.
    return trimmed(if_range) == etag && !etag.starts_with("W/");
}

}  // namespace http
