#pragma once

#include "server/jobs/job.hpp"
#include "server/jobs/runner.hpp"

namespace jobs {

/// Below the folder of uploads: a folder for each reading, named by its holder.
inline constexpr auto readings_folder = "travaux";

/// Reads the files of a job by a worker and keeps what came as its draft; settles the job. `stopping`: gives up and
/// leaves the job to the next runner.
void read_job(db::Connection& connection, const Job& job, const Runner::Options& options,
              const std::atomic<bool>& stopping);

}  // namespace jobs
