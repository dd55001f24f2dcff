#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace tiles {

/// Base-128 numbers of protocol buffers.
inline void append_varint(std::string& out, std::uint64_t value) {
    char bytes[10];
    std::size_t size = 0;
    while (value >= 0x80) {
        bytes[size++] = static_cast<char>(value | 0x80U);
        value >>= 7U;
    }
    bytes[size++] = static_cast<char>(value);
    out.append(bytes, size);
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
