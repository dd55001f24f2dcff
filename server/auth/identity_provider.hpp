#pragma once

#include "auth/http_client.hpp"
#include "auth/jwk.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace auth {

/// What Carreau uses of a discovery document (OpenID Connect Discovery section 3).
struct ProviderEndpoints {
    std::string authorization;  ///< where browsers go
    std::string token;
    std::string keys;
    bool takes_basic = true;  ///< client_secret_basic at the token endpoint, otherwise client_secret_post
};

/// Reads the discovery document of `issuer`. Throws ProviderAway when it is another's, or lacks something.
ProviderEndpoints parse_discovery(const std::string& text, const std::string& issuer);

/// The documents a provider publishes, fetched when first asked for and kept: endpoints for an hour, keys for ten
/// minutes. May be shared by threads; blocks. Everything throws ProviderAway; after a failure no one asks for 5
/// seconds, so that a provider that is away does not hold a thread for each request.
class IdentityProvider {
  public:
    using Time = std::chrono::steady_clock::time_point;

    IdentityProvider(std::string issuer, HttpClient client) : issuer_(std::move(issuer)), client_(client) {}

    std::shared_ptr<const ProviderEndpoints> endpoints(Time now);
    std::shared_ptr<const JwkSet> keys(Time now);
    /// The keys for a token whose key is not among keys(): fetched again, but at most once a minute.
    std::shared_ptr<const JwkSet> keys_for_unknown(Time now);

  private:
    template <typename T>
    struct Kept {
        std::shared_ptr<const T> value;
        Time fetched;
    };

    template <typename T>
    std::shared_ptr<const T> get(Kept<T>& kept, std::chrono::seconds max_age, Time now,
                                 const std::function<T()>& fetch);
    std::string fetch(const std::string& url) const;
    JwkSet fetch_keys(Time now);

    std::string issuer_;
    HttpClient client_;
    std::mutex mutex_;  ///< guards what follows; never held during a transfer
    Kept<ProviderEndpoints> endpoints_;
    Kept<JwkSet> keys_;
    Time away_until_{};
};

}  // namespace auth
