#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "gis/error.hpp"

// Values of a layer's declaration. Each function throws gis::InvalidRequest naming the key.

namespace db {

/// The value of `key`; `fallback` when it is absent or null.
template <typename T>
T value_of(const nlohmann::json& document, const char* key, T fallback) {
    const auto found = document.find(key);
    if (found == document.end() || found->is_null()) return fallback;
    try {
        return found->get<T>();
    } catch (const nlohmann::json::exception&) {
        throw gis::InvalidRequest(key, "unexpected type of value: " + found->dump());
    }
}

/// The same; nothing when it is absent or null.
template <typename T>
std::optional<T> optional_of(const nlohmann::json& document, const char* key) {
    const auto found = document.find(key);
    if (found == document.end() || found->is_null()) return std::nullopt;
    return value_of(document, key, T{});
}

inline std::string string_of(const nlohmann::json& document, const char* key, const std::string& fallback = "") {
    const auto found = document.find(key);
    if (found == document.end() || found->is_null()) return fallback;
    if (!found->is_string()) throw gis::InvalidRequest(key, "a text is expected");
    return found->get<std::string>();
}

}  // namespace db
