#include "auth/public_key.hpp"

#include "auth/base64url.hpp"
#include "tests/auth/token_maker.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace {

using auth::PublicKey;

std::string bytes(std::string_view text) {
    return auth::decode_base64url(text).value();
}

void expect_only_the_example_verifies(const PublicKey& key, const std::string& message, const std::string& signature) {
    EXPECT_TRUE(key.verifies(message, signature));
    EXPECT_FALSE(key.verifies(message + " ", signature));
    EXPECT_FALSE(key.verifies("", signature));
    EXPECT_FALSE(key.verifies(message, ""));
    EXPECT_FALSE(key.verifies(message, signature.substr(1)));
    EXPECT_FALSE(key.verifies(message, signature.substr(0, signature.size() - 1)));
    EXPECT_FALSE(key.verifies(message, signature + std::string(1, '\0')));
    EXPECT_FALSE(key.verifies(message, std::string(signature.size(), '\0')));
    EXPECT_FALSE(key.verifies(message, std::string(signature.size(), '\xff')));
    for (const std::size_t i : {std::size_t{0}, signature.size() / 2, signature.size() - 1}) {
        std::string changed = signature;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(key.verifies(message, changed)) << i;
    }
}

const char* const rsa_modulus =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgN"
    "MsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-"
    "UTo7WTBEMa2R2CapHg665xsm"
    "tdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";

// RFC 7515 appendix A.2.
TEST(PublicKey, RsaExampleOfTheStandard) {
    const auto key = PublicKey::rsa(bytes(rsa_modulus), bytes("AQAB"));
    EXPECT_EQ(key.algorithm(), auth::Algorithm::Rs256);
    expect_only_the_example_verifies(
        key,
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0c"
        "nVlfQ",
        bytes("cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
              "O8W2Fp5jujGbds9uJdbF9C"
              "UAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_"
              "eSN9383LcOLn6"
              "_dO--xi12jzDwusC-"
              "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp"
              "0igcN_IoypGlUPQGe77Rw"));
}

// RFC 7515 appendix A.3.
TEST(PublicKey, EcdsaExampleOfTheStandard) {
    const auto key = PublicKey::p256(bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
                                     bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"));
    EXPECT_EQ(key.algorithm(), auth::Algorithm::Es256);
    expect_only_the_example_verifies(
        key,
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0c"
        "nVlfQ",
        bytes("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"));
}

// RFC 8037 appendix A.5.
TEST(PublicKey, Ed25519ExampleOfTheStandard) {
    const auto key = PublicKey::ed25519(bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
    EXPECT_EQ(key.algorithm(), auth::Algorithm::EdDsa);
    expect_only_the_example_verifies(
        key, "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
        bytes("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"));
}

TEST(PublicKey, EcdsaSignatureInDerIsRefused) {
    const test::TokenMaker maker(auth::Algorithm::Es256, "");
    const auto jwk = maker.jwk();
    const auto key = PublicKey::p256(bytes(jwk["x"].get<std::string>()), bytes(jwk["y"].get<std::string>()));
    const auto raw = maker.sign("text");
    EXPECT_TRUE(key.verifies("text", raw));
    const auto integer = [](const std::string& number) { return std::string("\x02\x21\x00", 3) + number; };
    EXPECT_FALSE(key.verifies("text", "\x30\x46" + integer(raw.substr(0, 32)) + integer(raw.substr(32))));
}

TEST(PublicKey, WeakOrImpossibleKeysAreRefused) {
    const std::string modulus = bytes(rsa_modulus);
    const std::string e = bytes("AQAB");
    std::string even = modulus;
    even.back() = static_cast<char>(even.back() & ~1);
    EXPECT_THROW(PublicKey::rsa(modulus.substr(0, 255), e), std::invalid_argument);
    EXPECT_THROW(PublicKey::rsa(even, e), std::invalid_argument);
    EXPECT_THROW(PublicKey::rsa(std::string(2000, '\xff'), e), std::invalid_argument);
    EXPECT_THROW(PublicKey::rsa("", e), std::invalid_argument);
    EXPECT_THROW(PublicKey::rsa(modulus, ""), std::invalid_argument);
    EXPECT_THROW(PublicKey::rsa(modulus, "\x01"), std::invalid_argument);
    EXPECT_THROW(PublicKey::rsa(modulus, "\x02"), std::invalid_argument);
    EXPECT_THROW(PublicKey::rsa(modulus, modulus), std::invalid_argument);

    const std::string x = bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
    EXPECT_THROW(PublicKey::p256(x, x), std::invalid_argument);
    EXPECT_THROW(PublicKey::p256(x, ""), std::invalid_argument);
    EXPECT_THROW(PublicKey::p256(std::string(32, '\0'), std::string(32, '\0')), std::invalid_argument);
    EXPECT_THROW(PublicKey::p256(std::string(32, '\xff'), std::string(32, '\xff')), std::invalid_argument);
    EXPECT_THROW(PublicKey::p256(x + "0", x.substr(1)), std::invalid_argument);

    EXPECT_THROW(PublicKey::ed25519(std::string(31, 'a')), std::invalid_argument);
    EXPECT_THROW(PublicKey::ed25519(std::string(33, 'a')), std::invalid_argument);
}

}  // namespace
