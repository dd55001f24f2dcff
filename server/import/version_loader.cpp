#include "server/import/version_loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <thread>
#include <utility>

#include "gis/error.hpp"
#include "server/db/priority.hpp"
#include "server/import/versions.hpp"

namespace importing {

namespace {

constexpr std::size_t message_bytes = 256UL * 1024;  // of COPY: large enough that system calls do not count
constexpr std::size_t most_waiting = 4;  // messages: PostgreSQL works while files are read, memory stays flat
constexpr std::size_t listed_duplicates = 20;
constexpr std::int64_t worth_helping = 20'000;  // rows: below, opening connections costs more than they save
constexpr unsigned most_index_builders = 4;

}  // namespace

/// The load of one table: a connection in COPY mode, what it writes to, and the thread that sends.
///
/// From `open` to `end_writer` the connection belongs to the thread; the mutex guards the rest.
struct VersionLoader::TableLoad {
    ~TableLoad() { end_writer(false); }

    /// Sends messages until `closed`; a failure ends it and is told by the next `send`.
    void work();
    /// Hands a message to the thread; waits while several wait already.
    void send(std::string bytes);
    /// Waits until what waits is sent, or drops it. Afterwards the connection is the caller's.
    void end_writer(bool send_waiting);

    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::string> waiting;
    std::exception_ptr failure;
    bool closed = false;
    std::thread writer;
    std::string target;  ///< "cadastre.parcelle"
    std::string aside;   ///< where the rows go until published
    std::vector<std::string> column_names;
    std::unique_ptr<db::Connection> connection;
    std::unique_ptr<CopyEncoder> encoder;
    int version_id = 0;
    int part_id = 0;  ///< 0: a table without versions
    std::int64_t rows = 0;
    bool copying = false;
};

void VersionLoader::TableLoad::work() {
    std::unique_lock lock(mutex);
    while (true) {
        changed.wait(lock, [this] { return closed || !waiting.empty(); });
        if (waiting.empty()) return;
        const std::string bytes = std::move(waiting.front());
        waiting.pop_front();
        changed.notify_all();
        lock.unlock();
        try {
            connection->copy_put(bytes);
            lock.lock();
        } catch (...) {
            lock.lock();
            failure = std::current_exception();
            waiting.clear();
            changed.notify_all();
            return;
        }
    }
}

void VersionLoader::TableLoad::send(std::string bytes) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return failure || waiting.size() < most_waiting; });
    if (failure) std::rethrow_exception(failure);
    waiting.push_back(std::move(bytes));
    changed.notify_all();
}

void VersionLoader::TableLoad::end_writer(bool send_waiting) {
    if (!writer.joinable()) return;
    {
        const std::lock_guard lock(mutex);
        closed = true;
        if (!send_waiting) waiting.clear();
    }
    changed.notify_all();
    writer.join();
}

VersionLoader::VersionLoader(std::string dsn, Source source, Pace pace)
    : dsn_(std::move(dsn)), source_(std::move(source)), pace_(pace) {}

std::unique_ptr<db::Connection> VersionLoader::connect() const {
    auto connection = std::make_unique<db::Connection>(dsn_);
    if (pace_ == Pace::Background) db::move_backend_to_background(*connection);
    return connection;
}

VersionLoader::~VersionLoader() {
    if (!published_) discard();
}

VersionLoader::TableLoad& VersionLoader::load_for(const gis::RowBatch& batch) {
    const std::lock_guard lock(mutex_);
    const auto known =
        std::find_if(loads_.begin(), loads_.end(), [&](const auto& load) { return load->target == batch.table; });
    if (known != loads_.end()) return **known;
    loads_.push_back(std::make_unique<TableLoad>());
    loads_.back()->target = batch.table;
    return *loads_.back();
}

