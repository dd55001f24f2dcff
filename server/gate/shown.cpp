#include "server/gate/shown.hpp"

#include <sodium.h>

namespace gate {

namespace {

using DigestKey = std::array<unsigned char, crypto_generichash_KEYBYTES>;

const DigestKey& digest_key() {
    static const DigestKey key = [] {
        DigestKey made;
        crypto_generichash_keygen(made.data());
        return made;
    }();
    return key;
}

}  // namespace

ShownKey key_of(const Shown& shown) {
    ShownKey key;
    if (shown.authorization.empty() && shown.api_key.empty() && shown.identity.empty() && shown.cookie.empty())
        return key;
    crypto_generichash_state state;
    crypto_generichash_init(&state, digest_key().data(), digest_key().size(), key.bytes.size());
    for (const std::string_view text :
         {shown.authorization, shown.api_key, shown.identity, shown.cookie, shown.proto, shown.prefix}) {
        const std::uint64_t length = text.size();
        crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&length), sizeof length);
        crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    }
    crypto_generichash_final(&state, key.bytes.data(), key.bytes.size());
    return key;
}

}  // namespace gate
