#include "server/jobs/job.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace jobs {

namespace {

std::string dumped(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<Job::File> files_of(db::Connection& connection, const std::string& id) {
    const std::vector<db::Parameter> values{id};
    const db::Result rows = connection.query(
        "select u.upload_id, u.name, u.sha256 from capture.job j cross join unnest(j.uploads) with ordinality f (id, "
        "n) "
        "join capture.upload u on u.upload_id = f.id where j.job_id = $1::bigint and u.sha256 is not null order by f.n",
        values);
    std::vector<Job::File> files;
    for (int i = 0; i < rows.rows(); ++i) files.push_back({rows.text(i, 0), rows.text(i, 1), rows.text(i, 2)});
    return files;
}

/// Nobody's job, or one whose holder is dead.
constexpr auto claim_sql =
    "update capture.job set lease_until = now() + $1::interval, changed_at = now(), holder = gen_random_uuid(), "
    "attempts = case when state in ('waiting', 'reading') then attempts + 1 else attempts end, "
    "state = case state when 'waiting' then 'reading' when 'to_publish' then 'publishing' when 'to_undo' then "
    "'undoing' "
    "else state end where job_id = (select job_id from capture.job where state in ('waiting', 'to_publish', 'to_undo') "
    "or (state in ('reading', 'publishing', 'undoing') and lease_until < now()) "
    "order by state in ('waiting', 'reading'), job_id limit 1 for update skip locked) "
    "returning job_id, state, layer, array_to_json(tables)::text, options::text, replaces, attempts, "
    "holder::text, cardinality(uploads), person_id, organisation_id";

}  // namespace

std::optional<Job> claim(db::Connection& connection) {
    while (true) {
        const std::vector<db::Parameter> values{lease};
        const db::Result rows = connection.query(claim_sql, values);
        if (rows.rows() == 0) return std::nullopt;
        Job job;
        job.id = rows.int64(0, 0);
        job.state = rows.text(0, 1);
        if (!rows.is_null(0, 2)) job.layer = rows.text(0, 2);
        job.tables = Json::parse(rows.text(0, 3)).get<std::vector<std::string>>();
        job.wishes = Json::parse(rows.text(0, 4));
        job.replace = importing::parse_replace(rows.text(0, 5)).value_or(importing::Replace::Coverage);
        job.holder = rows.text(0, 7);
        job.person = static_cast<int>(rows.int64(0, 9));
        job.organisation = rows.int64(0, 10);
        job.files = files_of(connection, std::to_string(job.id));
        job.is_complete = static_cast<std::int64_t>(job.files.size()) == rows.int64(0, 8);
        if (rows.int64(0, 6) <= most_attempts) return job;
        settle(
            connection, job, "failed",
            fmt::format("la lecture s'est interrompue {} fois ; le SIG en est averti par le journal", most_attempts));
    }
}

Held prolong(db::Connection& connection, const Job& job, const Json& progress) {
    const std::vector<db::Parameter> values{std::to_string(job.id), lease, dumped(progress), job.state, job.holder};
    const db::Result rows = connection.query(
        "update capture.job set lease_until = now() + $2::interval, progress = $3::jsonb, changed_at = now() "
        "where job_id = $1::bigint and state = $4 and holder = $5::uuid returning cancel",
        values);
    if (rows.rows() == 0) return Held::Lost;
    return rows.boolean(0, 0) ? Held::Cancelled : Held::Yes;
}

bool settle(db::Connection& connection, const Job& job, const std::string& state, const std::string& reason,
            const std::optional<Json>& report) {
    const std::vector<db::Parameter> values{std::to_string(job.id),
                                            state,
                                            reason,
                                            report ? db::Parameter(dumped(*report)) : db::Parameter(),
                                            job.state,
                                            job.holder};
    const db::Result settled = connection.query(
        "update capture.job set state = $2, reason = $3, report = coalesce($4::jsonb, report), lease_until = null, "
        "cancel = false, changed_at = now(), published_at = case $2 when 'published' then now() when 'draft' then null "
        "else published_at end where job_id = $1::bigint and state = $5 and holder = $6::uuid returning 1",
        values);
    return settled.rows() > 0;
}

std::vector<JobVersion> versions_of(db::Connection& connection, std::int64_t job) {
    const std::vector<db::Parameter> values{std::to_string(job)};
    const db::Result rows = connection.query(
        "select version_id, target, part_id, part_table, rows from capture.job_version where job_id = $1::bigint order "
        "by "
        "version_id",
        values);
    std::vector<JobVersion> versions;
    for (int i = 0; i < rows.rows(); ++i) {
        versions.push_back({static_cast<int>(rows.int64(i, 0)), rows.text(i, 1), static_cast<int>(rows.int64(i, 2)),
                            rows.text(i, 3), rows.int64(i, 4)});
    }
    return versions;
}

void discard_drafts(db::Connection& connection, std::int64_t job) {
    for (const JobVersion& version : versions_of(connection, job))
        importing::discard_version(connection, version.version_id);
}

}  // namespace jobs
