#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test {

/// A feature of a vector tile (Mapbox Vector Tile Specification 2.1), values as text.
struct MvtFeature {
    std::optional<std::uint64_t> id;
    int type = 0;  ///< 1 point, 2 line, 3 polygon
    std::map<std::string, std::string> properties;
    std::vector<std::pair<int, int>> vertices;            ///< of all parts, in tile units
    std::vector<std::vector<std::pair<int, int>>> parts;  ///< points, lines, or rings (the last point is not repeated)
};

struct MvtLayer {
    std::string name;
    int version = 1;
    int extent = 4096;
    std::vector<MvtFeature> features;
};

/// Throws when the bytes are no vector tile. Shares nothing with the server's writer.
std::vector<MvtLayer> decode_mvt(std::string_view bytes);

/// The layer of that name, or nothing.
const MvtLayer* find_layer(const std::vector<MvtLayer>& layers, std::string_view name);

}  // namespace test
