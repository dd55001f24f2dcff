#include "server/api/read_moment.hpp"

#include <chrono>

namespace api {

bool ReadMoment::is_by(const gis::Scope& scope) const {
    return access_revision == scope.revision && at < scope.valid_until;
}

ReadMoment moment_at(double seconds, std::int64_t access_revision) {
    const std::chrono::duration<double> since_epoch(seconds);
    return {gis::Scope::Time(std::chrono::duration_cast<gis::Scope::Time::duration>(since_epoch)), access_revision, ""};
}

ReadMoment read_moment(db::Connection& connection) {
    const db::Result row = connection.query(
        "select extract(epoch from now())::float8, catalogue.access_revision(), pg_current_snapshot()::text");
    ReadMoment moment = moment_at(row.float64(0, 0), row.int64(0, 1));
    moment.snapshot = row.text(0, 2);
    return moment;
}

}  // namespace api
