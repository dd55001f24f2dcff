#pragma once

#include <memory>
#include <optional>
#include <string_view>

struct evp_pkey_st;

namespace auth {

/// Signature algorithms of tokens (RFC 7518 section 3.1, RFC 8037): public keys only. EdDsa is Ed25519.
enum class Algorithm { Rs256, Es256, EdDsa };

/// Reads "RS256", "ES256", "EdDSA"; nothing for all others, "none" and "HS256" among them.
std::optional<Algorithm> parse_algorithm(std::string_view name);

/// A key that checks signatures of the one algorithm its type is for: what a token claims cannot change that. Cheap to
/// copy. Numbers and points are big-endian bytes, as in a JWK.
class PublicKey {
  public:
    /// All three throw std::invalid_argument when this is no key, or a weak one: RSA from 2048 to 8192 bits.
    static PublicKey rsa(std::string_view modulus, std::string_view exponent);
    static PublicKey p256(std::string_view x, std::string_view y);
    static PublicKey ed25519(std::string_view point);

    Algorithm algorithm() const { return algorithm_; }
    /// Whether `signature`, in the form of RFC 7518 section 3 (ECDSA: r and s, 32 bytes each), is of this message.
    bool verifies(std::string_view message, std::string_view signature) const;

  private:
    PublicKey(Algorithm algorithm, std::shared_ptr<evp_pkey_st> key) : algorithm_(algorithm), key_(std::move(key)) {}

    Algorithm algorithm_;
    std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace auth
