#include "server/db/connection_pool.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>

#include "tests/support/postgres_test.hpp"

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using db::Connection;

std::shared_ptr<db::RunningQuery> new_query() {
    return std::make_shared<db::RunningQuery>();
}

/// One thread that runs coroutines, as the server's I/O threads do.
class Loop {
  public:
    ~Loop() {
        guard_.reset();
        thread_.join();
    }
    asio::io_context& context() { return context_; }

  private:
    asio::io_context context_;
    asio::executor_work_guard<asio::io_context::executor_type> guard_ = asio::make_work_guard(context_);
    std::thread thread_{[this] { context_.run(); }};
};

/// What became of one piece of work: "ok:<value>" or "unavailable" or "error:<SQLSTATE>".
struct Outcome {
    std::atomic<bool> done{false};
    std::string text;
    Clock::time_point at;
};

using Work = std::function<std::string(Connection&)>;

asio::awaitable<void> ask(db::ConnectionPool& pool, std::shared_ptr<db::RunningQuery> query, Work work,
                          std::shared_ptr<Outcome> outcome) {
    try {
        const db::As owner;
        outcome->text = "ok:" + co_await pool.run(owner, query, work);
    } catch (const gis::Unavailable&) {
        outcome->text = "unavailable";
    } catch (const db::SqlError& error) {
        outcome->text = "error:" + error.state();
    }
    outcome->at = Clock::now();
    outcome->done = true;
}

std::string backend(Connection& connection) {
    return std::to_string(connection.query("select pg_backend_pid()").int64(0, 0));
}

std::string sleep_long(Connection& connection) {
    connection.query("select pg_sleep(30)::text");
    return "slept";
}

class ConnectionPool : public test::PostgresTest {
  protected:
    std::shared_ptr<Outcome> start(db::ConnectionPool& pool, const Work& work,
                                   const std::shared_ptr<db::RunningQuery>& query = new_query()) {
        auto outcome = std::make_shared<Outcome>();
        asio::co_spawn(loop_.context(), ask(pool, query, work, outcome), asio::detached);
        return outcome;
    }
    static std::string wait(const std::shared_ptr<Outcome>& outcome) {
        return test::eventually([&] { return outcome->done.load(); }, 40s) ? outcome->text : "never ended";
    }
    std::string perform(db::ConnectionPool& pool, const Work& work) { return wait(start(pool, work)); }
    static db::ConnectionPool::Options options(int threads) {
        db::ConnectionPool::Options options;
        options.dsn = dsn();
        options.threads = threads;
        return options;
    }
    bool is_asleep() {
        return scalar(
                   "select count(*) from pg_stat_activity where datname = current_database() and query like "
                   "'%pg_sleep(30)%' and state = 'active' and pid <> pg_backend_pid()") != "0";
    }

    Loop loop_;
};

TEST_F(ConnectionPool, GivesWhatTheWorkGives) {
    db::ConnectionPool pool(options(2));
    EXPECT_EQ(perform(pool, [](Connection& c) { return c.query("select 'é'::text").text(0, 0); }), "ok:é");
    EXPECT_EQ(perform(pool, [](Connection& c) { return c.query("select 1/0").text(0, 0); }), "error:22012");
    EXPECT_EQ(perform(pool, [](Connection& c) { return c.query("select 'still'::text").text(0, 0); }), "ok:still");
    EXPECT_TRUE(test::eventually([&] { return pool.counters().done == 2 && pool.counters().failed == 1; }));
}

TEST_F(ConnectionPool, WorkIsReadOnlyAtOneSnapshot) {
    run("create table if not exists donnees.seen (n integer)");
    db::ConnectionPool pool(options(1));
    EXPECT_EQ(perform(pool, [](Connection& c) { return c.query("insert into donnees.seen values (1)").text(0, 0); }),
              "error:25006");
    const auto count = [](Connection& c) { return c.query("select count(*) from donnees.seen").int64(0, 0); };
    EXPECT_EQ(perform(pool,
                      [&](Connection& c) {
                          const auto before = count(c);
                          Connection other(dsn());
                          other.execute("insert into donnees.seen values (2)");
                          return std::to_string(count(c) - before);
                      }),
              "ok:0");
}

TEST_F(ConnectionPool, RestartedBackendsAreNotNoticed) {
    db::ConnectionPool pool(options(1));
    const std::string first = perform(pool, backend);
    run("select pg_terminate_backend(" + first.substr(3) + ", 5000)");
    const std::string second = perform(pool, backend);
    EXPECT_EQ(second.rfind("ok:", 0), 0U) << second;
    EXPECT_NE(second, first);
}

