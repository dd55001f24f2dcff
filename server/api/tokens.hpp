#pragma once

#include "server/api/body.hpp"
#include "server/api/handlers.hpp"

namespace api {

/// Tokens and application passwords as JSON: of one person, or of all (`person_id` 0). Sessions of the portal are left
/// out.
Json list_tokens(db::Connection& connection, int person_id);

/// Makes one for the person from {"title", "kind", "expires_at"}; the answer alone ever holds the secret. `run_as` may
/// write credentials.
Answer make_token(const Services& services, CallPtr call, db::As run_as, int person_id, Json body);

/// Takes one away, of this person only unless `person_id` is 0. Throws gis::NotFound.
Answer revoke_token(const Services& services, CallPtr call, db::As run_as, int person_id);

}  // namespace api
