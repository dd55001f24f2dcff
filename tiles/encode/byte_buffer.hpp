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
    void put_varint(std::uint64_t value) {
        while (value >= 0x80) {
            bytes_[size_++] = static_cast<char>(value | 0x80U);
            value >>= 7U;
        }
        bytes_[size_++] = static_cast<char>(value);
    }
    void put(std::string_view bytes) {
        std::memcpy(bytes_.get() + size_, bytes.data(), bytes.size());
        size_ += bytes.size();
    }
    void append(std::string_view bytes) {
        room(bytes.size());
        put(bytes);
    }

  private:
    void grow(std::size_t more) {
        const std::size_t capacity = (size_ + more) * 2;
        std::unique_ptr<char[]> bytes(new char[capacity]);
        if (size_ > 0) std::memcpy(bytes.get(), bytes_.get(), size_);
        bytes_ = std::move(bytes);
        capacity_ = capacity;
    }

    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace tiles
