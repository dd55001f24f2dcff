#pragma once

#include "http/request_reader.hpp"
#include "http/router.hpp"
#include "http/server_context.hpp"

#include <memory>
#include <string>
#include <variant>

namespace http {

/// A request whose body has not been read, and what the route table says about it.
struct RoutedRequest {
    std::shared_ptr<Request> request;
    RouteMatch match;
};

/// Decodes target and addresses of a checked head. A refusal when the target cannot be decoded.
std::variant<RoutedRequest, Refusal> build_request(ReceivedHead head, const std::string& peer,
                                                   const ServerContext& context);

/// 16 hexadecimal digits, unlike any other with near certainty; an identifier, not a secret.
std::string new_request_id();

}  // namespace http
