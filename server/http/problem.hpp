#pragma once

#include "http/response.hpp"

#include <string_view>

namespace http {

/// Standard name of a status code, "" for one this server never sends.
std::string_view reason_phrase(int status);

/// An error answer as RFC 9457 asks: application/problem+json with type, title, status, detail, and the request id as
/// instance when `request` is given. An empty title becomes the status code's own name. `parameter` names the member or
/// query parameter that is wrong.
Response problem(int status, std::string_view title, std::string_view detail, const Request* request = nullptr,
                 std::string_view parameter = "");

}  // namespace http
