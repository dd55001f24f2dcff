#include "http/request_builder.hpp"

#include "http/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <random>

namespace http {
namespace {

constexpr std::size_t longest_request_id = 64;

bool is_request_id(const std::string& text) {
    return !text.empty() && text.size() <= longest_request_id && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.';
    });
}

}  // namespace

std::string new_request_id() {
    thread_local std::mt19937_64 numbers{(std::uint64_t{std::random_device{}()} << 32U) | std::random_device{}()};
    std::string id(16, '0');
    std::uint64_t number = numbers();
    for (char& digit : id) {
        digit = "0123456789abcdef"[number & 15U];
        number >>= 4U;
    }
    return id;
}

std::variant<RoutedRequest, Refusal> build_request(ReceivedHead head, const std::string& peer,
                                                   const ServerContext& context) {
    const bool is_asterisk = head.target == "*";
    auto target = parse_target(is_asterisk ? "/" : head.target, context.config.base_path);
    if (!target) return Refusal{400, "the address is not valid percent-encoded UTF-8, or leaves the root"};

    RoutedRequest routed{std::make_shared<Request>(), {}};
    Request& request = *routed.request;
    request.method = *parse_method(head.method);
    request.headers = std::move(head.headers);
    request.path = is_asterisk ? "*" : target->path();
    request.target = std::move(head.target);
    Origin origin = origin_of(request.headers, peer, context.trusted,
                              {context.config.public_url, context.config.base_path}, target->under_base_path);
    request.from_trusted_proxy = context.trusted.contains(peer);
    request.peer_address = std::move(origin.peer_address);
    request.base_url = std::move(origin.base_url);
    const std::string* id = request.header("X-Request-Id");
    request.id = id != nullptr && is_request_id(*id) ? *id : new_request_id();
    if (is_asterisk) {
        routed.match.allowed = {Method::Get,   Method::Head,   Method::Post,   Method::Put,
                                Method::Patch, Method::Delete, Method::Options};
        return routed;
    }
    routed.match = context.router.match(request.method, target->segments);
    request.query = std::move(target->query);
    request.params = std::move(routed.match.params);
    if (routed.match.route != nullptr) request.route = routed.match.route->pattern;
    return routed;
}

}  // namespace http
