#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace command {

/// A line that tells how far long work is: a bar with rate and remaining time on a terminal, a line now and then
/// elsewhere. May be told by several threads.
class Progress {
  public:
    explicit Progress(std::string title);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// `fraction` from 0 to 1, `done` things of `unit` so far.
    void tell(double fraction, std::int64_t done, std::string_view unit);
    void finish(std::string_view outcome);

  private:
    std::string title_;
    std::chrono::steady_clock::time_point begin_;
    std::chrono::steady_clock::time_point last_;
    bool terminal_;
    bool finished_ = false;
    std::mutex mutex_;
};

/// "1 min 20 s", "12 s".
std::string duration_text(std::chrono::duration<double> duration);

/// "280 000": thousands apart, as French writes them.
std::string count_text(std::int64_t count);

}  // namespace command
