#pragma once

#include <optional>
#include <string>

#include "gis/layer/layer.hpp"
#include "server/api/call.hpp"
#include "server/db/connection.hpp"

namespace api {

/// The moment of a layer's past that a request asks for.
struct PastMoment {
    std::string instant;  ///< RFC 3339
    /// `as-of` before the record begins is refused; `datetime` then means the earliest that is known, for a feature
    /// without a time matches every time (OGC 17-069r4, 7.15.4).
    bool is_strict = true;
};

/// Reads `as-of`, and `datetime` where the layer has no dates of its own but keeps a record: then it is the record's
/// time that is asked, the end of an interval. Nothing: the present. Throws gis::InvalidRequest where no record is
/// kept, and gis::NotAllowed to whom the layer shows positions made coarse: those have no past.
std::optional<PastMoment> past_moment(const Call& call, const gis::Layer& layer);

/// The moment as SQL is to be asked for it; nothing when it is not past. Throws gis::InvalidRequest.
std::optional<std::string> settled(db::Connection& connection, const gis::Layer& layer,
                                   const std::optional<PastMoment>& moment);

}  // namespace api
