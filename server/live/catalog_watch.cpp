#include "server/live/catalog_watch.hpp"

#include <chrono>
#include <utility>
#include <vector>

#include "server/db/catalog_store.hpp"
#include "server/db/connection.hpp"

namespace live {

using namespace std::chrono_literals;

namespace {

constexpr auto poll = 30s;    // a lost notification is noticed after this
constexpr auto step = 200ms;  // how soon a stop is noticed
constexpr auto retry_pause = 1s;

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

void CatalogWatch::reload() {
    db::Connection connection(dsn_);
    Snapshot fresh;
    fresh.catalog = std::make_shared<const gis::Catalog>(db::load_catalog(dsn_));
    fresh.communes = std::make_shared<const gis::CommuneIndex>(load_communes(connection));
    {
        const std::lock_guard lock(mutex_);
        fresh.revision = snapshot_.revision;
        snapshot_ = std::move(fresh);
    }
    read_revision(connection);
    connected_ = true;
}

void CatalogWatch::read_revision(db::Connection& connection) {
    const auto revision = connection.query("select coalesce(max(seq), 0) from catalogue.change").int64(0, 0);
    const std::lock_guard lock(mutex_);
    snapshot_.revision = revision;
}

void CatalogWatch::follow() {
    while (!stopping_) {
        try {
            db::Connection connection(dsn_);
            connection.execute("listen carreau_catalogue");
            connection.execute("listen carreau_change");
            reload();  // whatever happened while nobody listened
            auto last = std::chrono::steady_clock::now();
            while (!stopping_) {
                bool declared = false;
                bool changed = false;
                for (auto channel = connection.wait_notification(step); channel;
                     channel = connection.wait_notification(0ms)) {
                    (*channel == "carreau_catalogue" ? declared : changed) = true;
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
            for (auto waited = 0ms; waited < retry_pause && !stopping_; waited += step)
                std::this_thread::sleep_for(step);
        }
    }
}

}  // namespace live
