#include "auth/public_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <new>
#include <stdexcept>
#include <string>

namespace auth {

namespace {

constexpr std::size_t p256_bytes = 32;
constexpr int min_rsa_bits = 2048;
constexpr int max_rsa_bits = 8192;         // a longer one takes this server's time
constexpr int max_rsa_exponent_bits = 64;  // likewise

template <auto free_function>
struct Free {
    template <typename T>
    void operator()(T* handle) const {
        free_function(handle);
    }
};
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;

/// OpenSSL keeps the reasons of a failure for the thread's next caller, who may be libcurl: takes them away.
struct ForgetErrors {
    ForgetErrors() = default;
    ~ForgetErrors() { ERR_clear_error(); }
    ForgetErrors(const ForgetErrors&) = delete;
    ForgetErrors& operator=(const ForgetErrors&) = delete;
};

const unsigned char* unsigned_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

Number number(std::string_view bytes) {
    Number number(BN_bin2bn(unsigned_bytes(bytes), static_cast<int>(bytes.size()), nullptr));
    if (!number) throw std::bad_alloc();
    return number;
}

/// nullptr when the numbers are no key of that type.
std::shared_ptr<EVP_PKEY> make_key(const char* type, OSSL_PARAM_BLD* builder) {
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) <= 0 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) <= 0) {
        return nullptr;
    }
    return {key, EVP_PKEY_free};
}

/// r and s as OpenSSL wants them; empty when `signature` is not two numbers of 32 bytes.
std::string ecdsa_der(std::string_view signature) {
    if (signature.size() != 2 * p256_bytes) return {};
    Number r = number(signature.substr(0, p256_bytes));
    Number s = number(signature.substr(p256_bytes));
    const EcdsaSignature pair(ECDSA_SIG_new());
    if (!pair || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) throw std::bad_alloc();
    static_cast<void>(r.release());
    static_cast<void>(s.release());
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(pair.get(), &der);
    if (size <= 0) throw std::bad_alloc();
    std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return text;
}

}  // namespace

std::optional<Algorithm> parse_algorithm(std::string_view name) {
    if (name == "RS256") return Algorithm::Rs256;
    if (name == "ES256") return Algorithm::Es256;
    if (name == "EdDSA") return Algorithm::EdDsa;
    return std::nullopt;
}

PublicKey PublicKey::rsa(std::string_view modulus, std::string_view exponent) {
    const ForgetErrors forget;
    if (modulus.size() > max_rsa_bits / 8 + 1 || exponent.size() > max_rsa_exponent_bits / 8 + 1) {
        throw std::invalid_argument("RSA key: numbers too long");
    }
    const Number n = number(modulus);
    const Number e = number(exponent);
    if (BN_num_bits(n.get()) < min_rsa_bits || BN_num_bits(n.get()) > max_rsa_bits || !BN_is_odd(n.get())) {
        throw std::invalid_argument("RSA key: an odd modulus of 2048 to 8192 bits expected");
    }
    if (BN_num_bits(e.get()) < 2 || BN_num_bits(e.get()) > max_rsa_exponent_bits || !BN_is_odd(e.get())) {
        throw std::invalid_argument("RSA key: an odd exponent from 3 to 64 bits expected");
    }
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!builder || !OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) ||
        !OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get())) {
        throw std::bad_alloc();
    }
    auto key = make_key("RSA", builder.get());
    if (!key) throw std::invalid_argument("RSA key: not a key");
    return {Algorithm::Rs256, std::move(key)};
}

PublicKey PublicKey::p256(std::string_view x, std::string_view y) {
    const ForgetErrors forget;
    if (x.size() != p256_bytes || y.size() != p256_bytes)
        throw std::invalid_argument("P-256 key: 32 bytes each expected");
    const std::string point = "\x04" + std::string(x) + std::string(y);  // uncompressed, SEC 1 section 2.3.3
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!builder || !OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) ||
        !OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size())) {
        throw std::bad_alloc();
    }
    auto key = make_key("EC", builder.get());
    if (!key) throw std::invalid_argument("P-256 key: not a point of the curve");
    return {Algorithm::Es256, std::move(key)};
}

PublicKey PublicKey::ed25519(std::string_view point) {
    const ForgetErrors forget;
    if (point.size() != 32) throw std::invalid_argument("Ed25519 key: 32 bytes expected");
    std::shared_ptr<EVP_PKEY> key(
        EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, unsigned_bytes(point), point.size()),
        EVP_PKEY_free);
    if (!key) throw std::invalid_argument("Ed25519 key: not a key");
    return {Algorithm::EdDsa, std::move(key)};
}

bool PublicKey::verifies(std::string_view message, std::string_view signature) const {
    const ForgetErrors forget;
    const std::string proof = algorithm_ == Algorithm::Es256 ? ecdsa_der(signature) : std::string(signature);
    if (proof.empty()) return false;
    const DigestContext context(EVP_MD_CTX_new());
    const char* digest = algorithm_ == Algorithm::EdDsa ? nullptr : "SHA256";
    if (!context ||
        EVP_DigestVerifyInit_ex(context.get(), nullptr, digest, nullptr, nullptr, key_.get(), nullptr) <= 0) {
        throw std::bad_alloc();
    }
    return EVP_DigestVerify(context.get(), unsigned_bytes(proof), proof.size(), unsigned_bytes(message),
                            message.size()) == 1;
}

}  // namespace auth
