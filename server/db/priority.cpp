#include "server/db/priority.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace db {

void yield_thread(int niceness) {
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), niceness);  // a thread's own on Linux
}

void yield_backend(const Connection& connection, int niceness) {
    const int pid = connection.local_backend_pid();
    if (pid <= 0) return;
    // The number means a process here only when the server is not in a container of its own.
    std::ifstream name_file("/proc/" + std::to_string(pid) + "/comm");
    std::string name;
    std::getline(name_file, name);
    if (name == "postgres") setpriority(PRIO_PROCESS, static_cast<id_t>(pid), niceness);
}

}  // namespace db
