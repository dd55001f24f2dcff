#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "tiles/encode/varint.hpp"

namespace tiles {

/// Bytes under construction. Room is made by `room`, then the `put` functions write without looking; what the buffer
/// once held it keeps as room.
class ByteBuffer {
  public:
    static constexpr std::size_t varint_room = 10;

    void clear() { size_ = 0; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    std::string_view view() const { return {bytes_.get(), size_}; }

    /// Makes sure that `more` bytes can be put.
    void room(std::size_t more) {
        if (size_ + more > capacity_) grow(more);
    }
    void put(char byte) { bytes_[size_++] = byte; }
    void put_varint(std::uint64_t value) { end_at(write_varint(end(), value)); }
    /// For many numbers in a row: where the next byte goes, and where it went. Bytes written through a member might be
    /// the member itself, as far as a compiler knows.
    char* end() { return bytes_.get() + size_; }
    void end_at(const char* end) { size_ = static_cast<std::size_t>(end - bytes_.get()); }
    void put(std::string_view bytes) {
        std::memcpy(bytes_.get() + size_, bytes.data(), bytes.size());
        size_ += bytes.size();
    }
    /// As `put`, for another buffer: in blocks, for mostly there is little to copy.
    void put(const ByteBuffer& other) {
        char* to = end();
        const char* from = other.bytes_.get();
        for (std::size_t done = 0; done < other.size_; done += block) std::memcpy(to + done, from + done, block);
        size_ += other.size_;
    }
    void append(std::string_view bytes) {
        room(bytes.size());
        put(bytes);
    }

  private:
    static constexpr std::size_t block = 16;

    void grow(std::size_t more) {
        const std::size_t capacity = (size_ + more) * 2;
        std::unique_ptr<char[]> bytes(new char[capacity + block]);  // both ends of a last block
        if (size_ > 0) std::memcpy(bytes.get(), bytes_.get(), size_);
        bytes_ = std::move(bytes);
        capacity_ = capacity;
    }

    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace tiles
