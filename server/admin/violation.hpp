#pragma once

#include "server/db/connection.hpp"

namespace admin {

/// Says what the database refused in words of the document: throws gis::InvalidRequest or gis::Conflict naming the
/// member for what the input is to blame for, else `error` again.
[[noreturn]] void explain(const db::SqlError& error);

/// Runs `work` with its violations explained.
template <typename Work>
auto explained(Work work) {
    try {
        return work();
    } catch (const db::SqlError& error) {
        explain(error);
    }
}

}  // namespace admin
