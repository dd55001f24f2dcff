#include "server/gate/credentials.hpp"

#include <sodium.h>

#include <algorithm>
#include <vector>

#include "server/gate/errors.hpp"

namespace gate {

namespace {

constexpr std::size_t longest = 8192;

std::string lower(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return text;
}

std::string decode_base64(const std::string& text) {
    std::vector<unsigned char> bytes(text.size());
    std::size_t length = 0;
    const char* end = nullptr;
    const int variant = text.ends_with('=') || text.size() % 4 == 0 ? sodium_base64_VARIANT_ORIGINAL
                                                                    : sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
    if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length, &end, variant) != 0 ||
        end != text.data() + text.size()) {
        throw Unauthorized("Authorization: not base64");
    }
    return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)};
}

Credentials basic(const std::string& value) {
    const std::string pair = decode_base64(value);
    const auto colon = pair.find(':');
    if (colon == std::string::npos)
        throw Unauthorized("Authorization: login and password separated by a colon expected");
    return {Credentials::Kind::Basic, lower(pair.substr(0, colon)), pair.substr(colon + 1)};
}

Credentials token(std::string secret) {
    const bool jwt = std::count(secret.begin(), secret.end(), '.') == 2;
    return {jwt ? Credentials::Kind::Jwt : Credentials::Kind::Secret, "", std::move(secret)};
}

/// Path of the base URL, "/" when there is none.
std::string path_of(const std::string& base_url) {
    const auto host = base_url.find("://");
    const auto slash = host == std::string::npos ? std::string::npos : base_url.find('/', host + 3);
    return slash == std::string::npos ? "/" : base_url.substr(slash);
}

}  // namespace

Credentials credentials_of(const http::Request& request, const std::string& identity_header) {
    if (const std::string* header = request.header("Authorization")) {
        const auto space = header->find(' ');
        const std::string scheme = lower(header->substr(0, space));
        const auto begin = space == std::string::npos ? space : header->find_first_not_of(' ', space);
        const std::string value = begin == std::string::npos ? "" : header->substr(begin);
        if (value.empty() || value.size() > longest) throw Unauthorized("Authorization: a scheme and a value expected");
        if (scheme == "basic") return basic(value);
        if (scheme == "bearer") return token(value);
        throw Unauthorized("Authorization: Basic or Bearer expected");
    }
    if (const std::string* key = request.header("X-API-Key")) {
        if (key->empty() || key->size() > longest) throw Unauthorized("X-API-Key: a token expected");
        return {Credentials::Kind::Secret, "", *key};
    }
    if (!identity_header.empty() && request.from_trusted_proxy) {
        const std::string* login = request.header(identity_header);
        if (login != nullptr && !login->empty()) return {Credentials::Kind::Proxy, lower(*login), ""};
    }
    std::string cookie = cookie_value(request, cookie_name(request.base_url));
    if (!cookie.empty() && cookie.size() <= longest) return {Credentials::Kind::Cookie, "", std::move(cookie)};
    return {};
}

std::string cookie_name(const std::string& base_url) {
    return base_url.starts_with("https://") && path_of(base_url) == "/" ? "__Host-carreau" : "carreau_session";
}

std::string session_cookie(const std::string& base_url, const std::string& secret) {
    std::string cookie =
        cookie_name(base_url) + "=" + secret + "; Path=" + path_of(base_url) + "; HttpOnly; SameSite=Lax";
    if (base_url.starts_with("https://")) cookie += "; Secure";
    if (secret.empty()) cookie += "; Max-Age=0";
    return cookie;
}

std::string cookie_value(const http::Request& request, const std::string& name) {
    for (const http::Header& header : request.headers) {
        if (!http::same_name(header.name, "Cookie")) continue;
        std::size_t begin = 0;
        while (begin < header.value.size()) {
            std::size_t end = std::min(header.value.find(';', begin), header.value.size());
            std::string_view pair(header.value.data() + begin, end - begin);
            while (pair.starts_with(' ')) pair.remove_prefix(1);
            if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
                return std::string(pair.substr(name.size() + 1));
            begin = end + 1;
        }
    }
    return "";
}

}  // namespace gate
