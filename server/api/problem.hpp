#pragma once

#include <exception>

#include "server/http/response.hpp"

namespace api {

/// The one place where exceptions become answers: the domain's errors with their text, anything else as 500 with the
/// request id and nothing of SQL, paths or types. Errors on API paths are application/problem+json.
http::Response to_response(const http::Request& request, std::exception_ptr error);

}  // namespace api
