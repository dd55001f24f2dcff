// read_bench <file or folder> [threads]: reads into a sink that only counts, and prints rate, report and peak memory.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>

#include "gis/error.hpp"
#include "gis/read/read.hpp"

namespace {

class CountingSink : public gis::RowSink {
  public:
    void write(gis::RowBatch batch) override {
        rows += batch.rows.size();
        for (const auto& row : batch.rows) bytes += row.wkb.size();
    }
    std::size_t rows = 0;
    std::size_t bytes = 0;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    gis::read::Options options;
    if (argc > 2) options.threads = std::atoi(argv[2]);
    CountingSink sink;
    const auto start = std::chrono::steady_clock::now();
    try {
        const auto report = gis::read::read(argv[1], options, sink);
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        fmt::print("{} rows, {:.1f} MB of WKB in {:.2f} s: {:.0f} rows/s, peak {} MB\n", sink.rows,
                   static_cast<double>(sink.bytes) / 1e6, seconds.count(),
                   static_cast<double>(sink.rows) / seconds.count(), usage.ru_maxrss / 1024);
        for (const auto& [table, counts] : report.tables) {
            fmt::print("  {}: read {} written {} merged {} repaired {} refused {}\n", table, counts.read,
                       counts.written, counts.merged, counts.repaired, counts.refused);
        }
        for (const auto& crs : report.crs) fmt::print("  crs {}\n", crs);
        for (const auto& encoding : report.encodings) fmt::print("  encoding {}\n", encoding);
        for (const auto& [table, values] : report.coverage) {
            fmt::print("  coverage {} {}\n", table, fmt::join(values, " "));
        }
        for (std::size_t i = 0; i < report.problems.size() && i < 15; ++i) {
            const auto& problem = report.problems[i];
            fmt::print("  {} {} {} #{} {}: {}\n", to_string(problem.kind), problem.file, problem.layer,
                       problem.feature.value_or(0), problem.field, problem.reason);
        }
        fmt::print("  {} problems\n", report.problem_count);
    } catch (const gis::Error& error) {
        fmt::print("REFUSED {}\n", error.what());
        return 1;
    }
    return 0;
}
