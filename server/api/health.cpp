// For supervisors: is the process alive, is it ready, what does it do.

#include <fmt/format.h>

#include <unistd.h>
#include <fstream>

#include "gis/error.hpp"
#include "server/api/documents.hpp"
#include "server/api/handlers.hpp"

namespace api {

namespace {

long resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    long total = 0;
    long resident = 0;
    statm >> total >> resident;
    return resident * sysconf(_SC_PAGESIZE);
}

/// Of this moment only.
Response fresh(Response response) {
    response.set_header("Cache-Control", "no-store");
    return response;
}

Response not_ready(std::string_view reason) {
    Response response = Response::json(Json{{"status", "unavailable"}, {"reason", reason}}.dump(), 503);
    response.set_header("Retry-After", "5");
    return fresh(std::move(response));
}

}  // namespace

Answer healthz(const Services&, RequestPtr) {
    co_return fresh(Response::json(R"({"status":"ok"})"));
}

Answer readyz(const Services& services, RequestPtr request) {
    if (services.draining()) co_return not_ready("draining");
    bool answers = false;
    const db::As owner;
    try {
        auto work = [](db::Connection& connection) { return connection.query("select true").boolean(0, 0); };
        answers = co_await services.database.run(owner, query_for(*request), std::move(work));
    } catch (const gis::Unavailable&) {
        answers = false;
    }
    if (!answers) co_return not_ready("database");
    if (!services.catalog.is_connected()) co_return not_ready("catalogue");
    co_return fresh(Response::json(R"({"status":"ready"})"));
}

Answer metrics(const Services& services, RequestPtr) {
    const db::ConnectionPool::Counters pool = services.database.counters();
    const CountCache::Counters counts = services.counts.counters();
    std::string text = services.server_metrics();
    const auto gauge = [&](std::string_view name, auto value, std::string_view help, std::string_view type = "gauge") {
        text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help, type, value);
    };
    gauge("carreau_database_waiting", pool.waiting, "Requests waiting for a database thread");
    gauge("carreau_database_running", pool.running, "Statements in progress");
    gauge("carreau_database_done_total", pool.done, "Database jobs done", "counter");
    gauge("carreau_database_failed_total", pool.failed, "Database jobs failed", "counter");
    gauge("carreau_database_refused_total", pool.refused, "Database jobs refused, the queue being full", "counter");
    gauge("carreau_count_cache_hits_total", counts.hits, "Counts answered without counting", "counter");
    gauge("carreau_count_cache_misses_total", counts.misses, "Counts counted", "counter");
    gauge("carreau_layers", services.catalog.current().catalog->layers().size(), "Published layers");
    gauge("carreau_resident_bytes", resident_bytes(), "Resident memory of the process");
    text += fmt::format(
        "# HELP carreau_build_info Version\n# TYPE carreau_build_info gauge\ncarreau_build_info{{version=\"{}\"}} 1\n",
        services.version);
    co_return fresh(Response::bytes("text/plain; version=0.0.4; charset=utf-8", std::move(text)));
}

}  // namespace api
