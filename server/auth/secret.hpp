#pragma once

#include <string>
#include <string_view>

namespace auth {

/// `prefix` and 256 random bits in url-safe base64 (43 characters): API keys, session and one-time tokens. The prefix
/// tells people and secret scanners what it is. Store its sha256_hex, never itself.
std::string make_secret(std::string_view prefix);

/// SHA-256 in 64 lower-case hexadecimal digits. Good for secrets of make_secret, which cannot be guessed; not for
/// passwords.
std::string sha256_hex(std::string_view text);

/// SHA-256 as url-safe base64 without padding: the S256 challenge of PKCE (RFC 7636 section 4.2).
std::string sha256_base64url(std::string_view text);

/// HMAC-SHA-256 (RFC 2104) in 64 lower-case hexadecimal digits; the key may have any length.
std::string hmac_hex(std::string_view key, std::string_view text);

/// Whether the two are the same, in a time that depends on their length only.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace auth
