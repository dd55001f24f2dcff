#include "http/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace http {
namespace {

std::string escaped_label(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '\\' || c == '"') escaped.push_back('\\');
        escaped += c == '\n' ? "\\n" : std::string(1, c);
    }
    return escaped;
}

void append_histogram(std::string& text, const std::string& route, const DurationHistogram& histogram) {
    constexpr std::string_view name = "carreau_http_request_seconds";
    const std::string label = escaped_label(route);
    auto out = std::back_inserter(text);
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < duration_bounds.size(); ++i) {
        below += histogram.counts[i];
        fmt::format_to(out, "{}_bucket{{route=\"{}\",le=\"{}\"}} {}\n", name, label, duration_bounds[i], below);
    }
    fmt::format_to(out, "{}_bucket{{route=\"{}\",le=\"+Inf\"}} {}\n", name, label, histogram.count);
    fmt::format_to(out, "{}_sum{{route=\"{}\"}} {}\n", name, label, histogram.seconds);
    fmt::format_to(out, "{}_count{{route=\"{}\"}} {}\n", name, label, histogram.count);
}

void append_single(std::string& text, std::string_view name, std::string_view type, std::uint64_t value) {
    fmt::format_to(std::back_inserter(text), "# TYPE {0} {1}\n{0} {2}\n", name, type, value);
}

}  // namespace

void MetricsSnapshot::add(const MetricsSnapshot& other) {
    for (const auto& [key, count] : other.requests) requests[key] += count;
    for (const auto& [route, histogram] : other.durations) {
        DurationHistogram& sum = durations[route];
        for (std::size_t i = 0; i < sum.counts.size(); ++i) sum.counts[i] += histogram.counts[i];
        sum.seconds += histogram.seconds;
        sum.count += histogram.count;
    }
    bytes_sent += other.bytes_sent;
    connections_refused += other.connections_refused;
}

std::string prometheus_text(const MetricsSnapshot& snapshot) {
    std::string text = "# TYPE carreau_http_requests_total counter\n";
    for (const auto& [key, count] : snapshot.requests) {
        const auto& [route, method, status_class] = key;
        fmt::format_to(std::back_inserter(text),
                       "carreau_http_requests_total{{route=\"{}\",method=\"{}\",status=\"{}xx\"}} {}\n",
                       escaped_label(route), escaped_label(method), status_class, count);
    }
    text += "# TYPE carreau_http_request_seconds histogram\n";
    for (const auto& [route, histogram] : snapshot.durations) append_histogram(text, route, histogram);
    append_single(text, "carreau_http_sent_bytes_total", "counter", snapshot.bytes_sent);
    append_single(text, "carreau_http_refused_connections_total", "counter", snapshot.connections_refused);
    append_single(text, "carreau_http_open_connections", "gauge", snapshot.open_connections);
    return text;
}

void Metrics::count(std::string_view route, std::string_view method, int status, double seconds, std::uint64_t bytes) {
    const auto bound = std::lower_bound(duration_bounds.begin(), duration_bounds.end(), seconds);
    const auto bucket = static_cast<std::size_t>(bound - duration_bounds.begin());
    const std::lock_guard lock(mutex_);
    auto requests = totals_.requests.find(std::tuple(route, method, status / 100));
    if (requests == totals_.requests.end())
        requests = totals_.requests.emplace(MetricsSnapshot::Key(route, method, status / 100), 0).first;
    ++requests->second;
    auto durations = totals_.durations.find(route);
    if (durations == totals_.durations.end())
        durations = totals_.durations.emplace(std::string(route), DurationHistogram()).first;
    DurationHistogram& histogram = durations->second;
    ++histogram.counts[bucket];
    ++histogram.count;
    histogram.seconds += seconds;
    totals_.bytes_sent += bytes;
}

void Metrics::count_refused_connection() {
    const std::lock_guard lock(mutex_);
    ++totals_.connections_refused;
}

MetricsSnapshot Metrics::snapshot() const {
    const std::lock_guard lock(mutex_);
    return totals_;
}

}  // namespace http
