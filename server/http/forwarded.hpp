#pragma once

#include "http/request.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace http {

/// Addresses of the proxies whose X-Forwarded-* headers are believed. Anybody else's are ignored.
class TrustedProxies {
  public:
    /// Each entry is an address or a CIDR block, IPv4 or IPv6. Throws std::invalid_argument naming a malformed one.
    explicit TrustedProxies(const std::vector<std::string>& blocks);

    /// `address` as text; an IPv4 address mapped into IPv6 counts as IPv4. False for what is no address.
    bool contains(std::string_view address) const;

  private:
    struct Block {
        std::array<std::uint8_t, 16> bytes;
        unsigned bits;
    };
    std::vector<Block> blocks_;
};

/// Who sends the request and under which name the server was reached.
struct Origin {
    std::string peer_address;
    std::string base_url;
};

/// How the server is reached, as far as the configuration says it.
struct PublicName {
    std::string public_url;  ///< without trailing slash; wins over everything when not empty
    std::string base_path;   ///< "" or "/prefix"
};

/// `peer` is the socket's peer. A trusted peer may name the client (X-Forwarded-For: the last address that is no
/// trusted proxy), the scheme, host, port and prefix; each value is checked and a malformed one ignored. Of a list
/// the last element counts: it is the one the trusted proxy wrote. `under_base_path`: the target had the base path.
Origin origin_of(const std::vector<Header>& headers, const std::string& peer, const TrustedProxies& trusted,
                 const PublicName& name, bool under_base_path);

}  // namespace http