void VersionLoader::open(TableLoad& load, const gis::RowBatch& batch) {
    load.connection = connect();
    db::Connection& connection = *load.connection;
    const TableShape shape = describe_table(connection, load.target);
    load.column_names = batch.columns;
    std::vector<CopyColumn> columns;
    std::string list;
    for (const std::string& name : batch.columns) {
        const auto type = shape.columns.find(name);
        if (type == shape.columns.end())
            throw gis::InvalidRequest(name, fmt::format("{} has no such column", load.target));
        columns.push_back({name, type->second});
        list += (list.empty() ? "" : ", ") + connection.quote_identifier(name);
    }
    if (!shape.geometry_column.empty()) list += ", " + connection.quote_identifier(shape.geometry_column);
    load.encoder = std::make_unique<CopyEncoder>(std::move(columns), shape.geometry_column.empty() ? 0 : shape.srid);

    if (shape.is_versioned) {
        const NewPart part = create_part(connection, load.target, source_);
        load.version_id = part.version_id;
        load.part_id = part.part_id;
        load.aside = part.table;
    } else {
        load.aside = create_staging(connection, load.target);
    }
    connection.execute("begin");
    connection.execute(
        fmt::format("truncate {}", load.aside));  // in the COPY's transaction: with wal_level minimal it needs no log
    // Frozen: nobody sees the table yet, and index builds and later reads need not mark each row as committed.
    connection.copy_begin(fmt::format("copy {} ({}) from stdin (format binary, freeze)", load.aside, list));
    load.copying = true;
    connection.copy_put(CopyEncoder::header());
    load.writer = std::thread([&load] { load.work(); });
}

void VersionLoader::write(gis::RowBatch batch) {
    TableLoad& load = load_for(batch);
    {
        const std::lock_guard lock(load.mutex);
        if (!load.connection) open(load, batch);
        if (batch.columns != load.column_names)
            throw std::logic_error("the batches of a table must have the same columns");
    }
    std::string bytes;
    bytes.reserve(message_bytes + 64UL * 1024);
    for (const gis::Row& row : batch.rows) {
        load.encoder->append(bytes, row);
        if (bytes.size() < message_bytes) continue;
        load.send(std::move(bytes));
        bytes.clear();
        bytes.reserve(message_bytes + 64UL * 1024);
    }
    load.send(std::move(bytes));
    const std::lock_guard lock(load.mutex);
    load.rows += static_cast<std::int64_t>(batch.rows.size());
}

void VersionLoader::finish_copies() {
    for (auto& load : loads_) {
        if (load->copying) finish_copy(*load);
    }
}

void VersionLoader::finish_copy(TableLoad& load) {
    load.end_writer(true);
    if (load.failure) std::rethrow_exception(load.failure);
    load.connection->copy_put(CopyEncoder::trailer());
    load.copying = false;
    load.connection->copy_end();
    load.connection->execute("commit");
}

void VersionLoader::index(TableLoad& load, LoadedTable& table) {
    std::vector<db::Connection*> connections{load.connection.get()};
    if (load.rows >= worth_helping) {
        while (helpers_.size() + 1 < std::clamp(std::thread::hardware_concurrency(), 1U, most_index_builders))
            helpers_.push_back(connect());
        for (const auto& helper : helpers_) connections.push_back(helper.get());
    }
    // The key itself finds shared ids: looking for them costs only the load that has some.
    if (index_part(connections, load.target, load.aside)) return;
    table.duplicate_ids =
        remove_duplicates(*load.connection, load.target, load.aside, table.duplicates, listed_duplicates);
    add_primary_key(*load.connection, load.target, load.aside);
}

