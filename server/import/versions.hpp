#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/db/connection.hpp"
#include "server/import/part_tables.hpp"

namespace importing {

/// What a publication takes out: the rows of the same coverage, nothing (then no id may be there already), the rows of
/// the same ids, the rows in the convex hull of the new ones.
enum class Replace { Coverage, Nothing, Keys, Area };

/// "coverage", "nothing", "keys", "area".
std::string to_string(Replace replace);
std::optional<Replace> parse_replace(std::string_view text);

/// What is published of one table: parts of a version, or a staging table merged by primary key.
struct Publication {
    std::string target;
    int version_id = 0;
    std::vector<int> parts;
    std::string staging;
    std::int64_t rows = 0;
    Replace replace = Replace::Coverage;
};

/// In one transaction: published rows of the same coverage go aside, the new ones are seen, the change feed tells, the
/// layers' extents follow.
/// `also` is part of that transaction. Throws gis::Conflict when nothing should be replaced and ids are there already.
void publish_together(db::Connection& connection, const std::vector<Publication>& publications,
                      const std::function<void(db::Connection&)>& also = {});

/// In one transaction: the published versions become drafts again, what they replaced comes back, the change feed
/// tells. Throws gis::Conflict when something newer took the place of their rows.
void undo_together(db::Connection& connection, const std::vector<int>& version_ids,
                   const std::function<void(db::Connection&)>& also = {});

struct Version {
    int version_id = 0;
    std::string target, vintage, source, state, published_at;
    std::int64_t feature_count = 0;
};
/// Newest first.
std::vector<Version> list_versions(db::Connection& connection, const std::string& target);

/// Puts back what the newest published version of the table replaced; that version goes aside in its turn.
/// Gives the version put back. A version that a deposit published is undone instead, and its owner has his draft again:
/// then 0, for it may have replaced parts of several versions, or none. Throws gis::Conflict when nothing was replaced.
int roll_back(db::Connection& connection, const std::string& target);

/// A published version of `target` (of any table when empty) made of the same files, or 0.
int find_same_source(db::Connection& connection, const std::string& sha256, const std::string& target);

/// Drops a version that is loading or a draft, with its tables.
void discard_version(db::Connection& connection, int version_id);

/// Takes away what an import that was killed left behind: versions that no living session loads.
void discard_abandoned(db::Connection& connection);

}  // namespace importing
