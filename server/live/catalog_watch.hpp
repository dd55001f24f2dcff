#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "gis/cadastre/commune_index.hpp"
#include "gis/layer/catalog.hpp"

namespace db {
class Connection;
}

namespace live {

/// What the server knows of the database's declarations at one moment.
struct Snapshot {
    gis::CatalogPtr catalog = std::make_shared<const gis::Catalog>();
    std::shared_ptr<const gis::CommuneIndex> communes = std::make_shared<const gis::CommuneIndex>();
    std::map<int, std::int64_t> revisions;  ///< by layer id: grows with every change of the layer
    std::uint64_t edition = 0;              ///< grows with every change of the declarations

    /// The greatest of the revisions of the catalogue's layers: changes elsewhere do not show.
    std::int64_t revision() const;
};

/// Keeps the catalogue as fresh as the database: PostgreSQL's notification wakes it, and so does a regular look, so a
/// lost notification costs at most `poll`. While the database is away the last snapshot stays.
class CatalogWatch {
  public:
    /// Loads once before it returns when the database answers. `log` hears of failures and reloads.
    CatalogWatch(std::string dsn, std::function<void(const std::string&)> log);
    ~CatalogWatch();
    CatalogWatch(const CatalogWatch&) = delete;
    CatalogWatch& operator=(const CatalogWatch&) = delete;

    Snapshot current() const;
    gis::CatalogPtr catalog() const;
    /// True while there is no newer one. Takes no lock.
    bool is_newest(const gis::CatalogPtr& catalog) const { return catalog.get() == newest_; }
    /// False until the first load and while the database is away.
    bool is_connected() const { return connected_; }
    /// Grows with every change of what decides who sees what (access.revision).
    std::int64_t access_revision() const { return access_revision_; }
    /// Another reader of access.revision saw this.
    void note_access_revision(std::int64_t revision);
    /// True when the database was heard of in the last five seconds: what it decided before may still be believed.
    bool is_recent() const;

  private:
    void follow();
    void reload();
    void read_revision(db::Connection& connection);
    void read_access_revision(db::Connection& connection);

    std::string dsn_;
    std::function<void(const std::string&)> log_;
    mutable std::mutex mutex_;
    Snapshot snapshot_;
    std::atomic<const gis::Catalog*> newest_{nullptr};  // snapshot_'s, to be compared only
    std::int64_t last_change_ = 0;
    std::atomic<bool> connected_{false};
    std::atomic<bool> stopping_{false};
    std::atomic<std::int64_t> access_revision_{0};
    std::atomic<std::chrono::steady_clock::rep> heard_at_{0};
    std::thread thread_;
};

}  // namespace live
