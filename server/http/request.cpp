#include "http/request.hpp"

#include <algorithm>
#include <array>

namespace http {
namespace {

constexpr std::array<std::pair<Method, std::string_view>, 7> names{{{Method::Get, "GET"},
                                                                    {Method::Head, "HEAD"},
                                                                    {Method::Post, "POST"},
                                                                    {Method::Put, "PUT"},
                                                                    {Method::Patch, "PATCH"},
                                                                    {Method::Delete, "DELETE"},
                                                                    {Method::Options, "OPTIONS"}}};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string_view method_name(Method method) {
    for (const auto& [known, name] : names) {
        if (known == method) return name;
    }
    return {};
}

std::optional<Method> parse_method(std::string_view name) {
    for (const auto& [method, known] : names) {
        if (known == name) return method;
    }
    return std::nullopt;
}

bool same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
    for (const auto& [key, value] : query) {
        if (key == name) return value;
    }
    return std::nullopt;
}

const std::string* Request::header(std::string_view name) const {
    for (const Header& header : headers) {
        if (same_name(header.name, name)) return &header.value;
    }
    return nullptr;
}

std::string Request::param(std::string_view name) const {
    for (const auto& [key, value] : params) {
        if (key == name) return value;
    }
    return {};
}

}  // namespace http
