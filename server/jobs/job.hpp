#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/import/versions.hpp"
#include "server/jobs/task.hpp"

namespace jobs {

/// A job that this runner holds.
struct Job {
    std::int64_t id = 0;
    std::string holder;  ///< this runner's claim: what it says counts as long as nobody else holds the job
    std::string state;   ///< "reading", "publishing", "undoing"
    int person = 0;      ///< whose it is
    std::optional<std::string> layer;
    std::vector<std::string> tables;  ///< rows for others are refused
    Json wishes;
    std::int64_t organisation = 0;  ///< of the depositor
    importing::Replace replace = importing::Replace::Coverage;

    struct File {
        std::string upload, name, sha256;
    };
    std::vector<File> files;
    bool is_complete = true;  ///< false: some of the files are no longer there
};

/// How long a holder may be silent.
inline constexpr auto lease = "15 seconds";
inline constexpr int most_attempts = 3;

/// The next job nobody holds, with a lease; nothing when there is none. One whose holders died too often is failed.
std::optional<Job> claim(db::Connection& connection);

enum class Held { Yes, Cancelled, Lost };
/// Prolongs the lease and tells how far the work is.
Held prolong(db::Connection& connection, const Job& job, const Json& progress);

/// The job is over, for now. `reason` is for the person. False: somebody else holds it by now, and nothing was changed.
bool settle(db::Connection& connection, const Job& job, const std::string& state, const std::string& reason,
            const std::optional<Json>& report = std::nullopt);

/// What became of the drafts of a job.
struct JobVersion {
    int version_id = 0;
    std::string target;
    int part_id = 0;
    std::string part_table;
    std::int64_t rows = 0;
};
std::vector<JobVersion> versions_of(db::Connection& connection, std::int64_t job);

/// Takes away the drafts of a job that are not published.
void discard_drafts(db::Connection& connection, std::int64_t job);

}  // namespace jobs
