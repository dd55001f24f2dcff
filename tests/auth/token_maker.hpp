#pragma once

#include "auth/jwk.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>

struct evp_pkey_st;

namespace test {

/// A provider's private key: makes tokens, good and bad ones.
class TokenMaker {
  public:
    TokenMaker(auth::Algorithm algorithm, std::string kid);

    /// The public key, with kid, alg and use.
    nlohmann::json jwk() const;
    /// The header of a good token: alg, kid, typ JWT.
    nlohmann::json header() const;
    /// The signature of any bytes, in the form of RFC 7518.
    std::string sign(const std::string& message) const;
    std::string token(const nlohmann::json& header, const nlohmann::json& payload) const;
    /// Header and payload as they are, for what nlohmann would not write.
    std::string token_of_texts(const std::string& header, const std::string& payload) const;
    std::string token(const nlohmann::json& payload) const { return token(header(), payload); }
    /// The public key as people keep it (PEM): the "secret" of the RS256 to HS256 swap.
    std::string public_pem() const;

  private:
    auth::Algorithm algorithm_;
    std::string kid_;
    std::shared_ptr<evp_pkey_st> key_;
};

/// {"keys": [...]}
std::string jwks_text(const std::vector<nlohmann::json>& keys);

}  // namespace test
