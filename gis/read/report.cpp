#include "gis/read/report.hpp"

#include <numeric>

namespace gis::read {

std::string to_string(Problem::Kind kind) {
    switch (kind) {
        case Problem::Kind::Note:
            return "note";
        case Problem::Kind::Repaired:
            return "repaired";
        case Problem::Kind::Refused:
            return "refused";
    }
    return "";
}

void ReadReport::add(Problem problem) {
    ++problem_count;
    if (problems.size() < max_problems) problems.push_back(std::move(problem));
}

std::int64_t ReadReport::refused() const {
    return std::accumulate(tables.begin(), tables.end(), std::int64_t{0},
                           [](std::int64_t sum, const auto& table) { return sum + table.second.refused; });
}

std::int64_t ReadReport::written() const {
    return std::accumulate(tables.begin(), tables.end(), std::int64_t{0},
                           [](std::int64_t sum, const auto& table) { return sum + table.second.written; });
}

}  // namespace gis::read
