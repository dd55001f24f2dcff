#include "auth/secret.hpp"

#include "auth/base64url.hpp"
#include "auth/form.hpp"

#include <gtest/gtest.h>

#include <set>

namespace {

TEST(Secret, HasThePrefixAnd256Bits) {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        const auto secret = auth::make_secret("carreau_t_");
        ASSERT_TRUE(secret.starts_with("carreau_t_"));
        const auto bytes = auth::decode_base64url(secret.substr(10));
        ASSERT_TRUE(bytes);
        EXPECT_EQ(bytes->size(), 32U);
        EXPECT_TRUE(seen.insert(secret).second);
    }
}

// FIPS 180-2 appendix B.1 and the empty text.
TEST(Secret, Sha256OfTheStandard) {
    EXPECT_EQ(auth::sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(auth::sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

// RFC 7636 appendix B.
TEST(Secret, PkceChallengeOfTheStandard) {
    EXPECT_EQ(auth::sha256_base64url("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
              "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

// RFC 4231 test cases 2 and 6 (a key longer than the block).
TEST(Secret, HmacOfTheStandard) {
    EXPECT_EQ(auth::hmac_hex("Jefe", "what do ya want for nothing?"),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(auth::hmac_hex(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Secret, ComparesWhole) {
    EXPECT_TRUE(auth::equal_in_constant_time("", ""));
    EXPECT_TRUE(auth::equal_in_constant_time("abc", "abc"));
    EXPECT_FALSE(auth::equal_in_constant_time("abc", "abd"));
    EXPECT_FALSE(auth::equal_in_constant_time("abc", "ab"));
    EXPECT_FALSE(auth::equal_in_constant_time("", "a"));
}

// RFC 7515 appendix C.
TEST(Base64Url, ExampleOfTheStandard) {
    EXPECT_EQ(auth::encode_base64url("\x03\xec\xff\xe0\xc1"), "A-z_4ME");
    EXPECT_EQ(auth::decode_base64url("A-z_4ME"), "\x03\xec\xff\xe0\xc1");
    EXPECT_EQ(auth::decode_base64url(""), "");
}

TEST(Base64Url, OneTextForGivenBytes) {
    for (const char* bad : {"A-z_4MF", "A-z_4ME=", "A-z_4ME ", " A-z_4ME", "A-z\n_4ME", "A+z/4ME", "A", "AAAAA",
                            "A-z_4M.", "QQ==", "QR", "\xC3\xA9"}) {
        EXPECT_FALSE(auth::decode_base64url(bad)) << bad;
    }
    EXPECT_FALSE(auth::decode_base64url(std::string_view("QQ\0", 3)));
}

TEST(Base64, HasPadding) {
    // RFC 7617 section 2.
    EXPECT_EQ(auth::encode_base64("Aladdin:open sesame"), "QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

TEST(Form, EscapesEverythingElse) {
    EXPECT_EQ(auth::form_text({{"a b", "é&="}, {"c", "-._~"}, {"d", ""}}), "a%20b=%C3%A9%26%3D&c=-._~&d=");
}

}  // namespace
