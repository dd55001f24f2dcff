#include "server/jobs/runner.hpp"

#include <fmt/format.h>

#include <chrono>
#include <set>

#include "gis/error.hpp"
#include "server/db/priority.hpp"
#include "server/import/versions.hpp"
#include "server/jobs/job.hpp"
#include "server/jobs/last_time.hpp"
#include "server/jobs/pictures.hpp"
#include "server/jobs/raster_files.hpp"
#include "server/jobs/reading.hpp"

namespace jobs {

namespace fs = std::filesystem;

namespace {

constexpr auto queue_look = std::chrono::milliseconds(1000);  // makes up for a lost notification, finds dead holders
constexpr auto after_trouble = std::chrono::seconds(1);
constexpr auto house_interval = std::chrono::minutes(10);
constexpr auto unseen = std::chrono::hours(1);

/// In the transaction of the work: who lost the job undoes it by what this throws.
void require_settled(db::Connection& connection, const Job& job, const char* state) {
    if (!settle(connection, job, state, "")) throw gis::Conflict("somebody else does this");
}

void publish_job(db::Connection& connection, const Job& job) {
    std::vector<importing::Publication> publications;
    for (const JobVersion& version : versions_of(connection, job.id)) {
        publications.push_back({version.target, version.version_id, {version.part_id}, "", version.rows, job.replace});
    }
    importing::publish_together(connection, publications, [&job](db::Connection& inside) {
        require_settled(inside, job, "published");
        remember(inside, job);
    });
}

void undo_job(db::Connection& connection, const Job& job) {
    std::vector<int> ids;
    for (const JobVersion& version : versions_of(connection, job.id)) ids.push_back(version.version_id);
    importing::undo_together(connection, ids,
                             [&job](db::Connection& inside) { require_settled(inside, job, "draft"); });
}

std::set<std::string> texts(db::Connection& connection, const std::string& sql) {
    const db::Result rows = connection.query(sql);
    std::set<std::string> found;
    for (int i = 0; i < rows.rows(); ++i) found.insert(rows.text(i, 0));
    return found;
}

/// Removes what lies in a folder and is nobody's; what is new may belong to a row that was not seen yet.
template <typename Wanted>
void sweep(const fs::path& folder, Wanted is_wanted) {
    std::error_code ignored;
    for (fs::directory_iterator at(folder, ignored), end; at != end; at.increment(ignored)) {
        const auto changed = fs::last_write_time(at->path(), ignored);
        if (ignored || fs::file_time_type::clock::now() - changed < unseen || is_wanted(at->path())) continue;
        fs::remove_all(at->path(), ignored);
    }
}

/// A publication or its undoing, on a connection of its own: whatever fails leaves no transaction behind.
void move(const Runner::Options& options, db::Connection& queue, const Job& job) {
    const bool publishes = job.state == "publishing";
    const char* stays = publishes ? "draft" : "published";
    try {
        db::Connection connection(options.dsn);
        publishes ? publish_job(connection, job) : undo_job(connection, job);
    } catch (const gis::Conflict& conflict) {
        settle(queue, job, stays, conflict.what());
    } catch (const db::SqlError& error) {
        settle(queue, job, stays, "la base refuse : " + error.reason());
    }
}

}  // namespace

Runner::Runner(Options options) : options_(std::move(options)) {
    for (int i = 0; i < options_.workers; ++i) threads_.emplace_back([this] { work(); });
}

Runner::~Runner() {
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
}

bool Runner::do_one(db::Connection& connection) {
    const std::optional<Job> job = claim(connection);
    if (!job) return false;
    if (job->state == "reading") {
        read_job(connection, *job, options_, stopping_);
    } else {
        move(options_, connection, *job);
    }
    return true;
}

void Runner::work() {
    db::move_thread_to_background();
    auto next_house = std::chrono::steady_clock::now();
    while (!stopping_) {
        try {
            db::Connection connection(options_.dsn);
            db::move_backend_to_background(connection);
            connection.execute("listen carreau_job");
            while (!stopping_) {
                if (std::chrono::steady_clock::now() >= next_house) {
                    next_house = std::chrono::steady_clock::now() + house_interval;
                    keep_house(connection);
                }
                if (!do_one(connection)) connection.wait_notification(queue_look);
            }
        } catch (const std::exception& error) {
            // The job's lease ends and it is taken again.
            if (options_.log) options_.log(std::string("jobs: ") + error.what());
            std::this_thread::sleep_for(after_trouble);
        }
    }
}

/// What nobody will ask for any more: uploads that were never finished, files without a row, drafts of dead readings.
void Runner::keep_house(db::Connection& connection) {
    connection.query(
        "delete from capture.upload where completed_at is null and expires_at < now() - interval '1 hour'");
    const std::set<std::string> uploads = texts(connection, "select upload_id from capture.upload");
    sweep(options_.uploads,
          [&](const fs::path& path) { return uploads.contains(path.stem()) || fs::is_directory(path); });
    const std::set<std::string> readings =
        texts(connection, "select holder::text from capture.job where state = 'reading' and holder is not null");
    sweep(options_.uploads / readings_folder, [&](const fs::path& path) { return readings.contains(path.filename()); });
    const std::set<std::string> rasters = texts(connection, "select file from capture.raster_file");
    sweep(options_.uploads / rasters_folder, [&](const fs::path& path) { return rasters.contains(path.filename()); });
    const db::Result orphans = connection.query(
        "select version_id from catalogue.version v where state = 'draft' and created_at < now() - interval '1 day' "
        "and not "
        "exists (select from capture.job_version j where j.version_id = v.version_id)");
    for (int i = 0; i < orphans.rows(); ++i)
        importing::discard_version(connection, static_cast<int>(orphans.int64(i, 0)));
    importing::discard_abandoned(connection);
    sweep_pictures(connection, options_.uploads);
}

}  // namespace jobs
