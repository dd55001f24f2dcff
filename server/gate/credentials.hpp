#pragma once

#include <string>

#include "server/http/request.hpp"

namespace gate {

/// What a request shows of who asks, not yet checked.
struct Credentials {
    enum class Kind {
        None,
        Basic,   ///< login and application password (RFC 7617)
        Secret,  ///< a token of ours: Authorization: Bearer, or X-API-Key
        Jwt,     ///< Bearer with two dots: of the OpenID provider
        Cookie,
        Proxy  ///< a configured proxy says who it is
    };
    Kind kind = Kind::None;
    std::string login;   ///< Basic and Proxy
    std::string secret;  ///< all but Proxy
};

/// Reads them. Authorization counts before X-API-Key, that before the cookie. `identity_header` is believed of a
/// trusted proxy only; empty: of nobody. Throws Unauthorized when a header is there but malformed.
Credentials credentials_of(const http::Request& request, const std::string& identity_header);

/// Name of the session cookie under this base URL: with the __Host- prefix where browsers allow it.
std::string cookie_name(const std::string& base_url);

/// "Set-Cookie" of a session, or of its end when `secret` is empty.
std::string session_cookie(const std::string& base_url, const std::string& secret);

/// Value of the cookie `name`; empty when it is absent.
std::string cookie_value(const http::Request& request, const std::string& name);

}  // namespace gate
