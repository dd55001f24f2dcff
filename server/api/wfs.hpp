#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "gis/wfs/request.hpp"
#include "server/api/handlers.hpp"

// The Web Feature Service: what its files share.

namespace api {

using WfsRequestPtr = std::shared_ptr<const gis::wfs::Request>;

/// Where the service is, for this client.
std::string wfs_url(const http::Request& request);

// Operations; the layers of `request` live as long as the call.
Answer wfs_features(const Services& services, CallPtr call, WfsRequestPtr request);
Answer wfs_data_set(const Services& services, CallPtr call, WfsRequestPtr request);
Answer wfs_transaction(const Services& services, CallPtr call, WfsRequestPtr request);

/// What went wrong as the report that clients of the request's version read. Nothing for what is not WFS's to tell:
/// who asks (401, 429), a busy database, a bug.
std::optional<Response> wfs_problem(const http::Request& request, const std::exception_ptr& error);

}  // namespace api
