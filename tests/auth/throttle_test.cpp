#include "auth/throttle.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace {

using auth::Throttle;
using std::chrono::minutes;
using std::chrono::seconds;

const Throttle::Time start = Throttle::Time() + std::chrono::hours(1000);

void fail(Throttle& throttle, const std::string& key, int times, Throttle::Time now) {
    for (int i = 0; i < times; ++i) throttle.failed(key, now);
}

TEST(Throttle, TenFailuresBlockForTheRestOfTheWindow) {
    Throttle throttle;
    fail(throttle, "ada", 9, start);
    EXPECT_FALSE(throttle.blocked_for("ada", start));
    throttle.failed("ada", start + minutes(5));
    EXPECT_EQ(throttle.blocked_for("ada", start + minutes(5)), minutes(10));
    EXPECT_EQ(throttle.blocked_for("ada", start + minutes(15) - std::chrono::milliseconds(1)), seconds(1));
    EXPECT_FALSE(throttle.blocked_for("ada", start + minutes(15)));
    EXPECT_FALSE(throttle.blocked_for("grace", start + minutes(5)));
}

TEST(Throttle, TheWindowSlides) {
    Throttle throttle;
    for (int i = 0; i < 10; ++i) throttle.failed("ada", start + minutes(i));
    // The first failure is over after 15 minutes; one more blocks until the second is.
    throttle.failed("ada", start + minutes(15));
    EXPECT_EQ(throttle.blocked_for("ada", start + minutes(15)), minutes(1));
    EXPECT_FALSE(throttle.blocked_for("ada", start + minutes(16)));
}

TEST(Throttle, SlowFailuresNeverBlock) {
    Throttle throttle;
    for (int i = 0; i < 100; ++i) {
        throttle.failed("ada", start + seconds(91 * i));
        EXPECT_FALSE(throttle.blocked_for("ada", start + seconds(91 * (i + 1)))) << i;
    }
}

TEST(Throttle, SuccessForgets) {
    Throttle throttle;
    fail(throttle, "ada", 9, start);
    throttle.succeeded("ada");
    throttle.succeeded("nobody");
    fail(throttle, "ada", 9, start);
    EXPECT_FALSE(throttle.blocked_for("ada", start));
}

TEST(Throttle, TheKeyThatFailedLongestAgoIsForgottenFirst) {
    Throttle throttle({.failures = 2, .window = minutes(15), .keys = 3});
    fail(throttle, "a", 2, start);
    fail(throttle, "b", 2, start + seconds(1));
    throttle.failed("a", start + seconds(2));
    fail(throttle, "c", 2, start + seconds(3));
    fail(throttle, "d", 2, start + seconds(4));
    EXPECT_TRUE(throttle.blocked_for("a", start + seconds(5)));
    EXPECT_FALSE(throttle.blocked_for("b", start + seconds(5)));
    EXPECT_TRUE(throttle.blocked_for("c", start + seconds(5)));
    EXPECT_TRUE(throttle.blocked_for("d", start + seconds(5)));
}

TEST(Throttle, AnyTextIsAKey) {
    Throttle throttle({.failures = 1});
    const std::string with_zero("a\0b", 3);
    throttle.failed(with_zero, start);
    throttle.failed(std::string(1'000'000, 'x'), start);
    throttle.failed("", start);
    EXPECT_TRUE(throttle.blocked_for(with_zero, start));
    EXPECT_FALSE(throttle.blocked_for("a", start));
    EXPECT_TRUE(throttle.blocked_for(std::string(1'000'000, 'x'), start));
    EXPECT_TRUE(throttle.blocked_for("", start));
}

TEST(Throttle, ManyThreads) {
    Throttle throttle({.failures = 10, .window = minutes(15), .keys = 50});
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 2000; ++i) {
                const auto key = std::to_string((i * (t + 1)) % 97);
                throttle.failed(key, start);
                static_cast<void>(throttle.blocked_for(key, start));
                if (i % 7 == 0) throttle.succeeded(key);
            }
        });
    }
    for (auto& thread : threads) thread.join();
}

}  // namespace
