#pragma once

namespace jobs {

/// The worker program: reads its task (JSON) from standard input, enters the sandbox, reads the files, and says what it
/// found through standard output (wire.hpp). Knows no database. Gives the exit status.
int run_worker();

}  // namespace jobs
