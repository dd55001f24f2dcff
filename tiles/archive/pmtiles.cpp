#include "tiles/archive/pmtiles.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <vector>

#include "gis/error.hpp"
#include "tiles/encode/varint.hpp"

namespace tiles {

namespace {

constexpr std::size_t header_size = 127;
constexpr std::size_t most_root_entries = 400;  // keeps header and root within the first 16 kB
constexpr std::size_t leaf_entries = 4096;
constexpr std::size_t most_known = 200'000;  // contents remembered, for tiles that are the same

struct DirectoryEntry {
    std::uint64_t id = 0;
    std::uint64_t offset = 0;
    std::uint32_t length = 0;
    std::uint32_t run = 1;  // 0: a leaf directory
};

std::string directory(const std::vector<DirectoryEntry>& entries) {
    std::string bytes;
    append_varint(bytes, entries.size());
    std::uint64_t last = 0;
    for (const auto& entry : entries) append_varint(bytes, entry.id - std::exchange(last, entry.id));
    for (const auto& entry : entries) append_varint(bytes, entry.run);
    for (const auto& entry : entries) append_varint(bytes, entry.length);
    std::uint64_t next = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        append_varint(bytes, i > 0 && entries[i].offset == next ? 0 : entries[i].offset + 1);
        next = entries[i].offset + entries[i].length;
    }
    return gzip_tile(bytes);
}

void put(std::string& bytes, std::uint64_t value, int size = 8) {
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i));
}

void put_degrees(std::string& bytes, double degrees) {
    put(bytes, static_cast<std::uint32_t>(static_cast<std::int32_t>(std::lround(degrees * 1e7))), 4);
}

class Pmtiles : public TileArchive {
  public:
    explicit Pmtiles(std::string path) : path_(std::move(path)) {
        data_.open(data_path(), std::ios::binary | std::ios::trunc);
        if (!data_) throw gis::InvalidRequest("output", fmt::format("{} cannot be written", path_));
    }
    ~Pmtiles() override {
        data_.close();
        std::error_code ignored;
        std::filesystem::remove(data_path(), ignored);
        std::filesystem::remove(part_path(), ignored);
    }

    void add(TileCoord coord, std::string_view gzip) override {
        const std::uint64_t id = pmtiles_id(coord);
        ++addressed_;
        const std::size_t hash = std::hash<std::string_view>{}(gzip);
        const auto known = known_.find(hash);
        const bool is_same = known != known_.end() && known->second.bytes == gzip;
        if (is_same && !entries_.empty() && entries_.back().offset == known->second.offset &&
            entries_.back().id + entries_.back().run == id) {
            ++entries_.back().run;
            return;
        }
        const std::uint64_t offset = is_same ? known->second.offset : written_;
        entries_.push_back({id, offset, static_cast<std::uint32_t>(gzip.size()), 1});
        if (is_same) return;
        data_.write(gzip.data(), static_cast<std::streamsize>(gzip.size()));
        written_ += gzip.size();
        ++contents_;
        // Small tiles are those that recur: a field, a lake.
        if (known_.size() < most_known && gzip.size() < 512) known_[hash] = {std::string(gzip), offset};
    }

    void finish(const ArchiveInfo& info) override {
        data_.close();
        std::string root;
        std::string leaves;
        if (entries_.size() <= most_root_entries) {
            root = directory(entries_);
        } else {
            const std::size_t size = std::max(leaf_entries, entries_.size() / most_root_entries + 1);
            std::vector<DirectoryEntry> parents;
            for (std::size_t i = 0; i < entries_.size(); i += size) {
                const auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(i);
                const std::vector<DirectoryEntry> part(
                    begin, entries_.begin() + static_cast<std::ptrdiff_t>(std::min(i + size, entries_.size())));
                const std::string bytes = directory(part);
                parents.push_back({part.front().id, leaves.size(), static_cast<std::uint32_t>(bytes.size()), 0});
                leaves += bytes;
            }
            root = directory(parents);
        }
        const nlohmann::json document{{"name", info.name},
                                      {"description", info.description},
                                      {"attribution", info.attribution},
                                      {"type", "overlay"},
                                      {"vector_layers", nlohmann::json::parse(info.vector_layers)}};
        const std::string metadata = gzip_tile(document.dump());
        std::ofstream out(part_path(), std::ios::binary | std::ios::trunc);
        out << header(info, root.size(), metadata.size(), leaves.size()) << root << metadata << leaves;
        std::ifstream data(data_path(), std::ios::binary);
        if (written_ > 0) out << data.rdbuf();
        out.close();
        if (!out) throw gis::InvalidRequest("output", fmt::format("{} could not be written to its end", path_));
        std::filesystem::rename(part_path(), path_);
    }

  private:
    std::string data_path() const { return path_ + ".tiles"; }
    std::string part_path() const { return path_ + ".part"; }

    std::string header(const ArchiveInfo& info, std::size_t root, std::size_t metadata, std::size_t leaves) const {
        std::string bytes = "PMTiles\x03";
        std::uint64_t at = header_size;
        for (const std::uint64_t length : {root, metadata, leaves}) {
            put(bytes, at);
            put(bytes, length);
            at += length;
        }
        put(bytes, at);
        put(bytes, written_);
        put(bytes, addressed_);
        put(bytes, entries_.size());
        put(bytes, contents_);
        put(bytes, 1, 1);  // clustered: contents follow in the order of their ids
        put(bytes, 2, 1);  // directories by gzip
        put(bytes, 2, 1);  // tiles by gzip
        put(bytes, 1, 1);  // vector tiles
        put(bytes, static_cast<std::uint64_t>(info.min_zoom), 1);
        put(bytes, static_cast<std::uint64_t>(info.max_zoom), 1);
        put_degrees(bytes, info.bounds.west);
        put_degrees(bytes, info.bounds.south);
        put_degrees(bytes, info.bounds.east);
        put_degrees(bytes, info.bounds.north);
        put(bytes, static_cast<std::uint64_t>((info.min_zoom + info.max_zoom) / 2), 1);
        put_degrees(bytes, (info.bounds.west + info.bounds.east) / 2);
        put_degrees(bytes, (info.bounds.south + info.bounds.north) / 2);
        return bytes;
    }

    struct Known {
        std::string bytes;
        std::uint64_t offset;
    };
    std::string path_;
    std::ofstream data_;
    std::vector<DirectoryEntry> entries_;
    std::unordered_map<std::size_t, Known> known_;
    std::uint64_t written_ = 0;
    std::uint64_t addressed_ = 0;
    std::uint64_t contents_ = 0;
};

}  // namespace

std::uint64_t pmtiles_id(TileCoord coord) {
    std::uint64_t before = 0;
    for (int z = 0; z < coord.z; ++z) before += std::uint64_t{1} << (2 * z);
    std::uint64_t x = coord.x;
    std::uint64_t y = coord.y;
    std::uint64_t d = 0;
    const std::uint64_t n = std::uint64_t{1} << coord.z;
    for (std::uint64_t s = n / 2; s > 0; s /= 2) {
        const std::uint64_t rx = (x & s) > 0 ? 1 : 0;
        const std::uint64_t ry = (y & s) > 0 ? 1 : 0;
        d += s * s * ((3 * rx) ^ ry);
        if (ry == 0) {
            if (rx == 1) {
                x = s - 1 - (x & (s - 1));
                y = s - 1 - (y & (s - 1));
            }
            std::swap(x, y);
        }
    }
    return before + d;
}

std::unique_ptr<TileArchive> create_pmtiles(const std::string& path) {
    return std::make_unique<Pmtiles>(path);
}

}  // namespace tiles
