#include "server/uploads/checksum.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <stdexcept>

namespace uploads {

std::optional<Digest> Digest::of(std::string_view algorithm) {
    const EVP_MD* kind = algorithm == "sha256" ? EVP_sha256() : algorithm == "sha1" ? EVP_sha1() : nullptr;
    if (kind == nullptr) return std::nullopt;
    std::shared_ptr<void> context(EVP_MD_CTX_new(), [](void* old) { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(old)); });
    if (!context || EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context.get()), kind, nullptr) != 1)
        throw std::runtime_error("no digest could be made");
    return Digest(std::move(context));
}

void Digest::add(std::string_view bytes) {
    EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_.get()), bytes.data(), bytes.size());
}

std::string Digest::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_.get()), digest.data(), &size);
    return std::string(digest.begin(), digest.begin() + size);
}

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        text += digits[value >> 4U];
        text += digits[value & 15U];
    }
    return text;
}

std::optional<std::string> decode_base64(std::string_view text) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    while (text.ends_with('=')) text.remove_suffix(1);
    std::string bytes;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        bits = bits << 6U | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>(bits >> static_cast<unsigned>(count) & 0xFFU);
    }
    if (count == 6) return std::nullopt;
    return bytes;
}

std::optional<Checksum> parse_checksum(std::string_view header) {
    const std::size_t space = header.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    auto digest = decode_base64(header.substr(space + 1));
    if (!digest || digest->empty()) return std::nullopt;
    return Checksum{std::string(header.substr(0, space)), std::move(*digest)};
}

}  // namespace uploads
