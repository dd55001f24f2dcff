#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gis/layer/row.hpp"
#include "server/import/version_loader.hpp"
#include "server/jobs/job.hpp"

namespace jobs {

/// Below the folder of uploads: the rasters of drafts and of what is or was published. Below a worker's scratch folder:
/// those it writes.
inline constexpr auto rasters_folder = "rasters";

/// What a worker may use beyond the usual, when there are images among the files.
struct ReadingLimits {
    std::uint64_t cpu_seconds = 0;
    std::uint64_t file_size = 0;  ///< of one that it writes
};
/// `cpu_seconds`: the usual. Throws gis::InvalidRequest when the disk has no room for what will be written.
ReadingLimits limits_for(const std::filesystem::path& input, std::uint64_t cpu_seconds);

/// The files of the rasters of one reading, from the worker's folder to where they stay.
class RasterFiles {
  public:
    /// `written`: where the worker writes them.
    RasterFiles(db::Connection& connection, const Job& job, std::filesystem::path written);

    /// Rows for a layer of rasters: each names a file of this reading that is what it should be. Throws
    /// gis::InvalidRequest.
    void check(const gis::RowBatch& batch);
    /// Moves them into `kept`. What is not registered afterwards is swept away later.
    void move_to(const std::filesystem::path& kept) const;
    /// In the transaction that makes the drafts the job's.
    void add_rows(db::Connection& connection, const std::vector<importing::Draft>& drafts) const;
    std::uint64_t bytes() const;
    /// What a report says of them.
    const Json& facts() const { return facts_; }

  private:
    std::string stamp_;
    std::filesystem::path written_;
    std::map<std::string, std::string> columns_;                          // that names the file, by table
    std::map<std::string, std::pair<std::string, std::uint64_t>> files_;  // table and size, by name
    Json facts_ = Json::array();
};

}  // namespace jobs
