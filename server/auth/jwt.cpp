#include "auth/jwt.hpp"

#include "auth/base64url.hpp"
#include "auth/errors.hpp"
#include "auth/jwt_claims.hpp"
#include "auth/strict_json.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace auth {

namespace {

using nlohmann::json;

constexpr std::size_t max_token = 16'384;
constexpr std::int64_t leeway = 60;  // seconds; RFC 7519 section 4.1.4: "no more than a few minutes"

/// header, payload, signature, still in base64url.
std::array<std::string_view, 3> split(std::string_view token) {
    if (token.size() > max_token) throw Refused("token longer than 16 KB");
    const auto first = token.find('.');
    const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
        throw Refused("three parts expected");
    }
    return {token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1)};
}

json read_object(std::string_view part, const std::string& name) {
    const auto text = decode_base64url(part);
    if (!text) throw Refused(name + ": not base64url");
    try {
        return parse_strict_object(*text);
    } catch (const std::invalid_argument& error) {
        throw Refused(name + ": " + error.what());
    }
}

/// Empty when absent. Throws Refused when it is no text.
std::string optional_text(const json& header, const char* name) {
    const auto found = header.find(name);
    if (found == header.end()) return {};
    if (!found->is_string()) throw Refused(std::string(name) + ": text expected");
    return found->get<std::string>();
}

/// In lower case and without "application/" (RFC 7515 section 4.1.9).
std::string media_type(const json& header) {
    auto type = optional_text(header, "typ");
    std::transform(type.begin(), type.end(), type.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    constexpr std::string_view prefix = "application/";
    return type.starts_with(prefix) ? type.substr(prefix.size()) : type;
}

void check_type(const std::string& type, TokenUse use) {
    if (type.empty() || type == "jwt" || (use == TokenUse::Access && type == "at+jwt")) return;
    throw Refused("typ: not a token for this use");
}

void check_times(const Claims& claims, const json& payload, std::int64_t now) {
    if (claims.expires + leeway <= now) throw Refused("exp: expired");
    const auto not_before = read_time(payload, "nbf");
    if (not_before && *not_before - leeway > now) throw Refused("nbf: not valid yet");
    const auto issued = read_time(payload, "iat");
    if (issued && *issued - leeway > now) throw Refused("iat: issued in the future");
}

void check_identity(const Claims& claims, const json& payload, const std::string& client) {
    if (!payload.contains("iat")) throw Refused("iat: missing");
    const auto party = claims.value("azp");
    if (party ? *party != client : claims.audience.size() > 1) throw Refused("azp: not this client");
}

/// What only an id_token or a logout token has; Keycloak writes its kind into the payload.
void refuse_other_tokens(const Claims& claims, const json& payload) {
    for (const char* name : {"nonce", "at_hash", "c_hash", "s_hash", "events"}) {
        if (payload.contains(name)) throw Refused(std::string(name) + ": not in an access token");
    }
    const auto kind = claims.value("typ");
    if (kind && *kind != "Bearer") throw Refused("typ: a Bearer token expected");
}

}  // namespace

std::optional<std::string> Claims::value(const std::string& name) const {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
}

JwtVerifier::JwtVerifier(std::string issuer, std::string audience, TokenUse use, std::vector<Algorithm> allowed)
    : issuer_(std::move(issuer)), audience_(std::move(audience)), use_(use), allowed_(std::move(allowed)) {}

void JwtVerifier::check_signature(std::string_view signed_part, std::string_view header_part,
                                  std::string_view signature_part, const JwkSet& keys) const {
    const json header = read_object(header_part, "header");
    if (header.contains("crit")) throw Refused("crit: no extension is understood");
    const auto algorithm = parse_algorithm(optional_text(header, "alg"));
    if (!algorithm || std::find(allowed_.begin(), allowed_.end(), *algorithm) == allowed_.end()) {
        throw Refused("alg: not allowed");
    }
    check_type(media_type(header), use_);
    const auto signature = decode_base64url(signature_part);
    if (!signature) throw Refused("signature: not base64url");

    const std::string kid = optional_text(header, "kid");
    std::vector<const Jwk*> candidates;
    bool kid_is_known = false;
    for (const auto& key : keys.keys) {
        if (header.contains("kid") && key.kid != kid) continue;
        kid_is_known = true;
        if (key.key.algorithm() == *algorithm) candidates.push_back(&key);
    }
    if (!kid_is_known) throw UnknownKey("kid: no such key");
    if (candidates.empty()) throw Refused("alg: not the one of the key");
    // OpenID Connect Core section 10.1: with several keys, the token says which.
    if (candidates.size() > 1) throw Refused("kid: needed to choose between keys");
    if (!candidates.front()->key.verifies(signed_part, *signature)) throw Refused("signature: wrong");
}

Claims JwtVerifier::verify(std::string_view token, const JwkSet& keys,
                           std::chrono::system_clock::time_point now) const {
    const auto [header_part, payload_part, signature_part] = split(token);
    const auto signed_part = token.substr(0, token.size() - signature_part.size() - 1);
    check_signature(signed_part, header_part, signature_part, keys);

    const json payload = read_object(payload_part, "payload");
    Claims claims = read_claims(payload);
    if (claims.issuer != issuer_) throw Refused("iss: another issuer");
    if (std::find(claims.audience.begin(), claims.audience.end(), audience_) == claims.audience.end()) {
        throw Refused("aud: for somebody else");
    }
    check_times(claims, payload, std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
    if (use_ == TokenUse::Identity) check_identity(claims, payload, audience_);
    if (use_ == TokenUse::Access) refuse_other_tokens(claims, payload);
    return claims;
}

}  // namespace auth
