#include "server/db/connection.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <bit>
#include <cstring>

namespace db {

namespace {

PGconn* raw(const std::shared_ptr<void>& connection) {
    return static_cast<PGconn*>(connection.get());
}
const PGresult* raw_result(const std::shared_ptr<void>& result) {
    return static_cast<const PGresult*>(result.get());
}

template <typename Unsigned>
Unsigned big_endian(const char* bytes) {
    Unsigned value = 0;
    for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
        value = static_cast<Unsigned>(value << 8U) | static_cast<unsigned char>(bytes[i]);
    }
    return value;
}

std::string trimmed(const char* message) {
    std::string text = message == nullptr ? "" : message;
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
}

std::vector<const char*> pointers_to(std::span<const Parameter> parameters) {
    std::vector<const char*> values;
    values.reserve(parameters.size());
    for (const Parameter& parameter : parameters) values.push_back(parameter ? parameter->c_str() : nullptr);
    return values;
}

/// Throws what `result` says went wrong. A broken connection is Unavailable, anything else an SqlError.
void require_success(PGconn* connection, const PGresult* result) {
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_COPY_IN ||
        status == PGRES_COPY_OUT || status == PGRES_EMPTY_QUERY) {
        return;
    }
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (PQstatus(connection) != CONNECTION_OK || state == nullptr || std::string_view(state).starts_with("57P")) {
        throw gis::Unavailable("the database connection was lost: " + trimmed(PQerrorMessage(connection)));
    }
    const char* constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    throw SqlError(state, trimmed(PQresultErrorMessage(result)), constraint == nullptr ? "" : constraint);
}

}  // namespace

Result::Result(void* pg_result)
    : result_(pg_result, [](void* result) { PQclear(static_cast<PGresult*>(result)); }),
      rows_(PQntuples(raw_result(result_))),
      columns_(PQnfields(raw_result(result_))) {}

bool Result::is_null(int row, int column) const {
    return PQgetisnull(raw_result(result_), row, column) != 0;
}

std::string_view Result::bytes(int row, int column) const {
    const PGresult* result = raw_result(result_);
    return {PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column))};
}

std::int64_t Result::int64(int row, int column) const {
    const std::string_view value = bytes(row, column);
    switch (value.size()) {
        case 2:
            return static_cast<std::int16_t>(big_endian<std::uint16_t>(value.data()));
        case 4:
            return static_cast<std::int32_t>(big_endian<std::uint32_t>(value.data()));
        case 8:
            return static_cast<std::int64_t>(big_endian<std::uint64_t>(value.data()));
        default:
            throw std::logic_error("integer column expected");
    }
}

double Result::float64(int row, int column) const {
    const std::string_view value = bytes(row, column);
    if (value.size() != 8) throw std::logic_error("float8 column expected");
    return std::bit_cast<double>(big_endian<std::uint64_t>(value.data()));
}

bool Result::boolean(int row, int column) const {
    const std::string_view value = bytes(row, column);
    return !value.empty() && value.front() != 0;
}

Connection::Connection(const std::string& dsn, const std::vector<std::string>& settings) {
    std::string options;
    for (const std::string& setting : settings) options += "-c " + setting + " ";
    const char* keywords[] = {"dbname", "options", "connect_timeout", "application_name", "client_encoding", nullptr};
    const char* values[] = {dsn.c_str(), options.c_str(), "5", "carreau", "UTF8", nullptr};
    connection_ = {PQconnectdbParams(keywords, values, 1), [](void* c) { PQfinish(static_cast<PGconn*>(c)); }};
    if (PQstatus(raw(connection_)) != CONNECTION_OK) {
        throw gis::Unavailable("the database cannot be reached: " + trimmed(PQerrorMessage(raw(connection_))));
    }
    PQsetNoticeProcessor(
        raw(connection_), [](void*, const char*) {}, nullptr);
}

Result Connection::query(const std::string& sql, std::span<const Parameter> parameters) {
    const std::vector<const char*> values = pointers_to(parameters);
    PGresult* pg_result = PQexecParams(raw(connection_), sql.c_str(), static_cast<int>(values.size()), nullptr,
                                       values.data(), nullptr, nullptr, 1);
    Result result(pg_result);
    require_success(raw(connection_), pg_result);
    return result;
}

