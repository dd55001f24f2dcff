#pragma once

#include "server/admin/records.hpp"

namespace admin {

/// Adds a line to the journal, in the transaction of what it tells of.
void note(db::Connection& connection, const Actor& actor, const std::string& action, const std::string& result,
          const std::string& purpose = "");

struct JournalQuestion {
    int limit = 100;
    std::string person;  ///< login; empty: all
    std::string action;  ///< empty: all
};

/// Lines of the journal, newest first.
Json journal(db::Connection& connection, const JournalQuestion& question);

}  // namespace admin
