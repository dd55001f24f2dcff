#include "server/jobs/worker_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <system_error>
#include <thread>
#include <vector>

#include "gis/error.hpp"

namespace jobs {

namespace {

constexpr auto longest_goodbye = std::chrono::seconds(5);

/// Nothing of the server's surroundings but where PROJ and GDAL find their data.
std::vector<std::string> surroundings(const std::filesystem::path& scratch) {
    std::vector<std::string> lines{"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "HOME=" + scratch.string(),
                                   "TMPDIR=" + scratch.string()};
    for (const char* name : {"PROJ_DATA", "PROJ_LIB", "GDAL_DATA"}) {
        if (const char* value = std::getenv(name)) lines.push_back(std::string(name) + "=" + value);
    }
    return lines;
}

std::vector<char*> pointers(std::vector<std::string>& lines) {
    std::vector<char*> list;
    for (std::string& line : lines) list.push_back(line.data());
    list.push_back(nullptr);
    return list;
}

}  // namespace

WorkerProcess::WorkerProcess(const std::string& program, const std::filesystem::path& task,
                             const std::filesystem::path& scratch, const std::filesystem::path& complaints) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw gis::Unavailable("no pipe for a worker");
    output_ = ends[0];
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, task.c_str(), O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, complaints.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);  // sockets of clients and of the database
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    std::vector<std::string> words{"carreau", "worker"};
    std::vector<std::string> lines = surroundings(scratch);
    const int error =
        ::posix_spawn(&pid_, program.c_str(), &files, &attributes, pointers(words).data(), pointers(lines).data());
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    ::close(ends[1]);
    if (error == 0) return;
    ::close(output_);
    throw gis::Unavailable("a worker cannot be started: " + std::generic_category().message(error));
}

WorkerProcess::~WorkerProcess() {
    kill();
    end();
    ::close(output_);
}

void WorkerProcess::kill() {
    if (pid_ > 0) ::kill(-pid_, SIGKILL);
}

std::string WorkerProcess::end() {
    if (pid_ <= 0) return "";
    int status = 0;
    const auto until = std::chrono::steady_clock::now() + longest_goodbye;
    for (pid_t gone = 0; gone != pid_;) {
        const bool waits = std::chrono::steady_clock::now() < until;
        if (!waits) kill();  // it closed its output, and stays
        gone = ::waitpid(pid_, &status, waits ? WNOHANG : 0);
        if (gone < 0 && errno != EINTR) break;
        if (gone == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    pid_ = -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return "";
    if (WIFSIGNALED(status)) {
        const int number = WTERMSIG(status);
        if (number == SIGXCPU) return "la lecture a pris plus de temps de calcul qu'il n'est permis";
        if (number == SIGXFSZ) return "la lecture a écrit plus qu'il n'est permis";
        return fmt::format("le fichier a fait tomber le programme qui le lit (signal {})", number);
    }
    return fmt::format("le programme qui lit le fichier s'est arrêté (code {})", WEXITSTATUS(status));
}

}  // namespace jobs
