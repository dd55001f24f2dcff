#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace auth {

/// Base64 with `-` and `_`, without padding (RFC 7515 section 2).
std::string encode_base64url(std::string_view bytes);

/// Nothing when the text is anything else than what encode_base64url writes: padding, spaces, other characters, stray
/// bits in the last character. Exactly one text stands for given bytes.
std::optional<std::string> decode_base64url(std::string_view text);

/// Base64 with padding, for the Basic scheme of HTTP (RFC 7617).
std::string encode_base64(std::string_view bytes);

}  // namespace auth
