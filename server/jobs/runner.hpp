#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "gis/read/survey_codes.hpp"
#include "server/db/connection.hpp"

namespace jobs {

/// Takes jobs from the queue in PostgreSQL (capture.job) and does them, each once: reads uploads by a worker process in
/// a sandbox and keeps the rows as a draft, publishes drafts, undoes publications. A job is held by a lease; when its
/// holder dies, another takes it after the lease. Several servers may share a queue.
class Runner {
  public:
    struct Options {
        std::string dsn;                         ///< of the schema's owner
        std::filesystem::path uploads;           ///< where UploadStore keeps its files
        int workers = 2;                         ///< files read at the same time
        std::string program = "/proc/self/exe";  ///< run as `program worker`
        std::uint64_t memory = 1U << 30U;        ///< of one worker, bytes of address space
        std::uint64_t cpu_seconds = 60;
        std::vector<gis::read::SurveyCode> codes;  ///< what the codes of surveyed points draw
        std::function<void(const std::string&)> log;
    };

    explicit Runner(Options options);
    /// Lets go of the jobs under way: they begin anew in the next runner.
    ~Runner();
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

  private:
    void work();
    bool do_one(db::Connection& connection);
    void keep_house(db::Connection& connection);

    Options options_;
    std::atomic<bool> stopping_{false};
    std::vector<std::thread> threads_;
};

}  // namespace jobs
