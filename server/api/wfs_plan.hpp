#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "gis/query/feature_query.hpp"
#include "gis/wfs/request.hpp"
#include "gis/write/feature.hpp"
#include "server/api/call.hpp"
#include "server/api/services.hpp"
#include "server/db/connection.hpp"

namespace api {

/// One query's share of an answer.
struct WfsShare {
    const gis::wfs::Query* query = nullptr;
    gis::FeatureQuery features;
    std::string question;      ///< the same text for the same features in the same order
    std::int64_t matched = 0;  ///< exact
    std::int64_t skipped = 0;  ///< before the page begins
    std::int64_t wanted = 0;   ///< as many as the page has room for
    std::int64_t given = 0;    ///< by the counts; after `read_share`: those that were read
    bool has_more = false;     ///< after `read_share`
};

/// What an answer will hold, counted: STARTINDEX and COUNT run over the features of all queries, one after the other.
struct WfsPlan {
    std::vector<WfsShare> shares;

    std::int64_t matched() const;
    std::int64_t given() const;
};

/// Counts in the transaction at hand. Without COUNT, 2.0.0 gives gis::wfs::count_default features, 1.x all of them.
WfsPlan make_wfs_plan(const Services& services, const Call& call, db::Connection& connection,
                      const gis::wfs::GetFeature& request, gis::wfs::Version version);

/// Hands over the features of a share, one after the other, and says in it how many there were. A page that follows the
/// key of the one before goes on where that ended, whatever was added or deleted before it since.
void read_share(const Services& services, db::Connection& connection, WfsShare& share,
                const std::function<void(const gis::Feature&)>& take);

}  // namespace api
