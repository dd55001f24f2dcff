#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

// Members of a JSON object that came from outside. Each function throws gis::InvalidRequest naming the member.

namespace admin {

using Json = nlohmann::ordered_json;

/// Refuses members that are not in `known` (empty: none is refused).
void require_members(const Json& body, const std::vector<std::string>& known);

/// A text member; empty when it is absent or null. Refuses something else, more bytes than `longest`, and NUL.
std::string text_member(const Json& body, const std::string& name, std::size_t longest = 1000);

/// The same, and it must be there.
std::string required_text(const Json& body, const std::string& name, std::size_t longest = 1000);

/// A moment: an RFC 3339 date-time, or a date of the territory, which as an end (`is_end`) includes its whole day.
/// Gives SQL text for a timestamptz parameter; empty for null.
std::string moment_member(const Json& body, const std::string& name, bool is_end);

/// The number of something kept, above 0; it must be there.
int required_id(const Json& body, const std::string& name);

/// An array of at most `most` short texts, each once; `where` names it in errors ("rights[0].communes").
std::vector<std::string> text_list(const Json& value, const std::string& where, std::size_t most);

/// As the value of a text[] parameter.
std::string array_text(const std::vector<std::string>& values);

}  // namespace admin
