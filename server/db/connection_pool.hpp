#pragma once

#include <utility>  // before Asio: g++ 12 with Boost 1.74

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "server/db/connection.hpp"

namespace db {

/// Work that can be called off while it waits for a database thread or while its statement runs.
/// Made by make_shared. `cancel` may be called from any thread, any number of times, before, during and after the work.
class RunningQuery : public std::enable_shared_from_this<RunningQuery> {
  public:
    void cancel();
    bool is_cancelled() const;

  private:
    friend class ConnectionPool;
    /// False when it was cancelled before it began.
    bool begin(std::function<void()> canceller);
    /// True when a cancel was sent: the connection must not be used again.
    bool end();

    mutable std::mutex mutex_;
    std::condition_variable idle_;
    std::function<void()> canceller_;
    bool cancelled_ = false;
    bool sending_ = false;
};

/// In whose name a transaction runs. The pool's own user has no right at all; the role gives some, the session says to
/// the row policies who asks.
struct As {
    enum class Role {
        Owner,   ///< the connection's user itself: only for what concerns no caller
        Reader,  ///< published layers, what the session may see
        Editor,  ///< and write where it may
        Gate,    ///< credentials, the journal, owner look-ups
        Admin    ///< organisations, people, conventions
    };
    Role role = Role::Owner;
    std::string session;  ///< access.credential.session_key; letters, digits and hyphens
    bool write = false;   ///< else a read-only transaction at one snapshot
};

/// A bounded set of database threads, each owning one connection. Coroutines hand it work; a connection is opened
/// when first needed and again after it was lost, so the pool outlives a restart of PostgreSQL.
class ConnectionPool {
  public:
    struct Options {
        std::string dsn;
        int threads = 4;
        /// Beyond it work is refused at once: a queue longer than the deadline helps nobody. 0: nothing waits for a
        /// thread.
        std::size_t max_waiting = 256;
        std::chrono::milliseconds deadline{15'000};  ///< of waiting and running together
        std::vector<std::string> settings;
        bool in_background = false;  ///< its threads, and their PostgreSQL processes, let others go first
    };
    struct Counters {
        std::size_t waiting = 0;
        std::size_t running = 0;
        std::uint64_t done = 0;
        std::uint64_t refused = 0;
        std::uint64_t failed = 0;
    };

    explicit ConnectionPool(Options options);
    ~ConnectionPool();
    ConnectionPool(const ConnectionPool&) = delete;
    ConnectionPool& operator=(const ConnectionPool&) = delete;

    /// Runs `work(Connection&)` on a database thread inside one transaction in the name of `who`, and gives its
    /// result on the caller's executor. Throws gis::Unavailable when the queue is full, the deadline passes or the
    /// database is away.
    template <typename Work>
    boost::asio::awaitable<std::invoke_result_t<Work, Connection&>> run(As who, std::shared_ptr<RunningQuery> query,
                                                                        Work work) {
        using Answer = std::invoke_result_t<Work, Connection&>;
        struct State {
            std::optional<Answer> answer;
            std::exception_ptr error;
            bool done = false;
        };
        const auto executor = co_await boost::asio::this_coro::executor;
        auto state = std::make_shared<State>();
        auto timer = std::make_shared<boost::asio::steady_timer>(executor, options_.deadline);
        Job job;
        job.begin = begin_sql(who);
        job.query = query;
        job.run = [state, work = std::move(work)](Connection& connection) mutable {
            state->answer.emplace(work(connection));
        };
        job.finish = [state, timer, executor](const std::exception_ptr& error) {
            boost::asio::post(executor, [state, timer, error] {
                state->error = error;
                state->done = true;
                timer->cancel();
            });
        };
        submit(std::move(job));
        boost::system::error_code ignored;
        co_await timer->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
        if (!state->done) {
            query->cancel();
            throw gis::Unavailable("the database took too long to answer");
        }
        if (state->error) std::rethrow_exception(state->error);
        if (!state->answer) throw std::logic_error("a database job ended without an answer");
        co_return std::move(*state->answer);
    }

    /// Hands `work` over and returns: for what gives its result piece by piece. `finish` is called once, on the
    /// database thread, with what went wrong or null. No deadline but the statement's own. Throws gis::Unavailable when
    /// the queue is full.
    void start(const As& who, std::shared_ptr<RunningQuery> query, std::function<void(Connection&)> work,
               std::function<void(std::exception_ptr)> finish) {
        submit({begin_sql(who), std::move(query), std::move(work), std::move(finish)});
    }

    Counters counters() const;

  private:
    struct Job {
        std::string begin;
        std::shared_ptr<RunningQuery> query;
        std::function<void(Connection&)> run;
        std::function<void(std::exception_ptr)> finish;
    };

    /// The statements that open the transaction, sent in one go.
    static std::string begin_sql(const As& who);
    void submit(Job job);
    void work();
    std::exception_ptr perform(Job& job, std::optional<Connection>& connection);

    Options options_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> jobs_;
    Counters counters_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace db
