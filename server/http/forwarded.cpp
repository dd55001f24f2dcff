#include "http/forwarded.hpp"

#include "http/head_check.hpp"
#include "http/header_text.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <stdexcept>

namespace http {
namespace {

using Address = std::array<std::uint8_t, 16>;

/// IPv4 is kept mapped into IPv6, so that one comparison serves both.
std::optional<Address> parse_address(std::string_view text) {
    Address bytes{};
    const std::string zero_ended(text);
    if (inet_pton(AF_INET6, zero_ended.c_str(), bytes.data()) == 1) return bytes;
    bytes.fill(0);
    bytes[10] = bytes[11] = 0xFF;
    if (inet_pton(AF_INET, zero_ended.c_str(), bytes.data() + 12) == 1) return bytes;
    return std::nullopt;
}

bool same_prefix(const Address& a, const Address& b, unsigned bits) {
    for (unsigned i = 0; i < bits; i += 8) {
        const unsigned kept = std::min(8U, bits - i);
        const auto difference = static_cast<unsigned>(a[i / 8] ^ b[i / 8]);
        if ((difference >> (8U - kept)) != 0) return false;
    }
    return true;
}

/// Elements of all header lines of one name, in order.
std::vector<std::string_view> elements(const std::vector<Header>& headers, std::string_view name) {
    std::vector<std::string_view> list;
    for (const Header& header : headers) {
        if (!same_name(header.name, name)) continue;
        const auto found = list_elements(header.value);
        list.insert(list.end(), found.begin(), found.end());
    }
    return list;
}

std::string_view last_element(const std::vector<Header>& headers, std::string_view name) {
    const auto list = elements(headers, name);
    return list.empty() ? std::string_view{} : list.back();
}

std::string client_address(const std::vector<Header>& headers, const std::string& peer, const TrustedProxies& trusted) {
    const auto list = elements(headers, "X-Forwarded-For");
    std::string nearest = peer;
    for (auto element = list.rbegin(); element != list.rend() && trusted.contains(nearest); ++element) {
        if (!parse_address(*element)) break;
        nearest = std::string(*element);
    }
    return nearest;
}

/// A prefix ends up in every link: plain path characters only.
bool is_prefix(std::string_view text) {
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '-' ||
               c == '.' || c == '_' || c == '~';
    });
    return plain && text.starts_with('/') && text.size() <= 200 && text.find("//") == std::string_view::npos &&
           text.find("/.") == std::string_view::npos;
}

/// When the proxy took a prefix away and the base path still stood in the target, both belong into links.
std::string link_prefix(std::string_view forwarded, const std::string& base_path, bool under_base_path) {
    if (forwarded.ends_with('/')) forwarded.remove_suffix(1);
    if (forwarded.empty() || !is_prefix(forwarded)) return base_path;
    const bool append = under_base_path && !forwarded.ends_with(base_path);
    return std::string(forwarded) + (append ? base_path : "");
}

bool has_port(std::string_view host) {
    const std::size_t colon = host.rfind(':');
    return colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
}

}  // namespace

TrustedProxies::TrustedProxies(const std::vector<std::string>& blocks) {
    for (const std::string& text : blocks) {
        const std::size_t slash = text.find('/');
        const auto address = parse_address(std::string_view(text).substr(0, slash));
        const bool is_ipv4 = text.find(':') == std::string::npos;
        const unsigned width = is_ipv4 ? 32 : 128;
        unsigned bits = width;
        if (slash != std::string::npos) {
            const std::string digits = text.substr(slash + 1);
            const bool is_number =
                !digits.empty() && digits.size() <= 3 && digits.find_first_not_of("0123456789") == std::string::npos;
            bits = is_number ? static_cast<unsigned>(std::stoul(digits)) : width + 1;
        }
        if (!address || bits > width) throw std::invalid_argument("trusted proxy: '" + text + "' is no address block");
        blocks_.push_back({*address, is_ipv4 ? bits + 96 : bits});
    }
}

bool TrustedProxies::contains(std::string_view address) const {
    const auto parsed = parse_address(address);
    return parsed && std::any_of(blocks_.begin(), blocks_.end(),
                                 [&](const Block& block) { return same_prefix(*parsed, block.bytes, block.bits); });
}

Origin origin_of(const std::vector<Header>& headers, const std::string& peer, const TrustedProxies& trusted,
                 const PublicName& name, bool under_base_path) {
    const bool believed = trusted.contains(peer);
    Origin origin{believed ? client_address(headers, peer, trusted) : peer, name.public_url};
    if (!name.public_url.empty()) return origin;

    const auto forwarded = [&](std::string_view header) {
        return believed ? last_element(headers, header) : std::string_view{};
    };
    const bool is_https = same_name(forwarded("X-Forwarded-Proto"), "https");
    std::string host(last_element(headers, "Host"));
    const std::string_view forwarded_host = forwarded("X-Forwarded-Host");
    if (is_host(forwarded_host)) host = forwarded_host;
    if (host.empty()) host = "localhost";  // HTTP/1.0 without Host

    const std::string_view port = forwarded("X-Forwarded-Port");
    const bool is_default = port == (is_https ? "443" : "80");
    if (!port.empty() && !is_default && !has_port(host) && is_host("h:" + std::string(port))) {
        host += ":" + std::string(port);
    }
    origin.base_url = (is_https ? "https://" : "http://") + host +
                      link_prefix(forwarded("X-Forwarded-Prefix"), name.base_path, under_base_path);
    return origin;
}

}  // namespace http