std::vector<Finding> VersionLoader::complete(std::optional<int> person) {
    finish_copies();
    const auto open = std::ranges::find_if(loads_, [](const auto& load) { return load->connection != nullptr; });
    if (open == loads_.end()) return {};
    db::Connection& connection = *(*open)->connection;
    std::vector<std::string> targets, tables;
    for (const auto& load : loads_) {
        if (!load->connection) continue;
        targets.push_back(connection.quote_literal(load->target));
        tables.push_back(connection.quote_literal(load->aside));
    }
    const std::string parts =
        fmt::format("jsonb_object(array[{}], array[{}])", fmt::join(targets, ", "), fmt::join(tables, ", "));
    const db::Result completions = connection.query(
        fmt::format("select completed::text from catalogue.completion where target in ({}) order by target",
                    fmt::join(targets, ", ")));
    std::vector<Finding> findings;
    for (int i = 0; i < completions.rows(); ++i) {
        const db::Result told =
            connection.query(fmt::format("select row_number, field, reason from {}({}, {})", completions.text(i, 0),
                                         parts, person ? std::to_string(*person) : "null"));
        for (int row = 0; row < told.rows(); ++row) {
            const std::optional<std::int64_t> number =
                told.is_null(row, 0) ? std::nullopt : std::optional(told.int64(row, 0));
            findings.push_back({number, told.text(row, 1), told.text(row, 2)});
        }
    }
    for (auto& load : loads_) {
        if (completions.rows() == 0 || !load->connection) continue;
        load->rows = load->connection->query("select count(*) from " + load->aside).int64(0, 0);
    }
    return findings;
}

std::vector<LoadedTable> VersionLoader::publish() {
    finish_copies();
    std::vector<LoadedTable> loaded;
    std::vector<Publication> publications;
    for (auto& load : loads_) {
        if (!load->connection) continue;
        LoadedTable table;
        table.table = load->target;
        table.version_id = load->version_id;
        if (load->part_id != 0) {
            index(*load, table);
            publications.push_back(
                {load->target, load->version_id, {load->part_id}, "", load->rows - table.duplicates});
        } else {
            publications.push_back({load->target, 0, {}, load->aside, load->rows});
        }
        table.rows = load->rows - table.duplicates;
        loaded.push_back(std::move(table));
    }
    const auto open =
        std::find_if(loads_.begin(), loads_.end(), [](const auto& load) { return load->connection != nullptr; });
    if (open != loads_.end()) publish_together(*(*open)->connection, publications);
    published_ = true;
    return loaded;
}

std::vector<Draft> VersionLoader::keep() {
    finish_copies();
    std::vector<Draft> drafts;
    for (auto& load : loads_) {
        if (!load->connection) continue;
        if (load->part_id == 0)
            throw gis::InvalidRequest(load->target,
                                      "cette table n'a pas de versions ; importez-la par « carreau import »");
        Draft draft;
        draft.loaded.table = load->target;
        draft.loaded.version_id = load->version_id;
        index(*load, draft.loaded);
        draft.loaded.rows = load->rows - draft.loaded.duplicates;
        draft.part_id = load->part_id;
        draft.part_table = load->aside;
        drafts.push_back(std::move(draft));
    }
    for (const Draft& draft : drafts) {
        const std::vector<db::Parameter> values{std::to_string(draft.loaded.version_id),
                                                std::to_string(draft.loaded.rows)};
        loads_.front()->connection->query(
            "update catalogue.version set state = 'draft', feature_count = $2::bigint where version_id = $1::int",
            values);
    }
    published_ = true;
    return drafts;
}

std::int64_t VersionLoader::rows() const {
    const std::lock_guard lock(mutex_);
    std::int64_t rows = 0;
    for (const auto& load : loads_) {
        const std::lock_guard load_lock(load->mutex);
        rows += load->rows;
    }
    return rows;
}

void VersionLoader::discard() noexcept {
    for (auto& load : loads_) {
        load->end_writer(false);
        if (!load->connection) continue;
        try {
            if (load->copying) load->connection->copy_abort("the import was given up");
            load->connection.reset();
            db::Connection connection(dsn_);
            if (load->part_id != 0) {
                discard_version(connection, load->version_id);
            } else if (!load->aside.empty()) {
                connection.execute("drop table if exists " + load->aside);
            }
        } catch (const std::exception&) {
            // The database is away: discard_abandoned takes it away at the next import.
        }
    }
}

}  // namespace importing