TEST_F(ConnectionPool, BackendThatDiesDuringTheWorkIsUnavailable) {
    db::ConnectionPool pool(options(1));
    const auto sleeping = start(pool, sleep_long);
    ASSERT_TRUE(test::eventually([&] { return is_asleep(); }));
    run("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and query "
        "like '%pg_sleep(30)%' and pid <> pg_backend_pid()");
    EXPECT_EQ(wait(sleeping), "unavailable");
    EXPECT_EQ(perform(pool, backend).rfind("ok:", 0), 0U);
}

TEST_F(ConnectionPool, AwayDatabaseIsUnavailableThenServedAgain) {
    db::ConnectionPool pool(options(2));
    EXPECT_EQ(perform(pool, backend).rfind("ok:", 0), 0U);
    database().set_away(true);
    EXPECT_EQ(perform(pool, backend), "unavailable");
    EXPECT_EQ(perform(pool, backend), "unavailable");
    database().set_away(false);
    EXPECT_EQ(perform(pool, backend).rfind("ok:", 0), 0U);
}

TEST_F(ConnectionPool, FullQueueRefusesAtOnce) {
    auto settings = options(1);
    settings.max_waiting = 2;
    db::ConnectionPool pool(settings);
    const auto stop = new_query();
    const auto running = start(pool, sleep_long, stop);
    ASSERT_TRUE(test::eventually([&] { return pool.counters().running == 1; }));
    const auto second = start(pool, backend);
    const auto third = start(pool, backend);
    ASSERT_TRUE(test::eventually([&] { return pool.counters().waiting == 2; }));
    EXPECT_EQ(perform(pool, backend), "unavailable");
    EXPECT_EQ(pool.counters().refused, 1U);
    EXPECT_FALSE(running->done);
    stop->cancel();
    EXPECT_EQ(wait(running), "unavailable");
    EXPECT_EQ(wait(second).rfind("ok:", 0), 0U);
    EXPECT_EQ(wait(third).rfind("ok:", 0), 0U);
}

TEST_F(ConnectionPool, CancelStopsTheStatementAndTheConnectionIsNotUsedAgain) {
    db::ConnectionPool pool(options(1));
    const std::string before = perform(pool, backend);
    const auto query = new_query();
    const auto sleeping = start(pool, sleep_long, query);
    ASSERT_TRUE(test::eventually([&] { return is_asleep(); }));
    const auto begin = Clock::now();
    query->cancel();
    query->cancel();  // any number of times
    EXPECT_EQ(wait(sleeping), "unavailable");
    EXPECT_LT(sleeping->at - begin, 5s) << "not the 30 s of the statement";
    EXPECT_TRUE(test::eventually([&] { return !is_asleep(); }, 5s)) << "stopped in PostgreSQL too";
    const std::string after = perform(pool, backend);
    EXPECT_EQ(after.rfind("ok:", 0), 0U);
    EXPECT_NE(after, before);
    query->cancel();  // after the work: hits nobody
    EXPECT_EQ(perform(pool, backend), after);
}

TEST_F(ConnectionPool, WorkCancelledInTheQueueNeverStarts) {
    db::ConnectionPool pool(options(1));
    const auto stop = new_query();
    const auto running = start(pool, sleep_long, stop);
    ASSERT_TRUE(test::eventually([&] { return is_asleep(); }));
    std::atomic<bool> started{false};
    const auto query = new_query();
    const auto waiting = start(
        pool,
        [&](Connection& c) {
            started = true;
            return backend(c);
        },
        query);
    ASSERT_TRUE(test::eventually([&] { return pool.counters().waiting == 1; }));
    query->cancel();
    stop->cancel();
    EXPECT_EQ(wait(running), "unavailable");
    EXPECT_EQ(wait(waiting), "unavailable");
    EXPECT_FALSE(started);
}

TEST_F(ConnectionPool, DeadlineEndsWaitingAndRunning) {
    auto settings = options(1);
    settings.deadline = 500ms;
    db::ConnectionPool pool(settings);
    const auto begin = Clock::now();
    const auto running = start(pool, sleep_long);
    const auto waiting = start(pool, sleep_long);
    EXPECT_EQ(wait(running), "unavailable");
    EXPECT_EQ(wait(waiting), "unavailable");
    EXPECT_LT(Clock::now() - begin, 10s);
    EXPECT_TRUE(test::eventually([&] { return !is_asleep(); }, 5s));
    EXPECT_EQ(perform(pool, backend).rfind("ok:", 0), 0U);
}

TEST_F(ConnectionPool, StatementTimeoutIsUnavailable) {
    auto settings = options(1);
    settings.settings = {"statement_timeout=200ms"};
    db::ConnectionPool pool(settings);
    EXPECT_EQ(perform(pool, sleep_long), "unavailable");
    EXPECT_EQ(perform(pool, backend).rfind("ok:", 0), 0U);
}

}  // namespace
