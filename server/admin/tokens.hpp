#pragma once

#include "server/admin/records.hpp"

namespace admin {

/// Tokens and application passwords: of one person, or of all (`person_id` 0). Sessions of the portal are left out.
Json list_tokens(db::Connection& connection, int person_id);

/// Makes one for the person from {"title", "kind", "expires_at"}. Its document has "secret", which is nowhere else and
/// not kept. Throws gis::InvalidRequest.
Json make_token(db::Connection& connection, int person_id, const Json& body, const Actor& actor);

/// Takes one away, of this person only unless `person_id` is 0. Throws gis::NotFound.
void revoke_token(db::Connection& connection, const std::string& token_id, int person_id, const Actor& actor);

}  // namespace admin
