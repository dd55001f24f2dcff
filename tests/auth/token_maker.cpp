#include "tests/auth/token_maker.hpp"

#include "auth/base64url.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <stdexcept>

namespace test {

using nlohmann::json;

namespace {

EVP_PKEY* make_key(auth::Algorithm algorithm) {
    switch (algorithm) {
        case auth::Algorithm::Rs256:
            return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048});
        case auth::Algorithm::Es256:
            return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
        case auth::Algorithm::EdDsa:
            return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    }
    throw std::logic_error("algorithm");
}

const char* name_of(auth::Algorithm algorithm) {
    switch (algorithm) {
        case auth::Algorithm::Rs256:
            return "RS256";
        case auth::Algorithm::Es256:
            return "ES256";
        case auth::Algorithm::EdDsa:
            return "EdDSA";
    }
    throw std::logic_error("algorithm");
}

/// Big-endian, `size` bytes or as many as it takes.
std::string bytes_of(const BIGNUM* number, int size = 0) {
    std::string bytes(static_cast<std::size_t>(size > 0 ? size : BN_num_bytes(number)), '\0');
    BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    return bytes;
}

std::string parameter(EVP_PKEY* key, const char* name, int size = 0) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &number) != 1) throw std::runtime_error(name);
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> owner(number, BN_free);
    return auth::encode_base64url(bytes_of(number, size));
}

std::string raw_ecdsa(const std::string& der) {
    const auto* start = reinterpret_cast<const unsigned char*>(der.data());
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
        d2i_ECDSA_SIG(nullptr, &start, static_cast<long>(der.size())), ECDSA_SIG_free);
    return bytes_of(ECDSA_SIG_get0_r(pair.get()), 32) + bytes_of(ECDSA_SIG_get0_s(pair.get()), 32);
}

}  // namespace

TokenMaker::TokenMaker(auth::Algorithm algorithm, std::string kid)
    : algorithm_(algorithm), kid_(std::move(kid)), key_(make_key(algorithm), EVP_PKEY_free) {
    if (!key_) throw std::runtime_error("no key");
}

json TokenMaker::jwk() const {
    json jwk{{"kid", kid_}, {"alg", name_of(algorithm_)}, {"use", "sig"}};
    if (algorithm_ == auth::Algorithm::Rs256) {
        jwk.update({{"kty", "RSA"},
                    {"n", parameter(key_.get(), OSSL_PKEY_PARAM_RSA_N)},
                    {"e", parameter(key_.get(), OSSL_PKEY_PARAM_RSA_E)}});
    } else if (algorithm_ == auth::Algorithm::Es256) {
        jwk.update({{"kty", "EC"},
                    {"crv", "P-256"},
                    {"x", parameter(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32)},
                    {"y", parameter(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32)}});
    } else {
        std::string point(32, '\0');
        std::size_t size = point.size();
        EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(point.data()), &size);
        jwk.update({{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", auth::encode_base64url(point)}});
    }
    return jwk;
}

json TokenMaker::header() const {
    return {{"alg", name_of(algorithm_)}, {"kid", kid_}, {"typ", "JWT"}};
}

std::string TokenMaker::sign(const std::string& message) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    const char* digest = algorithm_ == auth::Algorithm::EdDsa ? nullptr : "SHA256";
    EVP_DigestSignInit_ex(context.get(), nullptr, digest, nullptr, nullptr, key_.get(), nullptr);
    const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
    std::size_t size = 0;
    EVP_DigestSign(context.get(), nullptr, &size, bytes, message.size());
    std::string signature(size, '\0');
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                       message.size()) != 1) {
        throw std::runtime_error("not signed");
    }
    signature.resize(size);
    return algorithm_ == auth::Algorithm::Es256 ? raw_ecdsa(signature) : signature;
}

std::string TokenMaker::token_of_texts(const std::string& header, const std::string& payload) const {
    const std::string signed_part = auth::encode_base64url(header) + "." + auth::encode_base64url(payload);
    return signed_part + "." + auth::encode_base64url(sign(signed_part));
}

std::string TokenMaker::token(const json& header, const json& payload) const {
    return token_of_texts(header.dump(), payload.dump());
}

std::string TokenMaker::public_pem() const {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_PUBKEY(memory.get(), key_.get());
    std::string text(2000, '\0');
    const int size = BIO_read(memory.get(), text.data(), static_cast<int>(text.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::string jwks_text(const std::vector<json>& keys) {
    return json{{"keys", keys}}.dump();
}

}  // namespace test
