#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace gis::read {

/// One thing a person should know about a file. `reason` is French: the value, what was expected, what to do.
struct Problem {
    enum class Kind { Note, Repaired, Refused };
    std::string file;
    std::string layer;
    std::optional<std::int64_t> feature;  ///< from 1, in the order of the file; none: the whole layer or file
    std::string field;
    Kind kind = Kind::Note;
    std::string reason;
};

/// "note", "repaired", "refused".
std::string to_string(Problem::Kind kind);

/// What became of the features meant for one table: read = written + merged + refused; repaired ones were written.
struct TableCounts {
    std::int64_t read = 0;
    std::int64_t written = 0;
    std::int64_t merged = 0;  ///< pieces of one object that several files hold (sections)
    std::int64_t repaired = 0;
    std::int64_t refused = 0;
};

/// The outcome of one reading. Counts are exact; the list of problems stops at `max_problems`.
struct ReadReport {
    /// Enough for a person to see every kind of problem, little enough to send and to store.
    static constexpr std::size_t max_problems = 1'000;

    std::map<std::string, TableCounts> tables;              ///< by "cadastre.parcelle"
    std::map<std::string, std::set<std::string>> coverage;  ///< values of the coverage column, by table
    std::vector<Problem> problems;
    std::int64_t problem_count = 0;  ///< those left out of the list included
    std::set<std::string> crs;       ///< "EPSG:2154 (reconnu à ses paramètres)"
    std::set<std::string> encodings;
    std::vector<std::string> files;          ///< read, as the person knows them
    std::vector<std::string> refused_files;  ///< could not be used at all: the import is not complete

    void add(Problem problem);
    std::int64_t refused() const;
    std::int64_t written() const;
};

}  // namespace gis::read
