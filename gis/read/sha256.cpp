#include <sodium.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "gis/error.hpp"
#include "gis/read/archive.hpp"

namespace gis::read {

namespace fs = std::filesystem;

namespace {

void add_text(crypto_hash_sha256_state& state, const std::string& text) {
    crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
}

void add_file(crypto_hash_sha256_state& state, const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw InvalidRequest(path.filename().string(), "fichier illisible");
    std::vector<char> block(1 << 18);
    while (in) {
        in.read(block.data(), static_cast<std::streamsize>(block.size()));
        crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(block.data()),
                                  static_cast<unsigned long long>(in.gcount()));
    }
}

std::string finish(crypto_hash_sha256_state& state) {
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(&state, digest);
    std::string text(2 * sizeof(digest) + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), digest, sizeof(digest));
    text.pop_back();
    return text;
}

}  // namespace

std::string sha256_of(const fs::path& path) {
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    if (!fs::is_directory(path)) {
        add_file(state, path);
        return finish(state);
    }
    std::vector<fs::path> members;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
        if (entry.is_regular_file()) members.push_back(entry.path());
    }
    std::ranges::sort(members);
    for (const auto& member : members) {
        add_text(state, fs::relative(member, path).generic_string() + "\n" + sha256_of(member) + "\n");
    }
    return finish(state);
}

}  // namespace gis::read
