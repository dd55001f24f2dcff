#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gis/access/scope.hpp"
#include "gis/layer/catalog.hpp"

namespace gate {

/// A convention or engagement of the caller's organisation that ended, or ends within 60 days.
struct Agreement {
    std::string title;
    std::string contact;
    std::string valid_to;  ///< RFC 3339, UTC
    bool ended = false;
    std::vector<std::string> layers;  ///< titles
};

/// Who asks, decided once for a request before anything is answered, even from memory.
struct Caller {
    std::string session_key = "anonymous";  ///< what the database's policies know him by; never leaves the server
    int credential_id = 0;
    int person_id = 0;  ///< 0: anonymous
    std::string login;
    std::string name;
    std::string kind = "anonymous";  ///< of the credential: anonymous, application, token, cookie, oidc, proxy
    int organisation_id = 0;
    std::string organisation;
    std::string organisation_kind;
    std::optional<std::vector<std::string>> services;  ///< nothing: all of the organisation's
    std::vector<Agreement> agreements;
    gis::Scope scope;

    bool is_anonymous() const { return person_id == 0; }
    /// What unsafe requests made with the cookie must send as X-CSRF-Token.
    std::string csrf_token() const;
};

using CallerPtr = std::shared_ptr<const Caller>;

}  // namespace gate
