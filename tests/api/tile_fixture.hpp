#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "server/live/tile_engine.hpp"
#include "tests/api/api_fixture.hpp"

namespace test {

/// How many edits a randomised test makes: TILE_EDITS, or 600.
int edits_asked();

/// The tile of zoom z at a place of the test's square: Lambert-93 around 3 degrees east, where it turns least.
tiles::TileCoord tile_at(int z, double x, double y);
std::string tile_path(const std::string& layer, int z, double x, double y);

/// What several threads find wrong.
class Problems {
  public:
    void add(std::string text);
    /// Fails the test with the first ones.
    void report() const;

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> texts_;
};

/// Another engine, which has read a layer afresh.
class FreshTiles {
  public:
    FreshTiles(const std::string& dsn, const std::string& layer);

    const gis::Layer& layer() const { return layer_; }
    live::TileEngine& engine() { return engine_; }

  private:
    live::CatalogWatch watch_;
    live::TileEngine engine_;
    gis::Layer layer_;
};

/// Tiles from memory, over HTTP and in the engine.
class TileTest : public ApiTest {
  protected:
    void wait_until_held(const std::string& layer);
    bool is_held(const std::string& layer);
    /// What an edit through the server does after its commit.
    void answer_edit();
};

}  // namespace test
