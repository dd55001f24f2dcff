#pragma once

#include "auth/jwt.hpp"

#include <nlohmann/json_fwd.hpp>

namespace auth {

/// The claims of a token whose signature is good, as they are: types and the presence of iss, sub, aud and exp are
/// checked, what they say is not. Throws Refused.
Claims read_claims(const nlohmann::json& payload);

/// A NumericDate (RFC 7519 section 2) in whole seconds; nothing when absent. Throws Refused when it is no time.
std::optional<std::int64_t> read_time(const nlohmann::json& payload, const char* name);

}  // namespace auth
