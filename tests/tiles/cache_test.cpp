#include "tiles/cache/tile_cache.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace {

using tiles::ReadyTile;
using tiles::TileCache;
using tiles::TileKey;

tiles::ReadyTilePtr tile(std::string bytes) {
    return std::make_shared<const ReadyTile>(std::move(bytes), "tag");
}

tiles::ReadyTilePtr put(TileCache& cache, TileKey key, std::string bytes) {
    const auto found = cache.find_or_make(key);
    if (found.is_maker) cache.finish(found.flight, tile(std::move(bytes)));
    return cache.find(key);
}

TEST(TileCache, OneMakerAndTheOthersWaitForHim) {
    TileCache cache(1 << 20);
    const TileKey key{1, {14, 5, 6}};
    const auto maker = cache.find_or_make(key);
    ASSERT_TRUE(maker.is_maker);
    const auto waiter = cache.find_or_make(key);
    EXPECT_FALSE(waiter.is_maker);
    std::string heard;
    TileCache::wait(waiter.flight, [&](const auto& made) { heard = *made->bytes(); });
    cache.finish(maker.flight, tile("made"));
    EXPECT_EQ(heard, "made");
    EXPECT_EQ(*cache.find(key)->bytes(), "made");
    TileCache::wait(waiter.flight, [&](const auto& made) { heard = "late " + *made->bytes(); });
    EXPECT_EQ(heard, "late made");
}

TEST(TileCache, ATileThatIsDroppedWhileItIsMadeIsNotKept) {
    TileCache cache(1 << 20);
    const TileKey key{1, {14, 5, 6}};
    const auto old_maker = cache.find_or_make(key);
    const std::uint32_t views[] = {1};
    const tiles::TileArea areas[] = {{14, {5, 6, 5, 6}}};
    cache.drop(views, areas);
    const auto new_maker = cache.find_or_make(key);
    EXPECT_TRUE(new_maker.is_maker) << "who comes after the change does not wait for the old tile";
    cache.finish(old_maker.flight, tile("old"));
    EXPECT_EQ(cache.find(key), nullptr);
    cache.finish(new_maker.flight, tile("new"));
    EXPECT_EQ(*cache.find(key)->bytes(), "new");
}

TEST(TileCache, DropsExactlyTheAreasOfTheViews) {
    TileCache cache(1 << 24);
    for (std::uint32_t view = 1; view <= 2; ++view) {
        for (std::uint32_t x = 0; x < 8; ++x)
            for (std::uint32_t y = 0; y < 8; ++y) put(cache, {view, {3, x, y}}, "t");
    }
    const std::uint32_t views[] = {2};
    const tiles::TileArea few[] = {{3, {1, 1, 2, 3}}};
    EXPECT_EQ(cache.drop(views, few), 6U);
    EXPECT_EQ(cache.counters().tiles, 122U);
    const tiles::TileArea world[] = {{3, {0, 0, 7, 7}}, {20, {0, 0, 1'000'000, 1'000'000}}};
    EXPECT_EQ(cache.drop(views, world), 58U);
    EXPECT_EQ(cache.drop_views(std::vector<std::uint32_t>{1}), 64U);
    EXPECT_EQ(cache.counters().bytes, 0U);
}

TEST(TileCache, StaysWithinItsBytes) {
    TileCache cache(2 << 20);
    for (std::uint32_t x = 0; x < 4000; ++x) put(cache, {1, {20, x, 1}}, std::string(4000, 'x'));
    EXPECT_LE(cache.counters().bytes, std::size_t{2 << 20});
    EXPECT_GT(cache.counters().evicted, 3000U);
    EXPECT_EQ(put(cache, {1, {1, 0, 0}}, std::string(3 << 20, 'x')), nullptr) << "larger than the cache";
}

/// The store changes, the tiles are dropped, and only then are readers told: what they get is never older.
TEST(TileCache, NoReaderGetsATileOlderThanWhatHeWasTold) {
    TileCache cache(1 << 20);
    std::atomic<int> store{0};
    std::atomic<int> told{0};
    std::atomic<bool> stale{false};
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (std::uint32_t i = 0; i < 20000; ++i) {
                const int least = told;
                const auto found = cache.find_or_make({1, {5, i % 7, t % 2}});
                auto got = found.tile;
                if (found.is_maker) cache.finish(found.flight, got = tile(std::to_string(store.load())));
                if (got && std::stoi(*got->bytes()) < least) stale = true;
            }
        });
    }
    const std::uint32_t views[] = {1};
    const tiles::TileArea areas[] = {{5, {0, 0, 6, 1}}};
    for (int i = 1; i <= 2000; ++i) {
        store = i;
        cache.drop(views, areas);
        told = i;
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_FALSE(stale);
}

TEST(TileCache, TheHottestAreReplacedOnceAndOnlyWhileTheyStand) {
    TileCache cache(1'000'000);
    const auto put = [&](std::uint32_t x, int times) {
        const auto found = cache.find_or_make({1, {5, x, 0}});
        cache.finish(found.flight, tile("tile " + std::to_string(x)));
        for (int i = 0; i < times; ++i) cache.find({1, {5, x, 0}});
    };
    put(0, 0);
    put(1, 2);
    put(2, 5);
    auto hottest = cache.hottest(10);
    ASSERT_EQ(hottest.size(), 2U);  // nobody came back for the first
    EXPECT_EQ(hottest[0].key.coord.x, 2U);
    EXPECT_EQ(hottest[1].key.coord.x, 1U);
    EXPECT_EQ(cache.hottest(1).size(), 1U);

    const auto fresh = std::make_shared<const tiles::ReadyTile>(*hottest[0].tile, "packed");
    EXPECT_TRUE(cache.replace(hottest[0], fresh));
    EXPECT_EQ(cache.find(hottest[0].key), fresh);
    EXPECT_EQ(*fresh->bytes(), "tile 2");
    EXPECT_EQ(*fresh->gzip([](std::string_view) { return std::string("never"); }), "packed");
    EXPECT_EQ(cache.hottest(10).size(), 1U);  // not again

    const std::uint32_t views[] = {1};
    const tiles::TileArea areas[] = {{5, {1, 0, 1, 0}}};
    cache.drop(views, areas);
    EXPECT_FALSE(cache.replace(hottest[1], std::make_shared<const tiles::ReadyTile>(*hottest[1].tile, "late")));
    EXPECT_EQ(cache.find(hottest[1].key), nullptr);  // what changed meanwhile does not come back
}

TEST(ReadyTile, IsCompressedOnce) {
    const auto made = tile(std::string(5000, 'x'));
    int times = 0;
    const auto compress = [&](std::string_view) {
        ++times;
        return std::string("gz");
    };
    EXPECT_EQ(*made->gzip(compress), "gz");
    EXPECT_EQ(*made->gzip(compress), "gz");
    EXPECT_EQ(times, 1);
    EXPECT_EQ(tile("small")->gzip([](std::string_view) { return std::string(); }), nullptr);
}

}  // namespace
