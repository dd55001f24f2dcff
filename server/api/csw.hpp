#pragma once

#include <exception>
#include <optional>

#include "server/http/response.hpp"

namespace api {

/// An error as a client of the catalogue service reads it: the request's fault as an exception report; nothing for
/// what is not.
std::optional<http::Response> csw_problem(const std::exception_ptr& error);

}  // namespace api
