#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace jobs {

/// A worker under way. Killed, with whatever it may have started, when destroyed.
class WorkerProcess {
  public:
    /// Runs `program` with the argument "worker" on the task, a file of JSON; its complaints go to `complaints`, a
    /// file. Throws gis::Unavailable when it cannot be started.
    WorkerProcess(const std::string& program, const std::filesystem::path& task, const std::filesystem::path& scratch,
                  const std::filesystem::path& complaints);
    ~WorkerProcess();
    WorkerProcess(const WorkerProcess&) = delete;
    WorkerProcess& operator=(const WorkerProcess&) = delete;

    /// Where it says what it found.
    int output() const { return output_; }
    void kill();
    /// Waits for its end: why it ended, in French, or nothing when all went well.
    std::string end();

  private:
    pid_t pid_ = -1;
    int output_ = -1;
};

}  // namespace jobs
