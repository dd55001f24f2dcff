#pragma once

#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "gis/edit/edit.hpp"
#include "server/http/response.hpp"

namespace api {

/// The one place where exceptions become answers: the domain's errors with their text, anything else as 500 with the
/// request id and nothing of SQL, paths or types. Errors on API paths are application/problem+json.
http::Response to_response(const http::Request& request, const std::exception_ptr& error);

/// A refused edit: 422, or what its problems agree on (403, 404, 409, 412), and every problem in `errors`. `documents`
/// are further members, each a JSON text.
http::Response refused(const http::Request& request, const gis::EditRefused& refusal,
                       const std::vector<std::pair<std::string, std::string>>& documents = {});

}  // namespace api
