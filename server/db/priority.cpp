#include "server/db/priority.hpp"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <string>

namespace db {

namespace {

/// The PostgreSQL process that serves `connection`, or 0 when it is none of this machine.
pid_t local_backend(const Connection& connection) {
    const int pid = connection.local_backend_pid();
    if (pid <= 0) return 0;
    // The number means a process here only when the server is not in a container of its own.
    std::ifstream name_file("/proc/" + std::to_string(pid) + "/comm");
    std::string name;
    std::getline(name_file, name);
    return name == "postgres" ? pid : 0;
}

/// To all the processors that this program may use but the last.
void confine(pid_t task) {
    cpu_set_t set;
    CPU_ZERO(&set);
    ::sched_getaffinity(::getpid(), sizeof set, &set);
    for (std::size_t i = CPU_SETSIZE; i-- > 0 && CPU_COUNT(&set) > 1;) {
        if (!CPU_ISSET(i, &set)) continue;
        CPU_CLR(i, &set);
        break;
    }
    ::sched_setaffinity(task, sizeof set, &set);
}

/// Long turns, seldom: kernels that know turns of a task's own (Linux 6.12) let whoever takes shorter ones interrupt it
/// at once. Where the kernel refuses, all stays as it was.
void lower(pid_t task) {
    struct {
        std::uint32_t size = 48;
        std::uint32_t policy = SCHED_BATCH;
        std::uint64_t flags = 0;
        std::int32_t niceness = 10;
        std::uint32_t priority = 0;
        std::uint64_t turn_ns = 20'000'000;
        std::uint64_t deadline_ns = 0;
        std::uint64_t period_ns = 0;
    } wanted;  // sched_setattr(2), which C libraries of today do not all have
    ::syscall(SYS_sched_setattr, task, &wanted, 0U);
}

void move_to_background(pid_t task) {
    confine(task);
    lower(task);
}

}  // namespace

void move_thread_to_background() {
    move_to_background(::gettid());
}

void move_backend_to_background(Connection& connection) {
    // Helpers would be started by somebody else, at full pace.
    connection.execute("set max_parallel_workers_per_gather = 0");
    connection.execute("set max_parallel_maintenance_workers = 0");
    if (const pid_t pid = local_backend(connection); pid > 0) move_to_background(pid);
}

}  // namespace db
