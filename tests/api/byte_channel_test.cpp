// The queue between a database thread and a connection's coroutine. Meant to be run under the thread sanitizer too.

#include "server/api/byte_channel.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <thread>

#include "gis/error.hpp"

namespace {

using namespace std::chrono_literals;
using api::ByteChannel;

/// What a reader got: all pieces joined, and how it ended.
struct Read {
    std::string text;
    std::size_t pieces = 0;
    std::string end;
};

http::Awaitable<void> read_all(ByteChannel& channel, std::chrono::milliseconds deadline, Read& read,
                               std::size_t leave_after) {
    try {
        while (true) {
            const std::string piece = co_await channel.pop(deadline);
            if (piece.empty()) break;
            read.text += piece;
            if (++read.pieces == leave_after) {
                channel.abandon();
                read.end = "left";
                co_return;
            }
        }
        read.end = "end";
    } catch (const gis::Unavailable&) {
        read.end = "unavailable";
    } catch (const std::exception& error) {
        read.end = error.what();
    }
}

template <typename Write>
Read run(ByteChannel& channel, Write write, std::chrono::milliseconds deadline = 5s, std::size_t leave_after = 0) {
    Read read;
    std::thread writer(write);
    boost::asio::io_context context;
    boost::asio::co_spawn(context, read_all(channel, deadline, read, leave_after), boost::asio::detached);
    context.run();
    writer.join();
    return read;
}

TEST(ByteChannelTest, EveryPieceArrivesInOrder) {
    constexpr int count = 20'000;
    ByteChannel channel(4, 5s);
    std::string expected;
    for (int i = 0; i < count; ++i) expected += std::to_string(i) + ' ';
    const Read read = run(channel, [&] {
        for (int i = 0; i < count; ++i) channel.push(std::to_string(i) + ' ');
        channel.finish(nullptr);
    });
    EXPECT_EQ(read.end, "end");
    EXPECT_EQ(read.pieces, static_cast<std::size_t>(count));
    EXPECT_EQ(read.text, expected);
}

TEST(ByteChannelTest, AWriterThatIsAheadWaits) {
    ByteChannel channel(4, 5s);
    std::atomic<int> pushed{0};
    std::thread writer([&] {
        for (int i = 0; i < 10; ++i) {
            channel.push("x");
            ++pushed;
        }
        channel.finish(nullptr);
    });
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (pushed < 4 && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(1ms);
    std::this_thread::sleep_for(50ms);  // time to do what it must not
    EXPECT_EQ(pushed, 4);
    Read read;
    boost::asio::io_context context;
    boost::asio::co_spawn(context, read_all(channel, 5s, read, 0), boost::asio::detached);
    context.run();
    writer.join();
    EXPECT_EQ(read.text, "xxxxxxxxxx");
}

TEST(ByteChannelTest, AReaderThatLeavesEndsTheWriter) {
    for (int round = 0; round < 200; ++round) {
        ByteChannel channel(2, 5s);
        bool told = false;
        const Read read = run(
            channel,
            [&] {
                try {
                    while (true) channel.push("piece");
                } catch (const ByteChannel::Abandoned&) {
                    told = true;
                }
                channel.finish(nullptr);
            },
            5s, 3);
        EXPECT_EQ(read.end, "left");
        EXPECT_TRUE(told);
    }
}

TEST(ByteChannelTest, BuffersOfPiecesReadComeBack) {
    constexpr std::size_t size = 100'000;
    ByteChannel channel(2, 5s);
    std::size_t returned = 0;
    const Read read = run(channel, [&] {
        std::string buffer;
        for (int i = 0; i < 50; ++i) {
            if (buffer.capacity() >= size) ++returned;
            EXPECT_TRUE(buffer.empty());
            buffer.assign(size, 'x');
            buffer = channel.push(std::move(buffer));
        }
        channel.finish(nullptr);
    });
    EXPECT_EQ(read.text.size(), 50 * size);
    EXPECT_GE(returned, 40U) << "all but those that filled the channel first";
}

TEST(ByteChannelTest, AnErrorComesAfterThePiecesBeforeIt) {
    ByteChannel channel(4, 5s);
    const Read read = run(channel, [&] {
        channel.push("one ");
        channel.push("two");
        channel.finish(std::make_exception_ptr(std::runtime_error("it broke")));
    });
    EXPECT_EQ(read.text, "one two");
    EXPECT_EQ(read.end, "it broke");
}

TEST(ByteChannelTest, AReaderWaitsNoLongerThanItsDeadline) {
    ByteChannel channel(4, 5s);
    const auto begin = std::chrono::steady_clock::now();
    const Read read = run(
        channel, [] {}, 100ms);
    EXPECT_EQ(read.end, "unavailable");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
}

TEST(ByteChannelTest, AWriterWaitsNoLongerThanItsPatience) {
    ByteChannel channel(1, 50ms);
    channel.push("taken by nobody");
    EXPECT_THROW(channel.push("no room"), ByteChannel::Abandoned);
    EXPECT_THROW(channel.push("still none"), ByteChannel::Abandoned) << "given up for good";
}

}  // namespace
