#pragma once

#include <string>

#include "server/api/documents.hpp"
#include "server/http/request.hpp"

namespace api {

/// The request's body as a JSON object. Throws gis::InvalidRequest when it is none, too deep, or holds a member that is
/// not in `known` (empty: any member).
Json json_body(const http::Request& request, const std::vector<std::string>& known = {});

/// A text member; empty when it is absent or null. Throws gis::InvalidRequest when it is something else or too long.
std::string text_member(const Json& body, const std::string& name, std::size_t longest = 1000);

/// The same, and it must be there.
std::string required_text(const Json& body, const std::string& name, std::size_t longest = 1000);

/// A moment: an RFC 3339 date-time, or a date of the territory, which as an end (`is_end`) includes its whole day.
/// Gives SQL text for a timestamptz parameter; empty for null.
std::string moment_member(const Json& body, const std::string& name, bool is_end);

}  // namespace api
