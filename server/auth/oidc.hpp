#pragma once

#include "auth/http_client.hpp"
#include "auth/identity_provider.hpp"
#include "auth/jwt.hpp"

#include <string>
#include <string_view>

namespace auth {

/// A provider the administrator trusts, and what Carreau is there.
struct OidcOptions {
    std::string issuer;  ///< exactly as its tokens and its discovery document write it
    std::string client_id;
    std::string client_secret;  ///< read from a file by the caller
    std::string scopes = "openid profile email";
    std::string title;     ///< what the sign-in button says
    std::string audience;  ///< of access tokens; empty for the client_id
};

/// A sign-in under way. Keep all but the address with the browser's session until it comes back.
struct AuthorizationStart {
    std::string url;    ///< where to send the browser
    std::string state;  ///< comes back as `state`; the caller compares it (RFC 6749 section 10.12)
    std::string nonce;
    std::string code_verifier;  ///< PKCE (RFC 7636), a secret
};

/// Signs people in with OpenID Connect's code flow, PKCE and a client secret, and verifies the access tokens of
/// services. May be shared by threads; blocks for up to some seconds: call it on worker threads. Throws Refused when
/// the person or the token is not accepted, ProviderAway when it cannot be said.
class OidcClient {
  public:
    using Clock = std::chrono::steady_clock;

    /// Throws std::invalid_argument naming the option that is missing or wrong. Asks nothing of the provider yet.
    explicit OidcClient(OidcOptions options, HttpClientLimits limits = {});

    const OidcOptions& options() const { return options_; }

    AuthorizationStart begin(const std::string& redirect_uri);
    /// Takes the `code` that the browser brought back for who it is: the claims of the verified id_token, never asking
    /// the userinfo endpoint. `redirect_uri`, `nonce` and `code_verifier` are those of begin().
    Claims finish(const std::string& code, const std::string& redirect_uri, const std::string& nonce,
                  const std::string& code_verifier);
    /// An access token that is a JWT of this issuer for this audience.
    Claims verify_bearer(std::string_view token);

  private:
    std::string ask_for_id_token(const std::string& code, const std::string& redirect_uri,
                                 const std::string& code_verifier);
    Claims verify(const JwtVerifier& verifier, std::string_view token);

    OidcOptions options_;
    HttpClient client_;
    IdentityProvider provider_;
    JwtVerifier identity_;
    JwtVerifier access_;
};

}  // namespace auth
