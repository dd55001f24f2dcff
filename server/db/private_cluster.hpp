#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace db {

/// A PostgreSQL + PostGIS cluster of Carreau's own, made of the system's binaries: one folder, a Unix socket only,
/// an unprivileged user. It dies with the process that started it, is started again when it dies first, and recovers
/// from a kill -9 of either. The calling process must not be root (PostgreSQL refuses it).
class PrivateCluster {
  public:
    /// Uses the cluster of `folder` when another Carreau runs it; otherwise creates it if needed and starts it.
    /// Throws gis::Unavailable with what to do when the binaries are missing or the start fails.
    explicit PrivateCluster(const std::filesystem::path& folder);
    ~PrivateCluster();
    PrivateCluster(const PrivateCluster&) = delete;
    PrivateCluster& operator=(const PrivateCluster&) = delete;

    /// Connection string of the database "carreau".
    const std::string& dsn() const;
    /// The same database as the user carreau_server, who has no right of his own.
    std::string serving_dsn() const;
    /// True when this object started PostgreSQL, false when it found it running.
    bool is_owner() const;
    /// Fast shutdown; waits. Also done by the destructor.
    void stop();

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// The newest /usr/lib/postgresql/N/bin whose version has PostGIS, or that of `wanted_version`; empty when there is
/// none.
std::filesystem::path find_postgres_binaries(const std::string& wanted_version = "");

}  // namespace db
