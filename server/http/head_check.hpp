#pragma once

#include "http/limits.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace http {

/// A request that is not worth a handler: the status to answer with and why. The connection closes after it.
struct Refusal {
    int status = 400;
    std::string detail;
};

/// Where the head of a request ends, while its bytes are still arriving.
struct HeadScan {
    std::size_t length = 0;          ///< bytes of the head, blank line included; 0 while it is not complete
    std::optional<Refusal> refusal;  ///< set as soon as the bytes can no longer become a request
};
HeadScan scan_head(std::string_view received, const Limits& limits);

/// Checks a complete head, byte by byte, for every form Boost.Beast 1.74 lets through and that has two readings (who
/// reads it otherwise than the proxy in front opens the door to smuggling): RFC 9112 sections 2.2, 3.2, 5.2, 6.1, 6.3.
std::optional<Refusal> check_head(std::string_view head, const Limits& limits);

/// name[:port], IPv4[:port] or [IPv6][:port] of plain characters; what a link may be built from.
bool is_host(std::string_view text);

}  // namespace http
