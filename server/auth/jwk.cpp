#include "auth/jwk.hpp"

#include "auth/base64url.hpp"
#include "auth/strict_json.hpp"

#include <algorithm>
#include <stdexcept>

namespace auth {

namespace {

using nlohmann::json;

constexpr std::size_t max_keys = 100;

/// Empty when it is not there or no text.
std::string member_text(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string bytes_of(const json& object, const char* name) {
    auto bytes = decode_base64url(member_text(object, name));
    if (!bytes || bytes->empty()) throw std::invalid_argument(std::string(name) + ": base64url expected");
    return *std::move(bytes);
}

bool is_for_signatures(const json& object) {
    if (object.contains("use") && member_text(object, "use") != "sig") return false;
    const auto operations = object.find("key_ops");
    return operations == object.end() ||
           (operations->is_array() && std::find(operations->begin(), operations->end(), "verify") != operations->end());
}

std::optional<PublicKey> public_key(const json& object) {
    const std::string type = member_text(object, "kty");
    const std::string curve = member_text(object, "crv");
    if (type == "RSA") return PublicKey::rsa(bytes_of(object, "n"), bytes_of(object, "e"));
    if (type == "EC" && curve == "P-256") return PublicKey::p256(bytes_of(object, "x"), bytes_of(object, "y"));
    if (type == "OKP" && curve == "Ed25519") return PublicKey::ed25519(bytes_of(object, "x"));
    return std::nullopt;
}

std::optional<Jwk> read_key(const json& object) {
    if (!object.is_object() || !is_for_signatures(object)) return std::nullopt;
    try {
        const auto key = public_key(object);
        const bool other_algorithm =
            key && object.contains("alg") && parse_algorithm(member_text(object, "alg")) != key->algorithm();
        if (!key || other_algorithm) return std::nullopt;
        return Jwk{member_text(object, "kid"), *key};
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

}  // namespace

JwkSet parse_jwks(std::string_view text) {
    const json document = parse_strict_object(text);
    const auto keys = document.find("keys");
    if (keys == document.end() || !keys->is_array()) throw std::invalid_argument("keys: an array expected");
    if (keys->size() > max_keys) throw std::invalid_argument("keys: more than 100");
    JwkSet set;
    for (const auto& object : *keys) {
        if (auto key = read_key(object)) set.keys.push_back(*std::move(key));
    }
    return set;
}

}  // namespace auth
