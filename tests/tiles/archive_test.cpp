// Archives are read back by the words of their specifications, with code of the test's own.

#include "tiles/archive/tile_archive.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "gis/error.hpp"

namespace {

namespace fs = std::filesystem;

std::string gunzip(const std::string& bytes) {
    std::string out(1 << 20, '\0');
    z_stream stream{};
    inflateInit2(&stream, 31);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    out.shrink_to_fit();  // thousands of them are held
    inflateEnd(&stream);
    return out;
}

struct Archived {
    std::string bytes;
    std::uint64_t number(std::size_t at) const {
        std::uint64_t value = 0;
        for (int i = 7; i >= 0; --i)
            value = value << 8U | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
        return value;
    }

    struct Entry {
        std::uint64_t id = 0, run = 0, length = 0, offset = 0;
    };
    static std::vector<Entry> directory(const std::string& gzip) {
        const std::string raw = gunzip(gzip);
        std::size_t at = 0;
        const auto varint = [&] {
            std::uint64_t value = 0;
            for (unsigned shift = 0;; shift += 7) {
                const auto byte = static_cast<unsigned char>(raw.at(at++));
                value |= std::uint64_t{byte & 0x7FU} << shift;
                if (byte < 0x80) return value;
            }
        };
        std::vector<Entry> entries(varint());
        std::uint64_t id = 0;
        for (Entry& entry : entries) entry.id = id += varint();
        for (Entry& entry : entries) entry.run = varint();
        for (Entry& entry : entries) entry.length = varint();
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const std::uint64_t value = varint();
            entries[i].offset = value == 0 ? entries[i - 1].offset + entries[i - 1].length : value - 1;
        }
        EXPECT_EQ(at, raw.size());
        return entries;
    }

    /// The tile's bytes, "" when it is not there (PMTiles 3, section 4).
    std::string tile(std::uint64_t id) const {
        std::uint64_t offset = number(8);
        std::uint64_t length = number(16);
        for (int depth = 0; depth < 4; ++depth) {
            const auto entries = directory(bytes.substr(offset, length));
            auto after = std::upper_bound(entries.begin(), entries.end(), id,
                                          [](std::uint64_t wanted, const Entry& entry) { return wanted < entry.id; });
            if (after == entries.begin()) return "";
            const Entry& entry = *--after;
            if (entry.run == 0) {
                offset = number(40) + entry.offset;
                length = entry.length;
                continue;
            }
            return id < entry.id + entry.run ? bytes.substr(number(56) + entry.offset, entry.length) : "";
        }
        return "";
    }
};

class Archive : public testing::Test {
  protected:
    Archive() : folder_(fs::temp_directory_path() / ("carreau-archive-" + std::to_string(getpid()))) {
        fs::create_directories(folder_);
    }
    ~Archive() override { fs::remove_all(folder_); }

    static tiles::ArchiveInfo info() {
        return {"Essai", "", "nous", R"([{"id":"a","fields":{}}])", {2.5, 50.3, 2.9, 50.6}, 3, 9};
    }
    /// id to content: every third tile the same, some absent.
    static std::map<std::uint64_t, std::pair<tiles::TileCoord, std::string>> content() {
        std::map<std::uint64_t, std::pair<tiles::TileCoord, std::string>> all;
        for (std::uint32_t x = 0; x < 100; ++x) {
            for (std::uint32_t y = 0; y < 60; ++y) {
                const tiles::TileCoord coord{9, 200 + x, 100 + y};
                if ((x * 31 + y) % 5 == 0) continue;
                const bool common = x % 3 == 0 || x < 20;
                all[tiles::pmtiles_id(coord)] = {coord, common ? "the sea" : "tile " + std::to_string(x * 1000 + y)};
            }
        }
        return all;
    }
    std::string write(const std::string& name) const {
        const std::string path = (folder_ / name).string();
        const auto archive = tiles::create_archive(path);
        for (const auto& [id, tile] : content()) archive->add(tile.first, tiles::gzip_tile(tile.second));
        archive->finish(info());
        return path;
    }

    fs::path folder_;
};

