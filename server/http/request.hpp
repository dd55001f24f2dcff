#pragma once

#include "http/body_source.hpp"
#include "http/cancel_signal.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

enum class Method { Get, Head, Post, Put, Patch, Delete, Options };

/// "GET" for Method::Get.
std::string_view method_name(Method method);

/// Nothing for a method this server does not speak; names are case-sensitive (RFC 9110, 9.1).
std::optional<Method> parse_method(std::string_view name);

struct Header {
    std::string name;
    std::string value;
};

/// True when two header names are the same one, whatever their case.
bool same_name(std::string_view a, std::string_view b);

/// One request, checked and decoded. A handler gets it as `shared_ptr<const Request>`: nothing changes any more.
struct Request {
    Method method = Method::Get;
    std::string target;  ///< as received: path and query, still percent-encoded
    std::string path;    ///< decoded, valid UTF-8, no NUL, no dot segments, base path taken away; starts with '/'
    std::vector<std::pair<std::string, std::string>> query;   ///< decoded, in order, names may repeat
    std::vector<std::pair<std::string, std::string>> params;  ///< what the route pattern captured, decoded
    std::vector<Header> headers;                              ///< as received
    std::string body;
    std::shared_ptr<BodySource> body_source;  ///< in its place on routes that take the body piece by piece
    std::string id;                           ///< the client's X-Request-Id when well-formed, else generated
    std::string peer_address;                 ///< the client as a trusted proxy names it, else the socket's peer
    bool from_trusted_proxy = false;          ///< the socket's peer is one: its identity header may be believed
    std::string base_url;  ///< what every link starts with: scheme://host[:port][/prefix], no trailing slash
    std::string route;     ///< pattern that matched, empty when none did
    std::shared_ptr<CancelSignal> cancel = std::make_shared<CancelSignal>();

    /// First value of the query parameter `name` (exact case), nothing when it is absent.
    std::optional<std::string_view> query_value(std::string_view name) const;
    /// First header called `name` in any case, or null.
    const std::string* header(std::string_view name) const;
    /// What the route's `{name}` captured; empty when the route has no such parameter.
    std::string param(std::string_view name) const;
};

using RequestPtr = std::shared_ptr<const Request>;

}  // namespace http
