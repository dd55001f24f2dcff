#pragma once

#include "auth/public_key.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace auth {

/// One signing key of a provider (RFC 7517 section 4).
struct Jwk {
    std::string kid;  ///< may be empty
    PublicKey key;
};

/// The keys of a provider that Carreau can use.
struct JwkSet {
    std::vector<Jwk> keys;
};

/// Reads a JWK set (RFC 7517 section 5): at most 100 keys. Left out, as that section says, are keys of other types, for
/// encryption (`use`, `key_ops`), for another algorithm (`alg`), weak or malformed; the `x5u` and `x5c` of a key are
/// not looked at. Throws std::invalid_argument when the text is no JWK set.
JwkSet parse_jwks(std::string_view text);

}  // namespace auth
