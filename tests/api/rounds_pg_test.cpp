#include "server/api/rounds.hpp"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <string>

#include "tests/support/postgres_test.hpp"

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// Two threads that run coroutines, as the server's I/O threads do.
class TwoThreads {
  public:
    ~TwoThreads() {
        guard_.reset();
        for (std::thread& thread : threads_) thread.join();
    }
    asio::io_context& context() { return context_; }

  private:
    asio::io_context context_;
    asio::executor_work_guard<asio::io_context::executor_type> guard_ = asio::make_work_guard(context_);
    std::thread threads_[2] = {std::thread([this] { context_.run(); }), std::thread([this] { context_.run(); })};
};

class Rounds : public test::PostgresTest {
  protected:
    using Divisions = api::Rounds<int, int>;

    /// 1000 divided by each, in a statement that takes a moment.
    Divisions::Work divide() {
        return [this](db::Connection& connection, const std::vector<int>& items) {
            ++rounds_;
            std::vector<int> answers;
            for (const int item : items) {
                const std::vector<db::Parameter> values{std::to_string(item)};
                answers.push_back(
                    static_cast<int>(connection.query("select (1000 / $1::int)::int8", values).int64(0, 0)));
            }
            connection.query("select pg_sleep(0.02)::text");
            return answers;
        };
    }
    std::future<int> ask(Divisions& rounds, int item) {
        return asio::co_spawn(threads_.context(), rounds.ask(item), asio::use_future);
    }
    static db::ConnectionPool::Options options() {
        db::ConnectionPool::Options options;
        options.dsn = dsn();
        options.threads = 2;
        return options;
    }

    std::atomic<int> rounds_{0};
    TwoThreads threads_;
};

TEST_F(Rounds, ManyAreAnsweredByFew) {
    db::ConnectionPool pool(options());
    Divisions rounds(pool, {}, divide());
    std::vector<std::future<int>> answers;
    for (int i = 1; i <= 100; ++i) answers.push_back(ask(rounds, i));
    for (int i = 1; i <= 100; ++i) EXPECT_EQ(answers[static_cast<std::size_t>(i - 1)].get(), 1000 / i);
    EXPECT_LT(rounds_, 20);
    EXPECT_EQ(pool.counters().waiting, 0U);
}

TEST_F(Rounds, NoAnswerIsOlderThanItsQuestion) {
    run("create table donnees.mark (n int)");
    db::ConnectionPool pool(options());
    Divisions rounds(pool, {db::As::Role::Owner, "", false}, [](db::Connection& connection, const auto& items) {
        const db::Result seen = connection.query("select coalesce(max(n), 0)::int8 from donnees.mark");
        connection.query("select pg_sleep(0.005)::text");
        return std::vector<int>(items.size(), static_cast<int>(seen.int64(0, 0)));
    });
    std::atomic<bool> over{false};
    std::thread other([&] {
        while (!over) ask(rounds, 0).get();
    });
    for (int n = 1; n <= 100; ++n) {
        run("insert into donnees.mark values (" + std::to_string(n) + ")");
        EXPECT_GE(ask(rounds, 0).get(), n);
    }
    over = true;
    other.join();
}

TEST_F(Rounds, OneThatFailsFailsAlone) {
    db::ConnectionPool pool(options());
    Divisions rounds(pool, {}, divide());
    std::vector<std::future<int>> answers;
    for (int i = 0; i < 20; ++i) answers.push_back(ask(rounds, i == 7 ? 0 : 5));
    for (std::size_t i = 0; i < 20; ++i) {
        if (i == 7) {
            EXPECT_THROW(answers[i].get(), db::SqlError);
        } else {
            EXPECT_EQ(answers[i].get(), 200);
        }
    }
    EXPECT_EQ(ask(rounds, 4).get(), 250);
}

TEST_F(Rounds, TheDatabaseMayGoAndComeBack) {
    db::ConnectionPool pool(options());
    Divisions rounds(pool, {}, divide());
    EXPECT_EQ(ask(rounds, 4).get(), 250);
    database().set_away(true);
    std::vector<std::future<int>> answers;
    for (int i = 0; i < 10; ++i) answers.push_back(ask(rounds, 5));
    for (auto& answer : answers) EXPECT_THROW(answer.get(), gis::Unavailable);
    database().set_away(false);
    EXPECT_EQ(ask(rounds, 4).get(), 250);
}

}  // namespace
