#include <openssl/evp.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "gis/error.hpp"
#include "gis/read/archive.hpp"

namespace gis::read {

namespace fs = std::filesystem;

namespace {

/// OpenSSL's uses the processor's own instructions for it.
class Sha256 {
  public:
    Sha256() {
        if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1)
            throw std::runtime_error("SHA-256 is not available");
    }

    void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }

    void add_file(const fs::path& path) {
        std::ifstream in(path, std::ios::binary);
        if (!in) throw InvalidRequest(path.filename().string(), "fichier illisible");
        std::vector<char> block(1 << 18);
        while (in) {
            in.read(block.data(), static_cast<std::streamsize>(block.size()));
            add({block.data(), static_cast<std::size_t>(in.gcount())});
        }
    }

    std::string finish() {
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned size = 0;
        EVP_DigestFinal_ex(context_.get(), digest, &size);
        constexpr std::string_view digits = "0123456789abcdef";
        std::string text;
        for (unsigned i = 0; i < size; ++i) {
            text += digits[digest[i] >> 4];
            text += digits[digest[i] & 15];
        }
        return text;
    }

  private:
    struct Freer {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, Freer> context_{EVP_MD_CTX_new()};
};

}  // namespace

std::string sha256_of_bytes(std::string_view bytes) {
    Sha256 sum;
    sum.add(bytes);
    return sum.finish();
}

std::string sha256_of(const fs::path& path) {
    Sha256 sum;
    if (!fs::is_directory(path)) {
        sum.add_file(path);
        return sum.finish();
    }
    std::vector<fs::path> members;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
        if (entry.is_regular_file()) members.push_back(entry.path());
    }
    std::ranges::sort(members);
    for (const auto& member : members) {
        sum.add(fs::relative(member, path).generic_string() + "\n" + sha256_of(member) + "\n");
    }
    return sum.finish();
}

}  // namespace gis::read
