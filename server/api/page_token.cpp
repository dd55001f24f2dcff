#include "server/api/page_token.hpp"

#include <sodium.h>

#include <stdexcept>

#include "gis/error.hpp"

namespace api {

namespace {

constexpr std::size_t tag_size = 16;
constexpr std::size_t max_token = 4000;
constexpr int encoding = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

PageTokens::PageTokens(std::string_view secret) {
    if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
    crypto_generichash(secret_.data(), secret_.size(), bytes_of(secret), secret.size(), nullptr, 0);
}

std::string PageTokens::tag(std::string_view key, std::string_view question) const {
    crypto_generichash_state state;
    crypto_generichash_init(&state, secret_.data(), secret_.size(), tag_size);
    crypto_generichash_update(&state, bytes_of(question), question.size());
    crypto_generichash_update(&state, bytes_of(std::string_view("\0", 1)), 1);
    crypto_generichash_update(&state, bytes_of(key), key.size());
    std::string tag(tag_size, '\0');
    crypto_generichash_final(&state, reinterpret_cast<unsigned char*>(tag.data()), tag_size);
    return tag;
}

std::string PageTokens::sign(std::string_view key, std::string_view question) const {
    const std::string raw = tag(key, question) + std::string(key);
    std::string token(sodium_base64_encoded_len(raw.size(), encoding), '\0');
    sodium_bin2base64(token.data(), token.size(), bytes_of(raw), raw.size(), encoding);
    token.resize(token.find('\0'));
    return token;
}

std::string PageTokens::read(std::string_view token, std::string_view question) const {
    std::string raw(token.size(), '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    const bool decoded = token.size() <= max_token &&
                         sodium_base642bin(reinterpret_cast<unsigned char*>(raw.data()), raw.size(), token.data(),
                                           token.size(), nullptr, &size, &end, encoding) == 0 &&
                         end == token.data() + token.size() && size >= tag_size;
    if (decoded) {
        raw.resize(size);
        std::string key = raw.substr(tag_size);
        const std::string expected = tag(key, question);
        if (sodium_memcmp(raw.data(), expected.data(), tag_size) == 0) return key;
    }
    throw gis::InvalidRequest("token",
                              "not the token of a page of this question; follow the 'next' links as they are given");
}

std::string PageTokens::make_secret() {
    if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
    std::array<unsigned char, 32> random{};
    randombytes_buf(random.data(), random.size());
    std::string hex(2 * random.size() + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), random.data(), random.size());
    hex.pop_back();
    return hex;
}

}  // namespace api
