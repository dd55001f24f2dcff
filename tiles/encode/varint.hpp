#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace tiles {

// Base-128 numbers of protocol buffers.

/// Returns the place behind what it wrote, ten bytes at most.
inline char* write_varint(char* at, std::uint64_t value) {
    while (value >= 0x80) {
        *at++ = static_cast<char>(value | 0x80U);
        value >>= 7U;
    }
    *at++ = static_cast<char>(value);
    return at;
}

inline void append_varint(std::string& out, std::uint64_t value) {
    char bytes[10];
    out.append(bytes, static_cast<std::size_t>(write_varint(bytes, value) - bytes));
}

inline std::size_t varint_size(std::uint64_t value) {
    std::size_t size = 1;
    while (value >= 0x80) {
        value >>= 7U;
        ++size;
    }
    return size;
}

inline std::uint32_t zigzag(std::int32_t value) {
    return (static_cast<std::uint32_t>(value) << 1U) ^ static_cast<std::uint32_t>(value >> 31);
}

}  // namespace tiles
