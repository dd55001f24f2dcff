#pragma once

#include <cstdint>
#include <string>

#include "gis/access/scope.hpp"
#include "server/db/connection.hpp"

namespace api {

/// When, by which rules and after which changes a transaction reads.
struct ReadMoment {
    gis::Scope::Time at;
    std::int64_t access_revision = 0;
    std::string snapshot;  ///< pg_snapshot as text

    /// By the rules that the scope was made from, and not by those that hold since: else what is read is not what
    /// callers of an equal scope see.
    bool is_by(const gis::Scope& scope) const;
};

/// The moment that the database tells as seconds since 1970, with that access.revision; without snapshot.
ReadMoment moment_at(double seconds, std::int64_t access_revision);

/// Of the transaction at hand.
ReadMoment read_moment(db::Connection& connection);

}  // namespace api
