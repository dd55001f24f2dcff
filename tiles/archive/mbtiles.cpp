#include <fmt/format.h>
#include <sqlite3.h>

#include <filesystem>
#include <utility>

#include "gis/error.hpp"
#include "tiles/archive/pmtiles.hpp"

namespace tiles {

namespace {

class Mbtiles : public TileArchive {
  public:
    explicit Mbtiles(std::string path) : path_(std::move(path)), part_(path_ + ".part") {
        std::error_code ignored;
        std::filesystem::remove(part_, ignored);
        if (sqlite3_open(part_.c_str(), &file_) != SQLITE_OK) {
            sqlite3_close(file_);
            throw gis::InvalidRequest("output", fmt::format("{} cannot be written", path_));
        }
        run("pragma journal_mode = off; pragma synchronous = off; pragma application_id = 0x4d504258; "
            "create table metadata (name text, value text); "
            "create table tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob); begin");
        sqlite3_prepare_v2(file_, "insert into tiles values (?, ?, ?, ?)", -1, &insert_, nullptr);
    }
    ~Mbtiles() override {
        close();
        std::error_code ignored;
        std::filesystem::remove(part_, ignored);
    }

    void add(TileCoord coord, std::string_view gzip) override {
        const std::int64_t row = (std::int64_t{1} << coord.z) - 1 - coord.y;  // TMS counts from the south
        sqlite3_bind_int(insert_, 1, coord.z);
        sqlite3_bind_int64(insert_, 2, coord.x);
        sqlite3_bind_int64(insert_, 3, row);
        sqlite3_bind_blob(insert_, 4, gzip.data(), static_cast<int>(gzip.size()), SQLITE_STATIC);
        if (sqlite3_step(insert_) != SQLITE_DONE) fail();
        sqlite3_reset(insert_);
    }

    void finish(const ArchiveInfo& info) override {
        const gis::GeographicBox& b = info.bounds;
        tell("name", info.name);
        tell("format", "pbf");
        tell("bounds", fmt::format("{:.7f},{:.7f},{:.7f},{:.7f}", b.west, b.south, b.east, b.north));
        tell("center", fmt::format("{:.7f},{:.7f},{}", (b.west + b.east) / 2, (b.south + b.north) / 2,
                                   (info.min_zoom + info.max_zoom) / 2));
        tell("minzoom", std::to_string(info.min_zoom));
        tell("maxzoom", std::to_string(info.max_zoom));
        tell("attribution", info.attribution);
        tell("description", info.description);
        tell("type", "overlay");
        tell("json", "{\"vector_layers\":" + info.vector_layers + "}");
        run("create unique index tile_index on tiles (zoom_level, tile_column, tile_row); commit");
        close();
        std::filesystem::rename(part_, path_);
    }

  private:
    void close() {
        sqlite3_finalize(std::exchange(insert_, nullptr));
        sqlite3_close(std::exchange(file_, nullptr));
    }
    [[noreturn]] void fail() {
        throw gis::InvalidRequest("output", fmt::format("{}: {}", path_, sqlite3_errmsg(file_)));
    }
    void run(const char* sql) {
        if (sqlite3_exec(file_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
    }
    void tell(std::string_view name, std::string_view value) {
        sqlite3_stmt* statement = nullptr;
        sqlite3_prepare_v2(file_, "insert into metadata values (?, ?)", -1, &statement, nullptr);
        sqlite3_bind_text(statement, 1, name.data(), static_cast<int>(name.size()), SQLITE_STATIC);
        sqlite3_bind_text(statement, 2, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
        const bool done = sqlite3_step(statement) == SQLITE_DONE;
        sqlite3_finalize(statement);
        if (!done) fail();
    }

    std::string path_;
    std::string part_;
    sqlite3* file_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
};

}  // namespace

std::unique_ptr<TileArchive> create_mbtiles(const std::string& path) {
    return std::make_unique<Mbtiles>(path);
}

}  // namespace tiles
