#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/api/handlers.hpp"
#include "server/api/rounds.hpp"

namespace api {

/// One line of the audit journal, beside who and when.
struct JournalLine {
    std::string action;  ///< "export", "login", "owner", "admin" ...
    std::string layer;
    std::string commune;
    std::string purpose;
    std::string result;
    std::int64_t count = 1;
};

/// Writes the journal: lines of requests that come at the same moment in one transaction, for each costs a wait for the
/// disk.
class Journal {
  public:
    explicit Journal(db::ConnectionPool& pool);
    /// All of the rows or none; ends when they are on the disk. Throws gis::Unavailable.
    boost::asio::awaitable<void> write(std::vector<std::vector<db::Parameter>> rows);

  private:
    Rounds<std::vector<std::vector<db::Parameter>>, bool> rounds_;
};

/// Writes it now, before the answer goes out. Throws gis::Unavailable when it cannot be written: then nothing is
/// answered.
boost::asio::awaitable<void> record(const Services& services, const gate::Caller& caller, const http::Request& request,
                                    JournalLine line);
/// All of them or none.
boost::asio::awaitable<void> record_all(const Services& services, const gate::Caller& caller,
                                        const http::Request& request, std::vector<JournalLine> lines);
/// Whole layers that were given to the caller.
boost::asio::awaitable<void> record_exports(const Services& services, const gate::Caller& caller,
                                            const http::Request& request, std::vector<const gis::Layer*> layers);

}  // namespace api
