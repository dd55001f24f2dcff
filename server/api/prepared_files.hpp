#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "server/api/inspire_data_sets.hpp"
#include "server/api/locked_folder.hpp"
#include "server/db/connection_pool.hpp"

namespace api {

constexpr int prepared_crs = 4258;

/// Where the file of a data set is.
std::string prepared_file_url(const http::Request& request, std::string_view data_set);

/// A data set as a file on disk; the file is there as long as this is.
struct PreparedFile {
    PreparedFile(std::shared_ptr<const LockedFolder> folder, std::filesystem::path path);
    ~PreparedFile();
    PreparedFile(const PreparedFile&) = delete;
    PreparedFile& operator=(const PreparedFile&) = delete;

    std::shared_ptr<const LockedFolder> folder;
    std::filesystem::path path;
    std::uint64_t size = 0;
    std::string etag;
    std::string snapshot;  ///< of the database, as text
    std::string content;   ///< of what layers it was made, and what of them is seen
    std::string declared;  ///< when its layers were declared
    std::chrono::steady_clock::time_point made;
    std::atomic<bool> withdrawn{false};  ///< who still reads it is not given the rest
};
using PreparedFilePtr = std::shared_ptr<const PreparedFile>;

/// The versions of one file that somebody still holds. Not thread-safe.
class FileVersions {
  public:
    /// Old ones that may be read to their end: each may be a gigabyte that only its readers keep on the disk.
    static constexpr std::size_t most_old = 2;

    /// Withdraws the oldest of the others when more than that are held.
    void add(const std::shared_ptr<PreparedFile>& newest);

  private:
    std::vector<std::weak_ptr<PreparedFile>> held_;  ///< oldest first
};

/// The INSPIRE data sets that everybody may have as files in EPSG:4258, which have a length and can be asked for in
/// parts. A file is made anew, by a thread of its own, when the change feed shows that its data changed or their
/// declarations did; who reads the old one meanwhile reads it to its end (FileVersions::most_old). Files go with the
/// program, or when the next one begins.
class PreparedFiles {
  public:
    struct Options {
        std::string authority;  ///< as Services::inspire_namespace
        std::chrono::milliseconds look_every{2'000};
        /// At least between the end of one making and the next of the same file, and ten times as long as it took.
        std::chrono::milliseconds rest{10'000};
        std::chrono::milliseconds untracked_lifetime{3'600'000};  ///< where the feed does not tell of a layer
    };
    using Log = std::function<void(const std::string&)>;

    /// Works with one connection of its own, which `connection` says how to open.
    PreparedFiles(const live::CatalogWatch& catalog, gate::Gatekeeper& gatekeeper,
                  db::ConnectionPool::Options connection, Options options, Log log);
    ~PreparedFiles();
    PreparedFiles(const PreparedFiles&) = delete;
    PreparedFiles& operator=(const PreparedFiles&) = delete;

    /// Begins to make files. To be called once.
    void start();

    /// The file of a data set for a caller of that scope; null where it is not made yet or no longer on the disk, or
    /// where he sees more or less of it than everybody.
    PreparedFilePtr find(const InspireDataSet& data_set, const gis::Scope& scope) const;

  private:
    void work();
    void look();
    gate::CallerPtr everybody();
    bool is_current(const PreparedFile& file, const InspireDataSet& data_set);
    void make(const InspireDataSet& data_set, const gis::CatalogPtr& visible, const std::string& content,
              std::int64_t access_revision);
    /// Takes away the outdated file that could not be made anew, and says why in the log.
    void give_up(const InspireDataSet& data_set, std::string_view reason);
    /// Runs it as everybody and waits.
    void run(std::function<void(db::Connection&)> act);

    const live::CatalogWatch& catalog_;
    gate::Gatekeeper& gatekeeper_;
    db::ConnectionPool connection_;
    Options options_;
    Log log_;
    std::shared_ptr<const LockedFolder> folder_;
    std::int64_t made_ = 0;
    mutable std::mutex mutex_;
    std::condition_variable stop_;
    bool stopping_ = false;
    std::shared_ptr<db::RunningQuery> running_;
    std::map<std::string, PreparedFilePtr> files_;  ///< by data set
    std::map<std::string, FileVersions> versions_;
    std::map<std::string, std::chrono::steady_clock::time_point> not_before_;
    std::thread thread_;  ///< last: it uses all others
};

}  // namespace api
