#pragma once

#include <string>

#include "server/admin/members.hpp"
#include "server/api/documents.hpp"
#include "server/http/request.hpp"

namespace api {

/// The request's body as a JSON object. Throws gis::InvalidRequest when it is none, too deep, or holds a member that is
/// not in `known` (empty: any member).
Json json_body(const http::Request& request, const std::vector<std::string>& known = {});

using admin::moment_member;
using admin::required_text;
using admin::text_member;

}  // namespace api
