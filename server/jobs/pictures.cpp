#include "server/jobs/pictures.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "gis/error.hpp"

namespace jobs {

namespace fs = std::filesystem;

namespace {

/// Between noting a picture and keeping it a reading goes on, half an hour at most.
constexpr auto unused_life = "2 hours";
/// Who keeps pictures shares it, who sweeps them is alone: no file goes that a draft is about to have.
constexpr auto lock_name = "capture.picture";

const Job::File* file_of(const Job& job, const std::string& sha256) {
    const auto found =
        std::find_if(job.files.begin(), job.files.end(), [&](const Job::File& f) { return f.sha256 == sha256; });
    return found == job.files.end() ? nullptr : &*found;
}

/// The upload may be deleted by its owner: a second name keeps the bytes.
void link_original(const fs::path& uploads, const Job::File& file, const std::string& media_type) {
    const fs::path path = original_path(uploads, file.sha256, media_type);
    std::error_code failure;
    fs::create_hard_link(uploads / (file.upload + ".bin"), path, failure);
    if (failure && !fs::exists(path)) throw gis::Unavailable("a picture cannot be kept: " + failure.message());
}

/// What was done in a folder is on the disk afterwards.
void flush_folder(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

std::string picture_column(db::Connection& connection, const std::string& table) {
    const std::vector<db::Parameter> values{table};
    const db::Result found = connection.query(
        "select picture_column from catalogue.layer where table_schema || '.' || table_name = $1 and picture_column is "
        "not null",
        values);
    return found.rows() == 0 ? "" : found.text(0, 0);
}

}  // namespace

fs::path original_path(const fs::path& uploads, const std::string& sha256, std::string_view media_type) {
    return uploads / pictures_folder / (sha256 + std::string(gis::read::extension_of(media_type)));
}

void note_picture(db::Connection& connection, const Job& job, const gis::read::Picture& picture) {
    const Job::File* file = file_of(job, picture.sha256);
    if (file == nullptr) throw gis::Unavailable("the worker told of a picture that nobody deposited");
    std::string spans;
    for (const gis::read::Span& span : picture.kept)
        spans += fmt::format("{}{},{}", spans.empty() ? "" : ",", span.offset, span.length);
    std::string thumbnail = "\\x";
    for (const char c : picture.thumbnail) thumbnail += fmt::format("{:02x}", static_cast<unsigned char>(c));
    const std::vector<db::Parameter> values{picture.sha256,
                                            std::to_string(picture.size),
                                            std::to_string(picture.orientation),
                                            "{" + spans + "}",
                                            picture.thumbnail.empty() ? db::Parameter() : db::Parameter(thumbnail),
                                            picture.media_type};
    connection.query(
        "insert into capture.picture (sha256, size, orientation, spans, thumbnail, media_type) values ($1, $2::bigint, "
        "$3::smallint, "
        "$4::bigint[], $5::bytea, $6) on conflict (sha256) do update set spans = excluded.spans, orientation = "
        "excluded.orientation, thumbnail = excluded.thumbnail, noted_at = now()",
        values);
}

void keep_pictures(db::Connection& connection, const Job& job, const importing::Draft& draft, const fs::path& uploads) {
    const std::string column = picture_column(connection, draft.loaded.table);
    if (column.empty()) return;
    connection.query(fmt::format("select pg_advisory_xact_lock_shared(hashtext('{}'))", lock_name));
    const db::Result named = connection.query(
        fmt::format("select distinct d.{0}, p.media_type from {1} d left join capture.picture p on p.sha256 = d.{0} "
                    "where d.{0} is not null",
                    connection.quote_identifier(column), draft.part_table));
    fs::create_directories(uploads / pictures_folder);
    for (int i = 0; i < named.rows(); ++i) {
        const Job::File* file = file_of(job, named.text(i, 0));
        if (file == nullptr || named.is_null(i, 1))
            throw gis::Unavailable("the worker told of a picture that nobody deposited");
        link_original(uploads, *file, named.text(i, 1));
        const std::vector<db::Parameter> values{std::to_string(draft.loaded.version_id), file->sha256};
        connection.query("insert into capture.picture_use (version_id, sha256) values ($1::int, $2)", values);
    }
    flush_folder(uploads / pictures_folder);
}

void sweep_pictures(db::Connection& connection, const fs::path& uploads) {
    connection.execute("begin");
    connection.query(fmt::format("select pg_advisory_xact_lock(hashtext('{}'))", lock_name));
    connection.query(
        fmt::format("delete from capture.picture p where noted_at < now() - interval '{}' and not exists (select from "
                    "capture.picture_use u where u.sha256 = p.sha256)",
                    unused_life));
    std::set<std::string> known;
    const db::Result rows = connection.query("select sha256 from capture.picture");
    for (int i = 0; i < rows.rows(); ++i) known.insert(rows.text(i, 0));
    std::error_code ignored;
    for (fs::directory_iterator at(uploads / pictures_folder, ignored), end; at != end; at.increment(ignored)) {
        if (!known.contains(at->path().stem())) fs::remove(at->path(), ignored);
    }
    connection.execute("commit");
}

}  // namespace jobs
