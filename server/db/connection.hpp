#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gis/error.hpp"

namespace db {

/// PostgreSQL refused a statement. `state` is the five-character SQLSTATE, `constraint` the name of the one that was
/// violated, if any.
class SqlError : public std::runtime_error {
  public:
    SqlError(std::string state, const std::string& message, std::string constraint = "")
        : std::runtime_error(message), state_(std::move(state)), constraint_(std::move(constraint)) {}
    const std::string& state() const { return state_; }
    const std::string& constraint() const { return constraint_; }

  private:
    std::string state_;
    std::string constraint_;
};

/// The rows a statement gave, every column in PostgreSQL's binary format. Views into it live as long as it does.
class Result {
  public:
    explicit Result(void* pg_result);
    int rows() const { return rows_; }
    int columns() const { return columns_; }
    bool is_null(int row, int column) const;
    /// The value's bytes: text as UTF-8, bytea and geometry functions as they are.
    std::string_view bytes(int row, int column) const;
    std::int64_t int64(int row, int column) const;  ///< of int2, int4, int8
    double float64(int row, int column) const;      ///< of float8
    bool boolean(int row, int column) const;
    std::string text(int row, int column) const { return std::string(bytes(row, column)); }

  private:
    std::shared_ptr<void> result_;
    int rows_ = 0;
    int columns_ = 0;
};

/// A parameter value, sent as text and typed by the statement; nothing is NULL.
using Parameter = std::optional<std::string>;

/// One libpq connection. Owned and used by one thread at a time; `canceller()` may be used from any thread.
class Connection {
  public:
    /// Opens within five seconds or throws gis::Unavailable. `settings` are sent as run-time options
    /// ("statement_timeout=10s").
    explicit Connection(const std::string& dsn, const std::vector<std::string>& settings = {});

    Result query(const std::string& sql, std::span<const Parameter> parameters = {});
    void execute(const std::string& sql) { query(sql); }
    /// Hands over the rows one after the other as they arrive, each as a Result of one row that lives until `take`
    /// returns: memory does not grow with their number, and a slow `take` slows the statement down. What `take` throws
    /// cancels the statement and is thrown again.
    void query_each(const std::string& sql, std::span<const Parameter> parameters,
                    const std::function<void(const Result&)>& take);
    /// Several statements in one text, without parameters or results.
    void run_script(const std::string& sql);

    /// COPY ... FROM STDIN in any format; end with copy_end, which throws what PostgreSQL refused.
    void copy_begin(const std::string& sql);
    void copy_put(std::string_view bytes);
    std::int64_t copy_end();
    void copy_abort(const std::string& reason);

    /// COPY ... TO STDOUT in any format: `take` gets the bytes piece by piece, a whole row in each.
    void copy_out(const std::string& sql, const std::function<void(std::string_view)>& take);

    /// Waits up to `timeout` for a notification, or until the descriptor `wake` can be read; the channel, or nothing.
    std::optional<std::string> wait_notification(std::chrono::milliseconds timeout, int wake = -1);

    bool is_open() const;
    /// Process number of the server's side when it is reached by a Unix socket, else 0.
    int local_backend_pid() const;
    /// A function that asks PostgreSQL to stop the statement in progress; callable from any thread, blocks briefly.
    std::function<void()> canceller() const;
    std::string quote_identifier(std::string_view name) const;
    std::string quote_literal(std::string_view text) const;

  private:
    std::shared_ptr<void> connection_;
};

}  // namespace db
