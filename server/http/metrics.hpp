#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>

namespace http {

/// Upper bounds of the duration histogram, in seconds; what is slower falls into a last, open bucket.
inline constexpr std::array<double, 12> duration_bounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05,
                                                        0.1,    0.25,  0.5,    1.0,   5.0,  30.0};

struct DurationHistogram {
    std::array<std::uint64_t, duration_bounds.size() + 1> counts{};  ///< per bucket, not cumulated
    double seconds = 0;
    std::uint64_t count = 0;
};

/// The state of the counters at one moment.
struct MetricsSnapshot {
    /// Route pattern ("" when none matched), method, first digit of the status.
    using Key = std::tuple<std::string, std::string, int>;

    std::map<Key, std::uint64_t, std::less<>> requests;
    std::map<std::string, DurationHistogram, std::less<>> durations;
    std::uint64_t bytes_sent = 0;
    std::uint64_t connections_refused = 0;
    std::size_t open_connections = 0;

    /// Adds what others counted.
    void add(const MetricsSnapshot& other);
};

/// The Prometheus text form, with metric names carreau_http_*.
std::string prometheus_text(const MetricsSnapshot& snapshot);

/// Counts answers, one object for each I/O thread: shared, it would be what threads wait for. May be read by several
/// threads. Bounded by the number of routes: a path never becomes a label.
class alignas(64) Metrics {  // a cache line of its own
  public:
    void count(std::string_view route, std::string_view method, int status, double seconds, std::uint64_t bytes);
    void count_refused_connection();
    /// Everything but the open connections.
    MetricsSnapshot snapshot() const;

  private:
    mutable std::mutex mutex_;
    MetricsSnapshot totals_;
};

}  // namespace http
