#pragma once

#include "server/api/documents.hpp"

namespace api {

/// Adds the paths of jobs, and of the inbox of those that were handed over, to the description of the API.
void add_job_paths(Json& paths);

}  // namespace api