TEST_F(Archive, IdsAreThoseOfTheSpecification) {
    EXPECT_EQ(tiles::pmtiles_id({0, 0, 0}), 0U);
    EXPECT_EQ(tiles::pmtiles_id({1, 0, 0}), 1U);
    EXPECT_EQ(tiles::pmtiles_id({1, 0, 1}), 2U);
    EXPECT_EQ(tiles::pmtiles_id({1, 1, 1}), 3U);
    EXPECT_EQ(tiles::pmtiles_id({1, 1, 0}), 4U);
    EXPECT_EQ(tiles::pmtiles_id({2, 0, 0}), 5U);
    EXPECT_EQ(tiles::pmtiles_id({12, 3423, 1763}), 19078479U);
}

TEST_F(Archive, PmtilesGiveEveryTileAndNoOther) {
    std::ifstream file(write("a.pmtiles"), std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    const Archived archived{text.str()};
    EXPECT_EQ(archived.bytes.substr(0, 8), "PMTiles\x03");
    EXPECT_LT(127 + archived.number(16), 16384U) << "header and root in the first 16 kB";
    EXPECT_EQ(archived.number(72), content().size());
    EXPECT_NE(gunzip(archived.bytes.substr(archived.number(24), archived.number(32))).find("vector_layers"),
              std::string::npos);
    const auto all = content();
    for (const auto& [id, tile] : all) ASSERT_EQ(gunzip(archived.tile(id)), tile.second);
    for (std::uint64_t id = 0; id < 500; ++id) EXPECT_EQ(archived.tile(id), "");
    for (auto at = all.begin(); std::next(at) != all.end(); ++at) {
        if (std::next(at)->first == at->first + 1) continue;
        EXPECT_EQ(archived.tile(at->first + 1), "");
    }
    EXPECT_LT(archived.bytes.size(), 150'000U) << "the sea is written once";
    EXPECT_FALSE(fs::exists(folder_ / "a.pmtiles.part"));
}

TEST_F(Archive, MbtilesGiveEveryTile) {
    sqlite3* file = nullptr;
    ASSERT_EQ(sqlite3_open(write("a.mbtiles").c_str(), &file), SQLITE_OK);
    std::map<std::uint64_t, std::string> found;
    const auto take = [](void* into, int, char** values, char**) {
        const auto z = std::stoi(values[0]);
        const auto y = (1U << z) - 1 - static_cast<unsigned>(std::stoi(values[2]));
        std::string bytes;
        const std::string hex = values[3];
        for (std::size_t i = 0; i < hex.size(); i += 2)
            bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
        (*static_cast<std::map<std::uint64_t, std::string>*>(
            into))[tiles::pmtiles_id({z, static_cast<unsigned>(std::stoi(values[1])), y})] = gunzip(bytes);
        return 0;
    };
    ASSERT_EQ(sqlite3_exec(file, "select zoom_level, tile_column, tile_row, hex(tile_data) from tiles", take, &found,
                           nullptr),
              SQLITE_OK);
    sqlite3_close(file);
    std::map<std::uint64_t, std::string> expected;
    for (const auto& [id, tile] : content()) expected[id] = tile.second;
    EXPECT_EQ(found, expected);
}

TEST_F(Archive, WhatIsNotFinishedLeavesNothing) {
    for (const char* name : {"b.pmtiles", "b.mbtiles"}) {
        { tiles::create_archive((folder_ / name).string())->add({9, 1, 1}, tiles::gzip_tile("x")); }
        EXPECT_TRUE(fs::is_empty(folder_)) << name;
    }
    for (const char* name : {"b.pmtiles", "b.mbtiles"}) {
        const std::string path = write(name);
        const auto before = fs::last_write_time(path);
        const auto size = fs::file_size(path);
        { tiles::create_archive(path)->add({9, 1, 1}, tiles::gzip_tile("x")); }
        EXPECT_EQ(fs::last_write_time(path), before) << "what was there stays";
        EXPECT_EQ(fs::file_size(path), size);
        fs::remove(path);
        EXPECT_TRUE(fs::is_empty(folder_)) << name;
    }
    EXPECT_THROW(tiles::create_archive((folder_ / "c.zip").string()), gis::InvalidRequest);
    EXPECT_THROW(tiles::create_archive((folder_ / "none" / "c.pmtiles").string()), gis::InvalidRequest);
}

}  // namespace
