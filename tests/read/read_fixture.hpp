#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "gis/error.hpp"
#include "gis/read/archive.hpp"
#include "gis/read/read.hpp"

namespace test {

namespace fs = std::filesystem;

/// Keeps every row, by table.
class CollectingSink : public gis::RowSink {
  public:
    void write(gis::RowBatch batch) override {
        EXPECT_LE(batch.rows.size(), 2'000U);
        for (const auto& row : batch.rows) EXPECT_EQ(row.values.size(), batch.columns.size());
        columns[batch.table] = batch.columns;
        auto& table = rows[batch.table];
        std::move(batch.rows.begin(), batch.rows.end(), std::back_inserter(table));
    }

    /// A value as text: "" for NULL.
    std::string value(const std::string& table, std::size_t row, const std::string& column) const {
        const auto& names = columns.at(table);
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (names[i] == column) return shown(rows.at(table).at(row).values[i]);
        }
        return "no column " + column;
    }
    std::size_t count(const std::string& table) const { return rows.contains(table) ? rows.at(table).size() : 0; }

    std::map<std::string, std::vector<std::string>> columns;
    std::map<std::string, std::vector<gis::Row>> rows;

  private:
    static std::string shown(const gis::Value& value) {
        if (const auto* text = std::get_if<std::string>(&value)) return *text;
        if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
        if (const auto* real = std::get_if<double>(&value)) return std::to_string(*real);
        if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
        return "";
    }
};

inline fs::path write_file(const fs::path& path, const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
    return path;
}

/// The field and reason of the refusal, or "not refused".
inline std::string refusal_of(const fs::path& path, const gis::read::Options& options = {}) {
    CollectingSink sink;
    try {
        gis::read::read(path, options, sink);
    } catch (const gis::InvalidRequest& refused) {
        return refused.what();
    }
    return "not refused";
}

/// Third-party files for trials, beside the project or where CARREAU_DATA says; absent on most machines.
inline fs::path data_folder() {
    if (const char* stated = std::getenv("CARREAU_DATA")) return stated;
    return fs::path(CARREAU_SOURCE_DIR) / ".." / "shared" / "data";
}

/// A copy of a real file with its companions, or of a folder: GDAL may write beside what it opens.
inline fs::path copy_of(const std::string& name, const gis::read::TempFolder& folder) {
    const fs::path source = data_folder() / name;
    if (fs::is_directory(source)) {
        fs::copy(source, folder.path() / source.filename(), fs::copy_options::recursive);
        return folder.path() / source.filename();
    }
    for (const auto& entry : fs::directory_iterator(source.parent_path())) {
        if (entry.is_regular_file() && entry.path().stem() == source.stem()) {
            fs::copy_file(entry.path(), folder.path() / entry.path().filename());
        }
    }
    return folder.path() / source.filename();
}

#define SKIP_WITHOUT_DATA() \
    if (!std::filesystem::exists(test::data_folder())) GTEST_SKIP() << "no real files in " << test::data_folder()

}  // namespace test