void Connection::query_each(const std::string& sql, std::span<const Parameter> parameters,
                            const std::function<void(const Result&)>& take) {
    PGconn* connection = raw(connection_);
    const std::vector<const char*> values = pointers_to(parameters);
    if (PQsendQueryParams(connection, sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr,
                          nullptr, 1) == 0 ||
        PQsetSingleRowMode(connection) == 0) {
        throw gis::Unavailable("the database connection was lost: " + trimmed(PQerrorMessage(connection)));
    }
    std::exception_ptr failure;
    while (PGresult* pg_result = PQgetResult(connection)) {
        const Result result(pg_result);
        if (failure) continue;
        try {
            if (PQresultStatus(pg_result) != PGRES_SINGLE_TUPLE) {
                require_success(connection, pg_result);
            } else {
                take(result);
            }
        } catch (...) {
            failure = std::current_exception();
            canceller()();
        }
    }
    if (failure) std::rethrow_exception(failure);
}

void Connection::run_script(const std::string& sql) {
    PGresult* pg_result = PQexec(raw(connection_), sql.c_str());
    const Result owner(pg_result);
    require_success(raw(connection_), pg_result);
}

void Connection::copy_begin(const std::string& sql) {
    run_script(sql);
}

void Connection::copy_put(std::string_view bytes) {
    if (PQputCopyData(raw(connection_), bytes.data(), static_cast<int>(bytes.size())) != 1) {
        throw gis::Unavailable("COPY was interrupted: " + trimmed(PQerrorMessage(raw(connection_))));
    }
}

std::int64_t Connection::copy_end() {
    PQputCopyEnd(raw(connection_), nullptr);
    std::int64_t rows = 0;
    while (PGresult* pg_result = PQgetResult(raw(connection_))) {
        const Result owner(pg_result);
        require_success(raw(connection_), pg_result);
        rows = std::strtoll(PQcmdTuples(pg_result), nullptr, 10);
    }
    return rows;
}

void Connection::copy_abort(const std::string& reason) {
    PQputCopyEnd(raw(connection_), reason.c_str());
    while (PGresult* pg_result = PQgetResult(raw(connection_))) PQclear(pg_result);
}

void Connection::copy_out(const std::string& sql, const std::function<void(std::string_view)>& take) {
    run_script(sql);
    while (true) {
        char* bytes = nullptr;
        const int size = PQgetCopyData(raw(connection_), &bytes, 0);
        if (size < 0) break;
        const std::unique_ptr<char, decltype(&PQfreemem)> owner(bytes, PQfreemem);
        take({bytes, static_cast<std::size_t>(size)});
    }
    while (PGresult* pg_result = PQgetResult(raw(connection_))) {
        const Result owner(pg_result);
        require_success(raw(connection_), pg_result);
    }
}

std::optional<std::string> Connection::wait_notification(std::chrono::milliseconds timeout, int wake) {
    PGconn* connection = raw(connection_);
    const auto take = [&]() -> std::optional<std::string> {
        if (PQconsumeInput(connection) == 0) {
            throw gis::Unavailable("the database connection was lost: " + trimmed(PQerrorMessage(connection)));
        }
        PGnotify* notification = PQnotifies(connection);
        if (notification == nullptr) return std::nullopt;
        std::string channel = notification->relname;
        PQfreemem(notification);
        return channel;
    };
    if (auto channel = take()) return channel;
    pollfd descriptors[] = {{PQsocket(connection), POLLIN, 0}, {wake, POLLIN, 0}};
    if (poll(descriptors, 2, static_cast<int>(timeout.count())) <= 0) return std::nullopt;
    return take();
}

bool Connection::is_open() const {
    return connection_ && PQstatus(raw(connection_)) == CONNECTION_OK;
}

int Connection::local_backend_pid() const {
    const char* host = PQhost(raw(connection_));
    const bool is_local = host != nullptr && host[0] == '/';
    return is_local ? PQbackendPID(raw(connection_)) : 0;
}

std::function<void()> Connection::canceller() const {
    const std::shared_ptr<PGcancel> cancel(PQgetCancel(raw(connection_)), PQfreeCancel);
    return [cancel] {
        char message[256];
        if (cancel) PQcancel(cancel.get(), message, sizeof message);
    };
}

std::string Connection::quote_identifier(std::string_view name) const {
    char* quoted = PQescapeIdentifier(raw(connection_), name.data(), name.size());
    if (quoted == nullptr) throw std::runtime_error("a name is not valid UTF-8");
    std::string text = quoted;
    PQfreemem(quoted);
    return text;
}

std::string Connection::quote_literal(std::string_view text) const {
    char* quoted = PQescapeLiteral(raw(connection_), text.data(), text.size());
    if (quoted == nullptr) throw std::runtime_error("a text is not valid UTF-8");
    std::string literal = quoted;
    PQfreemem(quoted);
    return literal;
}

}  // namespace db
