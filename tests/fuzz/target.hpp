#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "gis/error.hpp"

/// What libFuzzer and the replay call with one input; crashes and exceptions other than refusals are what they look
/// for.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Runs `read`; a refusal is an answer.
template <typename Read>
int refusing(Read read) {
    try {
        read();
    } catch (const gis::InvalidRequest&) {
    }
    return 0;
}

}  // namespace fuzz
