#include "auth/password.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

namespace {

using auth::password_problem;
using auth::PasswordHasher;

TEST(PasswordProblem, TwelveToAHundredAndTwentyEightCharactersAreFine) {
    EXPECT_FALSE(password_problem("abcdefghijkl"));
    EXPECT_FALSE(password_problem("éééééééééééé"));
    EXPECT_FALSE(password_problem(std::string(128, 'a')));
    EXPECT_FALSE(password_problem("correct horse battery staple 🐎"));
}

TEST(PasswordProblem, SaysWhatIsExpected) {
    EXPECT_EQ(password_problem(""), "12 to 128 characters expected, got 0");
    EXPECT_EQ(password_problem("éééééé"), "12 to 128 characters expected, got 6");
    EXPECT_EQ(password_problem(std::string(129, 'a')), "12 to 128 characters expected, got 129");
}

TEST(PasswordProblem, OtherThanUtf8IsRefused) {
    const std::string start = "abcdefghijkl";
    for (const char* bad : {"\xE9", "\xC3", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                            "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80", "\xFF", "\xE2\x82", "\xF0\x9F\x90"}) {
        EXPECT_EQ(password_problem(start + bad), "valid UTF-8 text expected");
    }
}

TEST(PasswordHasher, VerifiesWhatItHashed) {
    PasswordHasher hasher;
    const auto stored = hasher.hash("correct horse");
    EXPECT_TRUE(stored.starts_with("$argon2id$v=19$m=65536,t=2,p=1$")) << stored;
    EXPECT_TRUE(hasher.verify(stored, "correct horse"));
    EXPECT_FALSE(hasher.verify(stored, "correct hors"));
    EXPECT_FALSE(hasher.verify(stored, ""));
    EXPECT_FALSE(hasher.verify(stored, std::string("correct horse\0", 14)));
    EXPECT_NE(hasher.hash("correct horse"), stored) << "the salt is random";
}

TEST(PasswordHasher, SomethingElseThanAHashIsNoMatch) {
    PasswordHasher hasher;
    for (const char* stored :
         {"", "correct horse", "$argon2id$", "$1$abc$def", "$argon2id$v=19$m=65536,t=2,p=1$AAAA"}) {
        EXPECT_FALSE(hasher.verify(stored, "correct horse")) << stored;
    }
    EXPECT_FALSE(hasher.verify(std::string(10'000, '$'), "correct horse"));
}

TEST(PasswordHasher, VeryLongPasswordIsNoMatch) {
    PasswordHasher hasher;
    EXPECT_FALSE(hasher.verify(hasher.hash("correct horse"), std::string(1'000'000, 'a')));
}

TEST(PasswordHasher, RefusingTakesAsLongAsVerifying) {
    PasswordHasher hasher;
    const auto stored = hasher.hash("correct horse");
    const auto time_of = [](const auto& work) {
        const auto start = std::chrono::steady_clock::now();
        work();
        return std::chrono::steady_clock::now() - start;
    };
    const auto verifying = time_of([&] { hasher.verify(stored, "wrong horse"); });
    const auto refusing = time_of([&] { hasher.refuse_slowly("wrong horse"); });
    // Not a measure of secrecy on a loaded machine; a forgotten hash would be a thousand times faster.
    EXPECT_GT(refusing, verifying / 5);
}

TEST(PasswordHasher, ManyThreadsTakeTurns) {
    PasswordHasher hasher;
    const auto stored = hasher.hash("correct horse");
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i) {
        threads.emplace_back([&] { EXPECT_TRUE(hasher.verify(stored, "correct horse")); });
    }
    for (auto& thread : threads) thread.join();
}

}  // namespace
