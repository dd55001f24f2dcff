#pragma once

#include "auth/jwk.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace auth {

/// What a verified token says (RFC 7519 section 4).
struct Claims {
    std::string issuer;
    std::string subject;                ///< who, unique within the issuer; 1 to 255 bytes without control characters
    std::vector<std::string> audience;  ///< at least the verifier's own
    std::int64_t expires = 0;           ///< seconds since 1970
    /// All other claims that are one value: texts as they are, booleans "true" and "false", whole numbers in decimal.
    std::map<std::string, std::string>
        values;  ///< "email", "email_verified", "preferred_username", "nonce", "scope" ...
    /// All other claims that are arrays of texts ("groups"). Objects and mixed arrays are left out.
    std::map<std::string, std::vector<std::string>> lists;

    std::optional<std::string> value(const std::string& name) const;
};

/// What the token is for; one may not be used as the other.
enum class TokenUse {
    Identity,  ///< OpenID Connect id_token: `typ` absent or JWT, `iat` is there, `azp` is the audience (Core 3.1.3.7)
    Access,  ///< access token: `typ` at+jwt (RFC 9068), or absent or JWT when nothing in it says that it is an id_token
};

/// Verifies JSON Web Tokens in compact form, signed (RFC 7515 section 5.2, RFC 8725). The algorithm must be allowed
/// here and be the one the key is for; keys come from the set and never from the token (`jku`, `x5u`, `jwk`, `x5c`); no
/// `crit` extension is understood. 60 s are allowed for clocks that differ.
class JwtVerifier {
  public:
    JwtVerifier(std::string issuer, std::string audience, TokenUse use = TokenUse::Identity,
                std::vector<Algorithm> allowed = {Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa});

    /// Throws Refused with the reason, UnknownKey when it is the token's `kid`. Tokens may have 16 KB.
    Claims verify(std::string_view token, const JwkSet& keys, std::chrono::system_clock::time_point now) const;

  private:
    void check_signature(std::string_view signed_part, std::string_view header, std::string_view signature,
                         const JwkSet& keys) const;

    std::string issuer_;
    std::string audience_;
    TokenUse use_;
    std::vector<Algorithm> allowed_;
};

}  // namespace auth
