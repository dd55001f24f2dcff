#pragma once

#include "server/admin/records.hpp"

namespace admin {

/// What the person sees at a moment, as the database itself decides it: {"person", "at", "layers", "ended"}. `at` is a
/// date (its first moment; today: now) or a date-time, empty for now. Throws gis::NotFound, gis::InvalidRequest.
Json sees(db::Connection& connection, const std::string& person_id, const std::string& at);

/// Whether the person will still have the right to administer in an hour: an end set to "now" by another clock counts.
bool will_administer(db::Connection& connection, int person_id);

}  // namespace admin
