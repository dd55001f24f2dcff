#include "server/jobs/raster_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "gis/error.hpp"
#include "gis/read/tiff_check.hpp"

namespace jobs {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t bytes_a_second = 2U << 20U;  // of a compressed photo: half of what a slow machine does
constexpr std::uint64_t usual_file_size = std::uint64_t{4} << 30U;
constexpr std::uint64_t room_left = std::uint64_t{1} << 30U;
constexpr std::uint64_t deflate = 8;
constexpr std::uint64_t jpeg = 7;

void flush_to_disk(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool done = descriptor >= 0 && ::fsync(descriptor) == 0;
    if (descriptor >= 0) ::close(descriptor);
    if (!done) throw gis::Unavailable("a raster cannot be kept");
}

Json value_of(const gis::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
    if (const auto* real = std::get_if<double>(&value)) return *real;
    return nullptr;
}

}  // namespace

ReadingLimits limits_for(const fs::path& input, std::uint64_t cpu_seconds) {
    std::uint64_t bytes = 0;
    for (const auto& entry : fs::directory_iterator(input)) {
        if (gis::read::is_tiff(entry.path())) bytes += entry.file_size();
    }
    if (bytes == 0) return {cpu_seconds, usual_file_size};
    if (fs::space(input).available < 2 * bytes + room_left)
        throw gis::InvalidRequest("", "le disque du serveur n'a pas la place de ce raster ; prévenez le SIG");
    return {cpu_seconds + bytes / bytes_a_second, std::max(usual_file_size, 4 * bytes)};
}

RasterFiles::RasterFiles(db::Connection& connection, const Job& job, fs::path written)
    : stamp_(job.holder), written_(std::move(written)) {
    const db::Result rows = connection.query(
        "select table_schema || '.' || table_name, raster_column from catalogue.layer where raster_column is not null");
    for (int i = 0; i < rows.rows(); ++i) columns_[rows.text(i, 0)] = rows.text(i, 1);
}

void RasterFiles::check(const gis::RowBatch& batch) {
    const auto column = columns_.find(batch.table);
    if (column == columns_.end()) return;
    const auto place = std::ranges::find(batch.columns, column->second) - batch.columns.begin();
    for (const gis::Row& row : batch.rows) {
        const auto* name = static_cast<std::size_t>(place) < row.values.size()
                               ? std::get_if<std::string>(&row.values[static_cast<std::size_t>(place)])
                               : nullptr;
        const bool ours = name != nullptr && name->starts_with(stamp_ + "-") && name->ends_with(".tif") &&
                          std::ranges::all_of(name->substr(stamp_.size() + 1, name->size() - stamp_.size() - 5),
                                              [](char c) { return c >= '0' && c <= '9'; });
        if (!ours || fs::symlink_status(written_ / *name).type() != fs::file_type::regular)
            throw gis::InvalidRequest("", "le programme qui lit l'image n'en a rien écrit");
        const gis::read::TiffLayout layout = gis::read::check_tiff(written_ / *name, *name);
        if (!layout.tiled || layout.block_width != 512 || layout.block_height != 512 ||
            (layout.compression != deflate && layout.compression != jpeg))
            throw gis::InvalidRequest("", "le programme qui lit l'image a écrit autre chose qu'une image");
        files_[*name] = {batch.table, fs::file_size(written_ / *name)};
        Json facts{{"table", batch.table}};
        for (std::size_t i = 0; i < batch.columns.size(); ++i) {
            if (batch.columns[i] != column->second) facts[batch.columns[i]] = value_of(row.values.at(i));
        }
        facts_.push_back(std::move(facts));
    }
}

std::uint64_t RasterFiles::bytes() const {
    std::uint64_t all = 0;
    for (const auto& [name, file] : files_) all += file.second;
    return all;
}

void RasterFiles::move_to(const fs::path& kept) const {
    if (files_.empty()) return;
    fs::create_directories(kept);
    // On the disk before any row names them.
    for (const auto& [name, file] : files_) {
        flush_to_disk(written_ / name);
        fs::rename(written_ / name, kept / name);
    }
    flush_to_disk(kept);
}

void RasterFiles::add_rows(db::Connection& connection, const std::vector<importing::Draft>& drafts) const {
    for (const auto& [name, file] : files_) {
        const auto draft =
            std::ranges::find(drafts, file.first, [](const importing::Draft& d) { return d.loaded.table; });
        if (draft == drafts.end()) continue;
        const std::vector<db::Parameter> values{name, std::to_string(draft->loaded.version_id),
                                                std::to_string(file.second)};
        connection.query("insert into capture.raster_file values ($1, $2::int, $3::bigint)", values);
    }
}

}  // namespace jobs
