#include "tests/api/tile_fixture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <future>
#include <utility>

namespace test {

int edits_asked() {
    const char* value = std::getenv("TILE_EDITS");
    return value == nullptr ? 600 : std::stoi(value);
}

tiles::TileCoord tile_at(int z, double x, double y) {
    constexpr double world_half = 20037508.342789244;
    // The table tells where in Mercator; here a linear fit within the few kilometres of the test is close enough.
    const double longitude = 3 + (x - 700000) / 76593.0;
    const double latitude = 46.5 + (y - 6600000) / 111155.0;
    const double mx = 6378137 * longitude * M_PI / 180;
    const double my = 6378137 * std::asinh(std::tan(latitude * M_PI / 180));
    const double size = 2 * world_half / std::exp2(z);
    return {z, static_cast<std::uint32_t>((mx + world_half) / size),
            static_cast<std::uint32_t>((world_half - my) / size)};
}

std::string tile_path(const std::string& layer, int z, double x, double y) {
    const tiles::TileCoord coord = tile_at(z, x, y);
    return fmt::format("/tiles/{}/{}/{}/{}.mvt", layer, coord.z, coord.x, coord.y);
}

void Problems::add(std::string text) {
    const std::lock_guard lock(mutex_);
    texts_.push_back(std::move(text));
}

void Problems::report() const {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < std::min<std::size_t>(texts_.size(), 10); ++i) ADD_FAILURE() << texts_[i];
    EXPECT_EQ(texts_.size(), 0U);
}

FreshTiles::FreshTiles(const std::string& dsn, const std::string& layer)
    : watch_(dsn, [](const std::string&) {}),
      engine_(dsn, watch_, {}, [](const std::string&) {}),
      layer_(*watch_.current().catalog->find(layer)) {
    EXPECT_TRUE(eventually([&] { return engine_.state_of(layer_.id) != nullptr; })) << layer << " is not read";
}

void TileTest::wait_until_held(const std::string& layer) {
    wait_for_layer(layer);
    ASSERT_TRUE(eventually([&] { return is_held(layer); })) << layer << " is not held in memory";
}

bool TileTest::is_held(const std::string& layer) {
    const auto reports = tiles().report();
    return std::any_of(reports.begin(), reports.end(), [&](const auto& report) {
        return report.name == layer && report.reason.empty() && report.builds > 0;
    });
}

void TileTest::answer_edit() {
    std::promise<void> known;
    tiles().expect_change([&] { known.set_value(); });
    known.get_future().wait();
}

}  // namespace test
