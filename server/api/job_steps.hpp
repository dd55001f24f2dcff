#pragma once

#include <string>
#include <vector>

#include "server/api/handlers.hpp"

// What the handlers of jobs share.

namespace api {

/// The number in the address. Throws gis::NotFound for what is none.
std::string job_id(const http::Request& request);

/// The layers the caller may deposit in, somewhere.
std::vector<const gis::Layer*> layers_for_deposits(const Call& call);

}  // namespace api
