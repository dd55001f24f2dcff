#include "server/api/bulk_shares.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace {

using Share = std::shared_ptr<const void>;

TEST(BulkShares, OneHolderHasHisShareAndNoMore) {
    api::BulkShares shares(2);
    Share first = shares.take("person 1");
    const Share second = shares.take("person 1");
    EXPECT_THROW(shares.take("person 1"), api::TooManyStreams);
    EXPECT_NO_THROW(shares.take("person 12")) << "others have their own";
    first.reset();
    first = shares.take("person 1");
    EXPECT_THROW(shares.take("person 1"), api::TooManyStreams);
}

TEST(BulkShares, AShareIsHeldUntilItsLastCopyIsGone) {
    api::BulkShares shares(1);
    Share held = shares.take("address ::1");
    Share copy = held;
    held.reset();
    EXPECT_THROW(shares.take("address ::1"), api::TooManyStreams);
    copy.reset();
    EXPECT_NO_THROW(shares.take("address ::1"));
}

TEST(BulkShares, MayOutliveWhatGaveThem) {
    std::optional<api::BulkShares> shares(1);
    const Share held = shares->take("person 1");
    shares.reset();
}

TEST(BulkShares, ThreadsNeverHoldMoreTogether) {
    constexpr int most = 3;
    api::BulkShares shares(most);
    std::atomic<int> holding{0};
    std::atomic<int> passed{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 2000; ++n) {
                try {
                    const Share share = shares.take("person 1");
                    if (++holding > most) ++passed;
                    --holding;
                } catch (const api::TooManyStreams&) {
                }
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(passed, 0);
    for (int i = 0; i < most; ++i) EXPECT_NO_THROW(shares.take("person 1")) << "nothing is left behind";
}

}  // namespace
