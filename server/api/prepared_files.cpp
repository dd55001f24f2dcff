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
#include "server/api/change_feed.hpp"
#include "server/api/clock_text.hpp"
#include "server/api/inspire_file.hpp"
#include "server/api/inspire_package.hpp"
#include "server/gate/gatekeeper.hpp"
#include "server/gate/visible_catalog.hpp"

namespace api {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

const db::As as_everybody{db::As::Role::Reader, "anonymous", false};

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

std::string name_of(const InspireDataSet& data_set, const PreparedForm& form) {
    return fmt::format("{}.{}", data_set.code, form.extension);
}

/// Whether the disk still has it: others clean temporary folders too.
bool is_there(const PreparedFile& file) {
    std::error_code gone;
    return fs::file_size(file.path, gone) == file.size && !gone;
}

}  // namespace

std::string prepared_file_url(const http::Request& request, std::string_view data_set, const PreparedForm& form) {
    return fmt::format("{}/downloads/{}.{}", request.base_url, data_set, form.extension);
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

PreparedFilePtr PreparedFiles::find(const InspireDataSet& data_set, const gis::Scope& scope,
                                    const PreparedForm& form) const {
    PreparedFilePtr file;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = files_.find(name_of(data_set, form)); found != files_.end()) file = found->second;
    }
    if (!file || file->content != content_of(data_set, scope) || !is_there(*file)) return nullptr;
    return file;
}

bool PreparedFiles::is_fresh(db::Connection& connection, const PreparedFile& file, const InspireDataSet& data_set) {
    return file.declared == declared_of(data_set) && is_unchanged(connection, data_set.layers(), file.state);
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
            return std::ranges::find(data_sets, entry.second->data_set, &InspireDataSet::code) == data_sets.end();
        });
    }
    for (const PreparedForm& form : prepared_forms) {
        for (const InspireDataSet& data_set : data_sets) look_at(data_set, form, *caller, visible);
    }
}

void PreparedFiles::look_at(const InspireDataSet& data_set, const PreparedForm& form, const gate::Caller& caller,
                            const gis::CatalogPtr& visible) {
    const std::string name = name_of(data_set, form);
    const std::string content = content_of(data_set, caller.scope);
    PreparedFilePtr file;
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        if (const auto found = files_.find(name); found != files_.end()) file = found->second;
    }
    if (Clock::now() < not_before_[name]) return;
    if (file && file->content == content && is_there(*file) && is_current(*file, data_set)) return;
    const Clock::time_point begin = Clock::now();
    bool rests = true;
    try {
        make(data_set, form, visible, content, caller.scope.revision);
    } catch (const RightsChanged&) {
        rests = false;
    } catch (const gis::Unavailable& error) {
        // The database is away: soon again. What took long was stopped by a time limit.
        rests = Clock::now() - begin > options_.rest;
        if (rests) give_up(name, error.what());
    } catch (const std::exception& error) {
        give_up(name, error.what());
    }
    const Clock::time_point end = Clock::now();
    if (rests) not_before_[name] = end + std::max<Clock::duration>(options_.rest, 10 * (end - begin));
}

void PreparedFiles::give_up(const std::string& name, std::string_view reason) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        files_.erase(name);
    }
    log_(fmt::format("the file of an INSPIRE data set, {}: {}", name, reason));
}

gate::CallerPtr PreparedFiles::everybody() {
    boost::asio::io_context context;
    auto caller = boost::asio::co_spawn(context, gatekeeper_.anybody(std::make_shared<db::RunningQuery>()),
                                        boost::asio::use_future);
    context.run();
    return caller.get();
}

bool PreparedFiles::is_current(const PreparedFile& file, const InspireDataSet& data_set) {
    if (file.declared != declared_of(data_set)) return false;
    if (!file.state.comparable && Clock::now() - file.made > options_.untracked_lifetime) return false;
    std::vector<const gis::Layer*> layers = data_set.layers();
    DataState then = file.state;
    if (!then.comparable) {
        // The feed still tells of the others.
        std::erase_if(layers, [](const gis::Layer* layer) { return !layer->tracked; });
        then.digest.clear();
        then.comparable = true;
    }
    bool unchanged = false;
    run([&](db::Connection& connection) { unchanged = is_unchanged(connection, layers, then); });
    return unchanged;
}

void PreparedFiles::make(const InspireDataSet& data_set, const PreparedForm& form, const gis::CatalogPtr& visible,
                         const std::string& content, std::int64_t access_revision) {
    InspireOrder order;
    order.theme = data_set.theme;
    order.catalog = visible;
    order.parts = data_set.parts;
    order.form.crs = find_inspire_crs(fmt::format("EPSG:{}", prepared_crs));
    order.form.id_namespace = data_set.id_namespace;
    std::error_code gone;
    if (!fs::is_directory(folder_->path(), gone)) folder_ = std::make_shared<const LockedFolder>(folder_name);
    const auto file = std::make_shared<PreparedFile>(
        folder_, folder_->path() / fmt::format("{}.{}.{}", data_set.code, ++made_, form.extension));
    file->data_set = data_set.code;
    file->content = content;
    file->declared = declared_of(data_set);
    run([&](db::Connection& connection) {
        const db::Result revision = connection.query("select catalogue.access_revision()", {});
        if (revision.int64(0, 0) != access_revision) throw RightsChanged();
        file->state = state_of(connection, data_set.layers());
        const bool is_package = form == package_form;
        const InspireOutcome outcome = is_package ? write_inspire_package(connection, order, file->path)
                                                  : write_inspire_file(connection, order, file->path);
        file->objects = outcome.object_count();
    });
    file->size = fs::file_size(file->path);
    file->etag = fmt::format("{}-{}-{}", data_set.code, time_stamp(), made_);
    const std::string name = name_of(data_set, form);
    const std::lock_guard lock(mutex_);
    files_[name] = file;
    versions_[name].add(file);
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
    connection_.start(as_everybody, query, std::move(act), finish);
    done->get_future().get();
    const std::lock_guard lock(mutex_);
    running_ = nullptr;
}

FreshFiles::FreshFiles(db::ConnectionPool& pool) : rounds_(pool, as_everybody, answer) {}

boost::asio::awaitable<bool> FreshFiles::is_fresh(PreparedFilePtr file, InspireDataSet data_set) {
    Question question{std::move(file), std::move(data_set)};  // named: g++ 12 destroys such a temporary twice
    const bool fresh = co_await rounds_.ask(std::move(question));
    co_return fresh;
}

std::vector<bool> FreshFiles::answer(db::Connection& connection, const std::vector<Question>& questions) {
    std::map<std::pair<PreparedFilePtr, std::string>, bool> known;
    std::vector<bool> answers;
    for (const auto& [file, data_set] : questions) {
        const auto [entry, is_new] = known.try_emplace({file, declared_of(data_set)});
        if (is_new) entry->second = PreparedFiles::is_fresh(connection, *file, data_set);
        answers.push_back(entry->second);
    }
    return answers;
}

}  // namespace api
