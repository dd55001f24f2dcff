#include "server/command/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace command {

using namespace std::chrono_literals;

namespace {

constexpr int bar_width = 24;
constexpr auto terminal_step = 100ms;
constexpr auto log_step = 10s;

}  // namespace

Progress::Progress(std::string title)
    : title_(std::move(title)),
      begin_(std::chrono::steady_clock::now()),
      last_(begin_ - 1h),
      terminal_(isatty(STDOUT_FILENO) == 1) {}

Progress::~Progress() {
    if (!finished_ && terminal_) fmt::print("\n");
}

void Progress::tell(double fraction, std::int64_t done, std::string_view unit) {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < (terminal_ ? std::chrono::milliseconds(terminal_step) : std::chrono::milliseconds(log_step)))
        return;
    if (!terminal_ && now - begin_ < 2s) return;
    last_ = now;
    fraction = std::clamp(fraction, 0.0, 1.0);
    const double seconds = std::chrono::duration<double>(now - begin_).count();
    const std::string rate =
        seconds > 0.5
            ? fmt::format("{} {}/s", count_text(static_cast<std::int64_t>(static_cast<double>(done) / seconds)), unit)
            : "";
    const std::string rest =
        fraction > 0.02 ? "reste " + duration_text(std::chrono::duration<double>(seconds * (1 - fraction) / fraction))
                        : "";
    if (terminal_) {
        const auto full = static_cast<std::size_t>(fraction * bar_width);
        std::string bar;
        for (std::size_t i = 0; i < bar_width; ++i) bar += i < full ? "█" : "░";
        fmt::print("\r{} {} {:3.0f} %  {} {}  {}  {}\033[K", title_, bar, fraction * 100, count_text(done), unit, rate,
                   rest);
    } else {
        fmt::print("{} {:.0f} %, {} {}, {}, {}\n", title_, fraction * 100, count_text(done), unit, rate, rest);
    }
    std::fflush(stdout);
}

void Progress::finish(std::string_view outcome) {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    const auto took = duration_text(std::chrono::steady_clock::now() - begin_);
    fmt::print("{}{} : {} ({}){}\n", terminal_ ? "\r" : "", title_, outcome, took, terminal_ ? "\033[K" : "");
    std::fflush(stdout);
}

std::string duration_text(std::chrono::duration<double> duration) {
    const auto seconds = std::llround(duration.count());
    if (duration.count() < 10) return fmt::format("{:.1f} s", duration.count());
    if (seconds < 60) return fmt::format("{} s", seconds);
    return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
}

std::string count_text(std::int64_t count) {
    std::string digits = std::to_string(count);
    for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > (count < 0 ? 1 : 0); i -= 3)
        digits.insert(static_cast<std::size_t>(i), "\u202f");
    return digits;
}

}  // namespace command
