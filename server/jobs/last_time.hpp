#pragma once

#include <optional>
#include <string>

#include "server/jobs/job.hpp"

// What was confirmed for files of an organisation is proposed for its next ones that look alike: the same formats, the
// same names of fields.

namespace jobs {

/// How files are read: into which layer (none: what they say), and what was said of them.
struct Manner {
    std::optional<std::string> layer;
    Json wishes = Json::object();
};

struct LastTime {
    Manner manner;
    std::string date;  ///< when a deposit read so was published: "2026-11-26"
};

/// Keeps what the worker found in the files, for the person to choose by.
void note_recognised(db::Connection& connection, const Job& job, const Json& recognised);

/// How files like these were read the last time; nothing when the person wants none of it, aims at another layer, or
/// may no longer deposit in that one.
std::optional<LastTime> last_time(db::Connection& connection, const Job& job, const Json& recognised);

/// What the person says, and the last time where he says nothing.
Manner as_last_time(const Manner& said, const LastTime& last);

/// Why the CRS of the last time is not these files'; empty: it is. `alone` is what was recognised without it, `so`
/// with.
std::string misfit(const Manner& said, const LastTime& last, const Json& alone, const Json& so);

/// In the transaction that publishes the job: how it was read is how the next files like these are.
void remember(db::Connection& connection, const Job& job);

}  // namespace jobs
