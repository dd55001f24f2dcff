#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "gis/read/json_cursor.hpp"

struct gzFile_s;

namespace gis::read {

/// A part of a JSON file, plain or gzip, that slides forward in memory and grows only when one value does not fit.
class JsonWindow {
  public:
    /// Read at once: some thousand parcels, and little beside a worker's memory.
    static constexpr std::size_t block_size = 4 << 20;
    /// One feature of a million vertices takes about 40 MB of text.
    static constexpr std::size_t max_size = 64 << 20;

    /// Throws InvalidRequest naming `shown_name`: unreadable, truncated, wrong checksum, inflating more than 200 times.
    JsonWindow(const std::filesystem::path& path, std::string shown_name);
    ~JsonWindow();
    JsonWindow(const JsonWindow&) = delete;
    JsonWindow& operator=(const JsonWindow&) = delete;

    /// Runs `parse(cursor)` until it is not cut short by the window's end; what it read is then gone.
    template <typename Parse>
    void take(Parse parse) {
        while (true) {
            JsonCursor at(buffer_.data() + at_, buffer_.data() + size_, ended_);
            try {
                parse(at);
                at_ = static_cast<std::size_t>(at.position() - buffer_.data());
                return;
            } catch (const JsonIncomplete&) {
                more();
            }
        }
    }

    void skip_byte_order_mark();

    /// How far the file itself is read.
    std::int64_t packed_bytes() const;

  private:
    struct Closer {
        void operator()(gzFile_s* file) const;
    };
    void more();
    void fill();

    std::string shown_name_;
    std::unique_ptr<gzFile_s, Closer> file_;
    std::string buffer_;
    std::size_t at_ = 0;
    std::size_t size_ = 0;
    std::uint64_t inflated_ = 0;
    bool ended_ = false;
};

}  // namespace gis::read
