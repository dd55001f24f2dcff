#include "server/api/prepared_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <system_error>
#include <vector>

#include "gis/error.hpp"
#include "server/api/clock_text.hpp"
#include "server/api/inspire_file.hpp"
#include "server/gate/gatekeeper.hpp"
#include "server/gate/visible_catalog.hpp"

namespace api {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

const std::string folder_name = "carreau-prepared";

struct RightsChanged : gis::Unavailable {
    RightsChanged() : Unavailable("rights changed meanwhile") {}
};

/// Equal where two callers are given the same document.
std::string content_of(const InspireDataSet& data_set, const gis::Scope& scope) {
    std::string content = data_set.code;
    for (const InspirePart& part : data_set.parts) content += '\n' + part.mapping->name + ' ' + part.layer->name;
    for (const gis::Layer* layer : data_set.layers())
        content += fmt::format("\n{} {} {}", layer->id, layer->name, scope.class_of(*layer));
    return content;
}

/// Changes with the declaration of any of its layers, and with their published versions.
std::string declared_of(const InspireDataSet& data_set) {
    std::string declared;
    for (const gis::Layer* layer : data_set.layers())
        declared += fmt::format("{} {} {}\n", layer->name, layer->updated, layer->vintage);
    return declared;
}

/// Whether the disk still has it: others clean temporary folders too.
bool is_there(const PreparedFile& file) {
    std::error_code gone;
    return fs::file_size(file.path, gone) == file.size && !gone;
}

}  // namespace

std::string prepared_file_url(const http::Request& request, std::string_view data_set) {
    return fmt::format("{}/downloads/{}.gml", request.base_url, data_set);
}

PreparedFile::PreparedFile(std::shared_ptr<const LockedFolder> in, fs::path at)
    : folder(std::move(in)), path(std::move(at)), made(Clock::now()) {}

PreparedFile::~PreparedFile() {
    std::error_code ignored;
    fs::remove(path, ignored);
}

void FileVersions::add(const std::shared_ptr<PreparedFile>& newest) {
    std::erase_if(held_, [](const std::weak_ptr<PreparedFile>& version) { return version.expired(); });
    for (; held_.size() > most_old; held_.erase(held_.begin())) {
        if (const auto oldest = held_.front().lock()) oldest->withdrawn = true;
    }
    held_.push_back(newest);
}

PreparedFiles::PreparedFiles(const live::CatalogWatch& catalog, gate::Gatekeeper& gatekeeper,
                             db::ConnectionPool::Options connection, Options options, Log log)
    : catalog_(catalog),
      gatekeeper_(gatekeeper),
      connection_([&] {
          connection.threads = 1;
          connection.max_waiting = 1;
          return connection;
      }()),
      options_(std::move(options)),
      log_(std::move(log)),
      folder_(std::make_shared<const LockedFolder>(folder_name)) {}

PreparedFiles::~PreparedFiles() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        if (running_) running_->cancel();
    }
    stop_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void PreparedFiles::start() {
    thread_ = std::thread([this] { work(); });
}

PreparedFilePtr PreparedFiles::find(const InspireDataSet& data_set, const gis::Scope& scope) const {
    PreparedFilePtr file;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = files_.find(data_set.code); found != files_.end()) file = found->second;
    }
    if (!file || file->content != content_of(data_set, scope) || !is_there(*file)) return nullptr;
    return file;
}

void PreparedFiles::work() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        lock.unlock();
        try {
            look();
        } catch (const gis::Unavailable&) {
            // The database is away: others say so.
        } catch (const std::exception& error) {
            log_(fmt::format("files of INSPIRE data sets: {}", error.what()));
        }
        lock.lock();
        stop_.wait_for(lock, options_.look_every, [this] { return stopping_; });
    }
}

