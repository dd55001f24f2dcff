#pragma once

#include "server/db/connection.hpp"

namespace db {

/// For long work that nobody waits for by the millisecond: the calling thread, and the threads and processes it starts.
/// They leave one processor to the others, where there are several, so that tiles do not feel them; where others want
/// their processor as well, they get a tenth.
void move_thread_to_background();
/// The same for the PostgreSQL process that serves `connection`, where it is one of this machine and of the same user,
/// as those of the private cluster are. Everywhere: it asks no other process for help.
void move_backend_to_background(Connection& connection);

}  // namespace db
