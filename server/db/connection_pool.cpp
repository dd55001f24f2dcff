#include "server/db/connection_pool.hpp"

#include <algorithm>

#include "server/db/priority.hpp"

namespace db {

namespace {

constexpr std::string_view query_canceled = "57014";  // both a cancel request and statement_timeout

}  // namespace

void RunningQuery::cancel() {
    std::function<void()> canceller;
    {
        const std::lock_guard lock(mutex_);
        if (cancelled_) return;
        cancelled_ = true;
        if (!canceller_) return;
        sending_ = true;
        canceller = canceller_;
    }
    // Sending blocks for a moment, so it has a thread of its own; end() waits for it, so it can only hit this
    // statement.
    std::thread([self = shared_from_this(), canceller] {
        canceller();
        const std::lock_guard lock(self->mutex_);
        self->sending_ = false;
        self->idle_.notify_all();
    }).detach();
}

bool RunningQuery::is_cancelled() const {
    const std::lock_guard lock(mutex_);
    return cancelled_;
}

bool RunningQuery::begin(std::function<void()> canceller) {
    const std::lock_guard lock(mutex_);
    if (cancelled_) return false;
    canceller_ = std::move(canceller);
    return true;
}

bool RunningQuery::end() {
    std::unique_lock lock(mutex_);
    canceller_ = nullptr;
    idle_.wait(lock, [this] { return !sending_; });
    return cancelled_;
}

ConnectionPool::ConnectionPool(Options options) : options_(std::move(options)) {
    for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { work(); });
}

ConnectionPool::~ConnectionPool() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        for (Job& job : jobs_) job.query->cancel();
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

std::string ConnectionPool::begin_sql(const As& who) {
    std::string sql = who.write ? "begin" : "begin isolation level repeatable read read only";
    switch (who.role) {
        case As::Role::Owner:
            break;
        case As::Role::Reader:
            sql += "; set local role carreau_reader";
            break;
        case As::Role::Editor:
            sql += "; set local role carreau_editor";
            break;
        case As::Role::Gate:
            sql += "; set local role carreau_gate";
            break;
        case As::Role::Admin:
            sql += "; set local role carreau_admin";
            break;
    }
    const auto plain = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-'; };
    if (!std::all_of(who.session.begin(), who.session.end(), plain)) throw std::logic_error("a malformed session key");
    if (!who.session.empty()) sql += "; set local carreau.session = '" + who.session + "'";
    return sql;
}

void ConnectionPool::submit(Job job) {
    const std::lock_guard lock(mutex_);
    const std::size_t accepted = static_cast<std::size_t>(options_.threads) + options_.max_waiting;
    if (stopping_ || jobs_.size() + counters_.running >= accepted) {
        ++counters_.refused;
        throw gis::Unavailable("too many requests wait for the database");
    }
    jobs_.push_back(std::move(job));
    wake_.notify_one();
}

ConnectionPool::Counters ConnectionPool::counters() const {
    const std::lock_guard lock(mutex_);
    Counters counters = counters_;
    counters.waiting = jobs_.size();
    return counters;
}

void ConnectionPool::work() {
    if (options_.in_background) move_thread_to_background();
    std::optional<Connection> connection;
    while (true) {
        Job job;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
            if (jobs_.empty()) return;
            job = std::move(jobs_.front());
            jobs_.pop_front();
            ++counters_.running;
        }
        const std::exception_ptr error = perform(job, connection);
        {
            // Before the answer: who has it may ask again at once.
            const std::lock_guard lock(mutex_);
            --counters_.running;
            ++(error ? counters_.failed : counters_.done);
        }
        job.finish(error);
    }
}

std::exception_ptr ConnectionPool::perform(Job& job, std::optional<Connection>& connection) {
    // A connection that idled through a restart of PostgreSQL fails at its first statement: then once more on a new
    // one.
    for (int attempt = 0;; ++attempt) {
        try {
            if (job.query->is_cancelled()) throw gis::Unavailable("the request was called off");
            const bool reused = connection && connection->is_open();
            if (!reused) {
                connection.emplace(options_.dsn, options_.settings);
                if (options_.in_background) move_backend_to_background(*connection);
            }
            try {
                connection->run_script(job.begin);
            } catch (const gis::Unavailable&) {
                connection.reset();
                if (reused && attempt == 0) continue;
                throw;
            }
            if (!job.query->begin(connection->canceller())) throw gis::Unavailable("the request was called off");
            std::exception_ptr failure;
            try {
                job.run(*connection);
                connection->execute("commit");
            } catch (const SqlError& error) {
                const bool stopped = error.state() == query_canceled;
                failure = stopped ? std::make_exception_ptr(gis::Unavailable("the query took too long and was stopped"))
                                  : std::current_exception();
            } catch (...) {
                failure = std::current_exception();
            }
            // A cancel may still be on its way to the backend: such a connection is not used again.
            if (job.query->end()) {
                connection.reset();
            } else if (failure) {
                connection->execute("rollback");
            }
            return failure;
        } catch (...) {
            connection.reset();
            return std::current_exception();
        }
    }
}

}  // namespace db