void PreparedFiles::look() {
    if (!catalog_.is_connected()) return;
    const gate::CallerPtr caller = everybody();
    const live::Snapshot all = catalog_.current();
    const gis::CatalogPtr visible = gate::visible_catalog(*all.catalog, caller->scope, *all.communes);
    const std::vector<InspireDataSet> data_sets = inspire_data_sets(options_.authority, *visible, caller->scope);
    {
        // What not everybody may have any more goes at once.
        const std::lock_guard lock(mutex_);
        std::erase_if(files_, [&](const auto& entry) {
            return std::ranges::find(data_sets, entry.first, &InspireDataSet::code) == data_sets.end();
        });
    }
    for (const InspireDataSet& data_set : data_sets) {
        const std::string content = content_of(data_set, caller->scope);
        PreparedFilePtr file;
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) return;
            if (const auto found = files_.find(data_set.code); found != files_.end()) file = found->second;
        }
        if (Clock::now() < not_before_[data_set.code]) continue;
        if (file && file->content == content && is_there(*file) && is_current(*file, data_set)) continue;
        const Clock::time_point begin = Clock::now();
        bool rests = true;
        try {
            make(data_set, visible, content, caller->scope.revision);
        } catch (const RightsChanged&) {
            rests = false;
        } catch (const gis::Unavailable& error) {
            // The database is away: soon again. What took long was stopped by a time limit.
            rests = Clock::now() - begin > options_.rest;
            if (rests) give_up(data_set, error.what());
        } catch (const std::exception& error) {
            give_up(data_set, error.what());
        }
        const Clock::time_point end = Clock::now();
        if (rests) not_before_[data_set.code] = end + std::max<Clock::duration>(options_.rest, 10 * (end - begin));
    }
}

void PreparedFiles::give_up(const InspireDataSet& data_set, std::string_view reason) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        files_.erase(data_set.code);
    }
    log_(fmt::format("the file of the INSPIRE data set {}: {}", data_set.code, reason));
}

gate::CallerPtr PreparedFiles::everybody() {
    boost::asio::io_context context;
    auto caller = boost::asio::co_spawn(context, gatekeeper_.anybody(std::make_shared<db::RunningQuery>()),
                                        boost::asio::use_future);
    context.run();
    return caller.get();
}

bool PreparedFiles::is_current(const PreparedFile& file, const InspireDataSet& data_set) {
    const std::vector<const gis::Layer*> layers = data_set.layers();
    const bool tracked = std::ranges::all_of(layers, [](const gis::Layer* layer) { return layer->tracked; });
    if (file.declared != declared_of(data_set)) return false;
    if (!tracked && Clock::now() - file.made > options_.untracked_lifetime) return false;
    bool changed = false;
    run([&](db::Connection& connection) {
        for (const gis::Layer* layer : layers) {
            const std::vector<db::Parameter> values{std::to_string(layer->id), file.snapshot};
            const db::Result row =
                connection.query("select catalogue.changed_outside($1::int, $2::pg_snapshot)", values);
            changed = changed || row.boolean(0, 0);
        }
    });
    return !changed;
}

void PreparedFiles::make(const InspireDataSet& data_set, const gis::CatalogPtr& visible, const std::string& content,
                         std::int64_t access_revision) {
    InspireOrder order;
    order.theme = data_set.theme;
    order.catalog = visible;
    order.parts = data_set.parts;
    order.form.crs = find_inspire_crs(fmt::format("EPSG:{}", prepared_crs));
    order.form.id_namespace = data_set.id_namespace;
    std::error_code gone;
    if (!fs::is_directory(folder_->path(), gone)) folder_ = std::make_shared<const LockedFolder>(folder_name);
    const auto file =
        std::make_shared<PreparedFile>(folder_, folder_->path() / fmt::format("{}.{}.gml", data_set.code, ++made_));
    file->content = content;
    file->declared = declared_of(data_set);
    run([&](db::Connection& connection) {
        const db::Result moment =
            connection.query("select pg_current_snapshot()::text, catalogue.access_revision()", {});
        if (moment.int64(0, 1) != access_revision) throw RightsChanged();
        file->snapshot = moment.text(0, 0);
        write_inspire_file(connection, order, file->path);
    });
    file->size = fs::file_size(file->path);
    file->etag = fmt::format("{}-{}-{}", data_set.code, time_stamp(), made_);
    const std::lock_guard lock(mutex_);
    files_[data_set.code] = file;
    versions_[data_set.code].add(file);
}

void PreparedFiles::run(std::function<void(db::Connection&)> act) {
    const auto query = std::make_shared<db::RunningQuery>();
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) throw gis::Unavailable("the server stops");
        running_ = query;
    }
    // Shared: the other thread may still be at it when this one goes on.
    const auto done = std::make_shared<std::promise<void>>();
    const auto finish = [done](const std::exception_ptr& error) {
        error ? done->set_exception(error) : done->set_value();
    };
    connection_.start({db::As::Role::Reader, "anonymous", false}, query, std::move(act), finish);
    done->get_future().get();
    const std::lock_guard lock(mutex_);
    running_ = nullptr;
}

}  // namespace api
