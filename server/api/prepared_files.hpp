#pragma once

#include <array>
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

#include "server/api/change_feed.hpp"
#include "server/api/inspire_data_sets.hpp"
#include "server/api/locked_folder.hpp"
#include "server/api/rounds.hpp"
#include "server/db/connection_pool.hpp"

namespace api {

constexpr int prepared_crs = 4258;

/// What files of a data set there are.
struct PreparedForm {
    std::string_view extension;   ///< "gml"
    std::string_view media_type;  ///< of the INSPIRE register
    std::string_view title;       ///< "fichier GML"

    friend bool operator==(const PreparedForm&, const PreparedForm&) = default;
};
inline constexpr PreparedForm gml_form{"gml", "application/gml+xml;version=3.2", "fichier GML"};
inline constexpr PreparedForm package_form{"gpkg", "application/geopackage+sqlite3",
                                           "GeoPackage, une table par type d’objets"};
inline constexpr std::array prepared_forms{gml_form, package_form};

/// Where the file of a data set is.
std::string prepared_file_url(const http::Request& request, std::string_view data_set, const PreparedForm& form);

/// A data set as a file on disk; the file is there as long as this is.
struct PreparedFile {
    PreparedFile(std::shared_ptr<const LockedFolder> folder, std::filesystem::path path);
    ~PreparedFile();
    PreparedFile(const PreparedFile&) = delete;
    PreparedFile& operator=(const PreparedFile&) = delete;

    std::shared_ptr<const LockedFolder> folder;
    std::filesystem::path path;
    std::string data_set;  ///< its code
    std::uint64_t size = 0;
    std::int64_t objects = 0;
    std::string etag;
    DataState state;
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

/// The INSPIRE data sets that everybody may have as files in EPSG:4258, GML and GeoPackage, which have a length and can
/// be asked for in parts. A file is made anew, by a thread of its own, when the change feed shows that its data changed
/// or their declarations did; who reads the old one meanwhile reads it to its end (FileVersions::most_old). Files go
/// with the program, or when the next one begins.
class PreparedFiles {
  public:
    struct Options {
        std::string authority;  ///< as Services::inspire_namespace
        std::chrono::milliseconds look_every{2'000};
        /// At least between the end of one making and the next of the same file, and ten times as long as it took.
        std::chrono::milliseconds rest{10'000};
        std::chrono::milliseconds untracked_lifetime{3'600'000};  ///< where nobody can tell of changes
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
    PreparedFilePtr find(const InspireDataSet& data_set, const gis::Scope& scope, const PreparedForm& form) const;
    /// Whether a document made in the transaction at hand would hold what the file does. False where nobody can tell.
    static bool is_fresh(db::Connection& connection, const PreparedFile& file, const InspireDataSet& data_set);

  private:
    void work();
    void look();
    void look_at(const InspireDataSet& data_set, const PreparedForm& form, const gate::Caller& caller,
                 const gis::CatalogPtr& visible);
    gate::CallerPtr everybody();
    bool is_current(const PreparedFile& file, const InspireDataSet& data_set);
    void make(const InspireDataSet& data_set, const PreparedForm& form, const gis::CatalogPtr& visible,
              const std::string& content, std::int64_t access_revision);
    /// Takes away the outdated file that could not be made anew, and says why in the log.
    void give_up(const std::string& name, std::string_view reason);
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
    std::map<std::string, PreparedFilePtr> files_;  ///< by name: "cp-4.0.gml"
    std::map<std::string, FileVersions> versions_;
    std::map<std::string, std::chrono::steady_clock::time_point> not_before_;
    std::thread thread_;  ///< last: it uses all others
};

/// Whether a document made now would hold what a file does, asked by many at the same moment: one look at the database
/// answers all.
class FreshFiles {
  public:
    explicit FreshFiles(db::ConnectionPool& pool);
    /// `file` as PreparedFiles::find gives it: what everybody would see, in whose name the database is asked. Throws
    /// gis::Unavailable.
    boost::asio::awaitable<bool> is_fresh(PreparedFilePtr file, InspireDataSet data_set);

  private:
    struct Question {
        PreparedFilePtr file;
        InspireDataSet data_set;
    };
    static std::vector<bool> answer(db::Connection& connection, const std::vector<Question>& questions);

    Rounds<Question, bool> rounds_;
};

}  // namespace api
