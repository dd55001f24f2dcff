#pragma once

#include "http/response.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

struct RouteOptions {
    /// Largest request body in bytes, when it differs from the server's.
    std::optional<std::uint64_t> body_limit;
    /// The handler takes the body piece by piece from Request::body_source; such a body needs a Content-Length and has
    /// no limit but what the handler sets.
    bool streams_body = false;
};

struct Route {
    Method method = Method::Get;
    std::string pattern;
    Handler handler;
    RouteOptions options;
    std::vector<std::string> names;  ///< parameters of the pattern, in order
};

/// What the table says about one request. No route and nothing allowed: 404. No route but methods: 405 with Allow,
/// or the automatic answer to OPTIONS.
struct RouteMatch {
    const Route* route = nullptr;
    std::vector<std::pair<std::string, std::string>> params;
    /// Methods of this path, HEAD and OPTIONS included; filled when `route` is null, and for OPTIONS.
    std::vector<Method> allowed;
};

/// The route table. A pattern is a path whose segments are literal ("collections"), a parameter ("{id}"), a parameter
/// with literal text around it ("{y}.mvt", "v{major}"), or, last only, a greedy parameter ("{path*}") that takes the
/// rest of the path, which may be nothing. When several patterns fit, the more literal segment wins, from left to
/// right; a pattern that fits but lacks the method gives way to one that has it. GET serves HEAD.
class Router {
  public:
    Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;
    ~Router();

    /// Throws std::invalid_argument when the pattern is malformed or the line is in the table already.
    void add(Method method, std::string_view pattern, Handler handler, RouteOptions options = {});

    /// `segments` are decoded, as parse_target gives them. A parameter never captures an empty segment.
    RouteMatch match(Method method, const std::vector<std::string>& segments) const;

  private:
    struct Node;
    std::unique_ptr<Node> root_;
};

/// "GET, HEAD, OPTIONS", for Allow and Access-Control-Allow-Methods.
std::string method_list(const std::vector<Method>& methods);

}  // namespace http
