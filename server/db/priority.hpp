#pragma once

#include "server/db/connection.hpp"

namespace db {

/// Lets everything else go before this thread: `niceness` as in setpriority(2), 0 to 19.
void yield_thread(int niceness);

/// The same for the PostgreSQL process that serves `connection`, where it is one of this machine and of the same user,
/// as those of the private cluster are; elsewhere nothing happens.
void yield_backend(const Connection& connection, int niceness);

}  // namespace db
