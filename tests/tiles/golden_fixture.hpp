#pragma once

#include <cstddef>

#include "gis/layer/catalog.hpp"
#include "tests/support/postgres_test.hpp"

namespace test {

/// Tiles encoded from packed rows held against ST_AsMVT on the same rows.
class GoldenTest : public PostgresTest {
  protected:
    /// The declarations the program brings; no rows.
    static void declare_layers();
    /// Takes the layers as they are declared now, but for sensitive ones.
    static void hold_catalog();
    static gis::Catalog& catalog();

    struct Total {
        std::size_t tiles = 0, features = 0, borderline = 0, moved = 0, spikes = 0;
        double farthest = 0;
    };

    /// Tiles over places taken at random from the layer's features.
    Total compare(const gis::Layer& layer, int from_zoom, int to_zoom, int tiles_per_zoom, double tolerance);
    /// At all zooms that show every detail.
    Total compare_in_full(const gis::Layer& layer);
    bool is_empty(const gis::Layer& layer);
};

}  // namespace test
