#include "auth/secret.hpp"

#include "auth/base64url.hpp"

#include <sodium.h>

#include <array>
#include <stdexcept>

namespace auth {

namespace {

const unsigned char* hashed_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

using Hash = std::array<unsigned char, crypto_hash_sha256_BYTES>;

Hash sha256(std::string_view text) {
    Hash hash{};
    crypto_hash_sha256(hash.data(), hashed_bytes(text), text.size());
    return hash;
}

std::string hex(const Hash& hash) {
    std::array<char, 2 * std::tuple_size_v<Hash> + 1> text{};
    sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
    return text.data();
}

std::string_view text_of(const Hash& hash) {
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace

std::string make_secret(std::string_view prefix) {
    if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
    Hash random{};
    randombytes_buf(random.data(), random.size());
    return std::string(prefix) + encode_base64url(text_of(random));
}

std::string sha256_hex(std::string_view text) {
    return hex(sha256(text));
}

std::string sha256_base64url(std::string_view text) {
    const Hash hash = sha256(text);
    return encode_base64url(text_of(hash));
}

std::string hmac_hex(std::string_view key, std::string_view text) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, hashed_bytes(key), key.size());
    crypto_auth_hmacsha256_update(&state, hashed_bytes(text), text.size());
    Hash tag{};
    crypto_auth_hmacsha256_final(&state, tag.data());
    return hex(tag);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace auth
