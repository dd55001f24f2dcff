#include "server/live/awaited_changes.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using live::AwaitedChanges;

TEST(AwaitedChanges, WhoAnnouncesIsToldWhenHisOwnIsKnown) {
    AwaitedChanges changes;
    std::string told;
    changes.announce([&] { told += "a"; });
    const auto looked = changes.announced();
    changes.announce([&] { told += "b"; });
    EXPECT_FALSE(changes.all_known());
    changes.tell_known(looked);
    EXPECT_EQ(told, "a");
    EXPECT_FALSE(changes.all_known());
    changes.tell_known(changes.announced());
    EXPECT_EQ(told, "ab");
    EXPECT_TRUE(changes.all_known());
    changes.tell_known(changes.announced());
    EXPECT_EQ(told, "ab") << "once each";
}

TEST(AwaitedChanges, OthersWaitForWhatWasAnnouncedBefore) {
    AwaitedChanges changes;
    std::string told;
    changes.when_known([&] { told += "at once "; });
    EXPECT_EQ(told, "at once ");
    changes.announce([&] { told += "announced "; });
    changes.when_known([&] { told += "waited"; });
    EXPECT_EQ(told, "at once ");
    changes.tell_known(changes.announced());
    EXPECT_EQ(told, "at once announced waited");
}

TEST(AwaitedChanges, WhoIsToldMayAnnounceAndWaitAgain) {
    AwaitedChanges changes;
    int told = 0;
    changes.announce([&] {
        ++told;
        changes.announce([&] { ++told; });
    });
    changes.tell_known(changes.announced());
    EXPECT_EQ(told, 1);
    changes.tell_known(changes.announced());
    EXPECT_EQ(told, 2);
}

TEST(AwaitedChanges, OneTooManyDoesNotWait) {
    AwaitedChanges changes;
    std::size_t told = 0;
    for (std::size_t i = 0; i < AwaitedChanges::most_waiting; ++i) changes.announce([&] { ++told; });
    EXPECT_EQ(told, 0U);
    changes.announce([&] { ++told; });
    EXPECT_EQ(told, 1U);
    EXPECT_FALSE(changes.all_known());
    changes.tell_known(changes.announced());
    EXPECT_EQ(told, AwaitedChanges::most_waiting + 1);
}

}  // namespace
