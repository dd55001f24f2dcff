#include "auth/jwt_claims.hpp"

#include "auth/errors.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace auth {

namespace {

using nlohmann::json;

constexpr std::size_t max_subject = 255;     // OpenID Connect Core section 2
constexpr double max_time = 253402300800.0;  // the year 10000; keeps sums inside int64

std::string required_text(const json& payload, const char* name) {
    const auto found = payload.find(name);
    if (found == payload.end() || !found->is_string()) throw Refused(std::string(name) + ": text expected");
    return found->get<std::string>();
}

std::string read_subject(const json& payload) {
    auto subject = required_text(payload, "sub");
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (subject.empty() || subject.size() > max_subject || std::any_of(subject.begin(), subject.end(), is_control)) {
        throw Refused("sub: 1 to 255 bytes without control characters expected");
    }
    return subject;
}

bool is_list_of_texts(const json& value) {
    return value.is_array() && std::all_of(value.begin(), value.end(), [](const json& one) { return one.is_string(); });
}

std::vector<std::string> read_audience(const json& payload) {
    const auto found = payload.find("aud");
    if (found != payload.end() && found->is_string()) return {found->get<std::string>()};
    if (found != payload.end() && is_list_of_texts(*found)) return found->get<std::vector<std::string>>();
    throw Refused("aud: a text or a list of texts expected");
}

void keep_other(Claims& claims, const std::string& name, const json& value) {
    if (value.is_string()) claims.values.emplace(name, value.get<std::string>());
    if (value.is_boolean() || value.is_number_integer()) claims.values.emplace(name, value.dump());
    if (is_list_of_texts(value)) claims.lists.emplace(name, value.get<std::vector<std::string>>());
}

bool is_registered(const std::string& name) {
    return name == "iss" || name == "sub" || name == "aud" || name == "exp";
}

}  // namespace

std::optional<std::int64_t> read_time(const json& payload, const char* name) {
    const auto found = payload.find(name);
    if (found == payload.end()) return std::nullopt;
    const double seconds = found->is_number() ? found->get<double>() : -1;
    if (!(seconds >= 0 && seconds < max_time)) throw Refused(std::string(name) + ": seconds since 1970 expected");
    return static_cast<std::int64_t>(std::floor(seconds));
}

Claims read_claims(const json& payload) {
    Claims claims;
    claims.issuer = required_text(payload, "iss");
    claims.subject = read_subject(payload);
    claims.audience = read_audience(payload);
    const auto expires = read_time(payload, "exp");
    if (!expires) throw Refused("exp: missing");
    claims.expires = *expires;
    for (const auto& [name, value] : payload.items()) {
        if (!is_registered(name)) keep_other(claims, name, value);
    }
    return claims;
}

}  // namespace auth
