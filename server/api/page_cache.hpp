#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gis/layer/layer.hpp"
#include "server/api/call.hpp"
#include "server/api/read_moment.hpp"
#include "server/api/rounds.hpp"
#include "server/http/response.hpp"

namespace api {

/// Pages of features that were answered. Each is kept with the database snapshot it was read in, and answered again
/// only when the change feed shows no change of the layer outside that snapshot and the caller's rights are those of
/// this moment: it is what would be read anew. The database is asked for that alone, once for all requests of a moment.
/// Callers of equal scope share pages. The least recently used go first. One object may be used by several threads.
class PageCache {
  public:
    /// `owner` is a pool of the schema's owner. Room for so many bytes; 0: nothing is kept.
    PageCache(db::ConnectionPool& owner, std::size_t max_bytes);

    /// What a request asks.
    struct Question {
        std::string key;
        int layer_id = 0;
        std::int64_t revision = 0;  ///< of the layer, as the server knew it then
    };

    /// `words` holds everything the answer depends on but the layer and what the caller sees of it. Nothing where pages
    /// of the layer are not kept: views, layers without change triggers, coarse positions.
    std::optional<Question> ask(const Call& call, const gis::Layer& layer, std::string_view words) const;

    /// The answer as it is kept, when it still holds. Throws gis::Unavailable when the database cannot be asked.
    boost::asio::awaitable<std::optional<http::Response>> find(Question question, CallPtr call);

    /// Keeps an answer with bytes unless it is large. `moment` is that of the transaction it was read in, by the rules
    /// of the caller's scope.
    void keep(const Question& question, const ReadMoment& moment, http::Response& answer);

    /// Forgets all pages.
    void clear();

    struct Counters {
        std::uint64_t hits = 0;
        std::uint64_t misses = 0;  ///< of pages that may be kept
        std::uint64_t evicted = 0;
        std::size_t pages = 0;
        std::size_t bytes = 0;
    };
    Counters counters() const;

  private:
    struct Entry {
        std::string key;
        http::Response answer;
        std::string snapshot;
        std::int64_t revision = 0;
        std::chrono::steady_clock::time_point read_at;
        std::size_t bytes = 0;
    };
    using Entries = std::list<Entry>;
    /// Since a snapshot, of a layer.
    struct Since {
        int layer_id = 0;
        std::string snapshot;
    };
    struct Look {
        bool is_unchanged = false;
        ReadMoment moment;
    };
    static std::vector<Look> look(db::Connection& connection, const std::vector<Since>& asked);

    std::optional<Entry> entry_of(const Question& question);
    std::optional<http::Response> answer_with(Entry found, const Look& look, const gis::Scope& scope);
    http::Response copy_of(const Entry& entry);
    void take_gzip(const std::string& key, const http::SharedBytes& identity, http::SharedBytes gzip);
    void erase(Entries::iterator entry);
    void make_room();

    const std::size_t max_bytes_;
    Rounds<Since, Look> rounds_;
    mutable std::mutex mutex_;
    Entries entries_;  // the most recently used first
    std::unordered_map<std::string, Entries::iterator> places_;
    Counters counters_;
};

}  // namespace api
