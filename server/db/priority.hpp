#pragma once

#include <sys/types.h>

#include "server/db/connection.hpp"

namespace db {

/// For long work that nobody waits for by the millisecond: a process of one thread, or a thread by its number. It leaves
/// one processor to the others, where there are several, so that tiles do not feel it; where others want its processor
/// as well, it gets a tenth.
void move_to_background(pid_t task);
/// The calling thread, and the threads it starts.
void move_thread_to_background();
/// The same for the PostgreSQL process that serves `connection`, where it is one of this machine and of the same user,
/// as those of the private cluster are. Everywhere: it asks no other process for help.
void move_backend_to_background(Connection& connection);

}  // namespace db
