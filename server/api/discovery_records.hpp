#pragma once

#include <vector>

#include "gis/records/record.hpp"
#include "server/api/call.hpp"

namespace api {

/// What discovery services say of the INSPIRE data sets that the caller may have, and of the service that gives them.
/// `everybody` is the scope of who shows nothing.
std::vector<gis::records::Record> discovery_records(const Services& services, const Call& call,
                                                    const gis::Scope& everybody);

/// The places of those that match, in order. What it is given need not outlive the call.
boost::asio::awaitable<std::vector<std::size_t>> search_records(const Services& services, CallPtr call,
                                                                const std::vector<gis::records::Record>& records,
                                                                const gis::FilterPtr& filter,
                                                                const std::vector<gis::records::Sort>& sort);

}  // namespace api
