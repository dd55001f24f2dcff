#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

/// A request target taken apart. `segments` is what the router matches: decoded one by one, so that a %2F inside a
/// segment stays inside it.
struct Target {
    std::vector<std::string> segments;
    std::vector<std::pair<std::string, std::string>> query;
    bool under_base_path = false;  ///< the base path stood in front and was taken away

    /// "/" and the segments; without a trailing slash.
    std::string path() const;
};

enum class Plus { Literal, IsSpace };

/// Nothing when an escape is broken or the result holds a NUL or is not UTF-8.
std::optional<std::string> percent_decode(std::string_view text, Plus plus);

/// Escapes every byte but the unreserved ones of RFC 3986, so the result is safe as one path segment or query value.
std::string percent_encode(std::string_view text);

/// True for well-formed UTF-8: no surrogate, no overlong form, nothing beyond U+10FFFF.
bool is_utf8(std::string_view text);

/// Reads the origin form "/path?query". `base_path` is "" or "/prefix". Dot segments, also written as %2e, are
/// resolved; nothing is returned when they climb above the root or a part cannot be decoded. A trailing slash counts
/// for nothing; an empty segment in the middle stays.
std::optional<Target> parse_target(std::string_view target, std::string_view base_path);

}  // namespace http
