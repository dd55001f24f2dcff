#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "server/auth/oidc.hpp"

namespace gate {

/// Logins under way at the OpenID Connect provider, by their state. Each can be taken once, within ten minutes, by the
/// browser that began it.
class SignIns {
  public:
    struct Pending {
        auth::AuthorizationStart start;
        std::string redirect_uri;
        std::string return_path;  ///< in the portal
    };

    void keep(Pending pending);
    std::optional<Pending> take(const std::string& state);

  private:
    struct Entry {
        Pending pending;
        std::chrono::steady_clock::time_point begun;
    };
    std::mutex mutex_;
    std::map<std::string, Entry> entries_;
};

}  // namespace gate
