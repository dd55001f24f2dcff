#include "server/live/catalog_watch.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "server/db/catalog_store.hpp"
#include "server/db/connection.hpp"

namespace live {

using namespace std::chrono_literals;

namespace {

constexpr auto poll = 30s;  // a lost notification is noticed after this
constexpr auto access_poll = 2s;
constexpr auto access_believed = 5s;  // a revocation takes effect within this, whatever happens to the database
constexpr auto stop_step = 200ms;     // how soon a stop is noticed
constexpr auto reconnect_pause = 1s;
constexpr std::int64_t look_back = 10'000;  // changes

gis::CommuneIndex load_communes(db::Connection& connection) {
    const db::Result rows = connection.query(
        "select code_insee, nom, st_xmin(g), st_ymin(g), st_xmax(g), st_ymax(g) from "
        "(select code_insee, nom, st_transform(geom, 4326) as g from org.commune_actuelle) c order by nom");
    std::vector<gis::Commune> communes;
    for (int i = 0; i < rows.rows(); ++i) {
        communes.push_back({rows.text(i, 0),
                            rows.text(i, 1),
                            {rows.float64(i, 2), rows.float64(i, 3), rows.float64(i, 4), rows.float64(i, 5)}});
    }
    return gis::CommuneIndex(std::move(communes));
}

}  // namespace

CatalogWatch::CatalogWatch(std::string dsn, std::function<void(const std::string&)> log)
    : dsn_(std::move(dsn)), log_(std::move(log)) {
    try {
        reload();
    } catch (const std::exception& error) {
        log_(std::string("catalogue: ") + error.what());
    }
    thread_ = std::thread([this] { follow(); });
}

CatalogWatch::~CatalogWatch() {
    stopping_ = true;
    thread_.join();
}

Snapshot CatalogWatch::current() const {
    const std::lock_guard lock(mutex_);
    return snapshot_;
}

gis::CatalogPtr CatalogWatch::catalog() const {
    const std::lock_guard lock(mutex_);
    return snapshot_.catalog;
}

void CatalogWatch::reload() {
    db::Connection connection(dsn_);
    Snapshot fresh;
    fresh.catalog = std::make_shared<const gis::Catalog>(db::load_catalog(dsn_));
    fresh.communes = std::make_shared<const gis::CommuneIndex>(load_communes(connection));
    {
        const std::lock_guard lock(mutex_);
        fresh.revisions = snapshot_.revisions;
        const bool is_same = fresh.catalog->layers() == snapshot_.catalog->layers();
        fresh.edition = snapshot_.edition + (is_same ? 0 : 1);
        snapshot_ = std::move(fresh);
        newest_ = snapshot_.catalog.get();
    }
    read_revision(connection);
    read_access_revision(connection);
    connected_ = true;
}

bool CatalogWatch::is_recent() const {
    const std::chrono::steady_clock::time_point heard{std::chrono::steady_clock::duration(heard_at_.load())};
    return std::chrono::steady_clock::now() - heard < access_believed;
}

void CatalogWatch::read_access_revision(db::Connection& connection) {
    const auto asked = std::chrono::steady_clock::now();
    note_access_revision(connection.query("select n from access.revision").int64(0, 0));
    heard_at_ = asked.time_since_epoch().count();
}

void CatalogWatch::note_access_revision(std::int64_t revision) {
    std::int64_t known = access_revision_;
    while (known < revision && !access_revision_.compare_exchange_weak(known, revision)) {
    }
}

void CatalogWatch::read_revision(db::Connection& connection) {
    // Transactions commit in another order than they number their changes: those shortly before are read again.
    const std::vector<db::Parameter> since{std::to_string(last_change_ == 0 ? 0 : last_change_ - look_back)};
    const db::Result rows = connection.query(
        "select layer_id, max(seq) from catalogue.change where seq > $1::int8 group by layer_id", since);
    const std::lock_guard lock(mutex_);
    for (int i = 0; i < rows.rows(); ++i) {
        std::int64_t& revision = snapshot_.revisions[static_cast<int>(rows.int64(i, 0))];
        revision = std::max(revision, rows.int64(i, 1));
        last_change_ = std::max(last_change_, revision);
    }
}

std::int64_t Snapshot::revision() const {
    std::int64_t greatest = 0;
    for (const gis::Layer& layer : catalog->layers()) {
        const auto found = revisions.find(layer.id);
        if (found != revisions.end()) greatest = std::max(greatest, found->second);
    }
    return greatest;
}

void CatalogWatch::follow() {
    while (!stopping_) {
        try {
            db::Connection connection(dsn_);
            connection.execute("listen carreau_catalogue");
            connection.execute("listen carreau_change");
            connection.execute("listen carreau_access");
            reload();  // whatever happened while nobody listened
            auto last = std::chrono::steady_clock::now();
            auto last_access = last;
            while (!stopping_) {
                bool declared = false;
                bool changed = false;
                bool rights_changed = false;
                for (auto channel = connection.wait_notification(stop_step); channel;
                     channel = connection.wait_notification(0ms)) {
                    (*channel == "carreau_catalogue" ? declared
                     : *channel == "carreau_access"  ? rights_changed
                                                     : changed) = true;
                }
                if (rights_changed || std::chrono::steady_clock::now() - last_access > access_poll) {
                    read_access_revision(connection);
                    last_access = std::chrono::steady_clock::now();
                }
                if (declared || std::chrono::steady_clock::now() - last > poll) {
                    reload();
                    last = std::chrono::steady_clock::now();
                } else if (changed) {
                    read_revision(connection);
                }
            }
        } catch (const std::exception& error) {
            if (connected_.exchange(false)) log_(std::string("catalogue: ") + error.what());
            for (auto waited = 0ms; waited < reconnect_pause && !stopping_; waited += stop_step)
                std::this_thread::sleep_for(stop_step);
        }
    }
}

}  // namespace live
