#include "server/gate/shown.hpp"

#include <sodium.h>

#include <string>

namespace gate {

namespace {

using DigestKey = std::array<unsigned char, crypto_shorthash_siphashx24_KEYBYTES>;

const DigestKey& digest_key() {
    static const DigestKey key = [] {
        DigestKey made;
        randombytes_buf(made.data(), made.size());
        return made;
    }();
    return key;
}

}  // namespace

ShownKey key_of(const Shown& shown) {
    ShownKey key;
    if (shown.authorization.empty() && shown.api_key.empty() && shown.identity.empty() && shown.cookie.empty())
        return key;
    static_assert(sizeof key.bytes == crypto_shorthash_siphashx24_BYTES);
    thread_local std::string text;  // for each tile of a caller with credentials: no allocation
    text.clear();
    for (const std::string_view part :
         {shown.authorization, shown.api_key, shown.identity, shown.cookie, shown.proto, shown.prefix}) {
        const std::uint64_t length = part.size();
        text.append(reinterpret_cast<const char*>(&length), sizeof length).append(part);
    }
    crypto_shorthash_siphashx24(key.bytes.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                                digest_key().data());
    sodium_memzero(text.data(), text.size());
    return key;
}

}  // namespace gate
