#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string_view>

namespace gate {

/// The headers that say who asks, as they came; empty where absent. What only counts of a trusted proxy is empty of
/// others.
struct Shown {
    std::string_view authorization;
    std::string_view api_key;
    std::string_view identity;
    std::string_view cookie;
    std::string_view proto;  ///< X-Forwarded-Proto and -Prefix: they decide the cookie's name
    std::string_view prefix;
};

/// Digest of Shown, keyed per process: equal keys, same caller.
struct ShownKey {
    std::array<std::uint8_t, 16> bytes{};  ///< all zero: nothing is shown

    bool operator==(const ShownKey&) const = default;
};

ShownKey key_of(const Shown& shown);

}  // namespace gate

template <>
struct std::hash<gate::ShownKey> {
    std::size_t operator()(const gate::ShownKey& key) const {
        std::size_t value = 0;
        std::memcpy(&value, key.bytes.data(), sizeof value);
        return value;
    }
};
