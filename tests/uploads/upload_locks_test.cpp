#include "server/uploads/upload_locks.hpp"

#include <gtest/gtest.h>

namespace {

TEST(UploadLocks, WhoComesLaterIsToldWhenTheHolderLetGo) {
    uploads::UploadLocks locks;
    int stopped = 0;
    int told = 0;
    auto first = locks.take(
        "a", [&] { ++stopped; }, [] {});
    ASSERT_TRUE(first);
    EXPECT_FALSE(locks.take(
        "a", [] {}, [&] { ++told; }));
    EXPECT_FALSE(locks.take(
        "a", [] {}, [&] { ++told; }));
    EXPECT_EQ(stopped, 2);
    EXPECT_EQ(told, 0);
    EXPECT_TRUE(locks.take(
        "b", [] {}, [] {}))
        << "another upload is free";
    first.reset();
    EXPECT_EQ(told, 2);
    EXPECT_TRUE(locks.take(
        "a", [] {}, [] {}));
    EXPECT_TRUE(locks.take(
        "a", [] {}, [] {}))
        << "a hold that was dropped at once";
}

}  // namespace
