#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tiles/encode/unit_grid.hpp"
#include "tiles/store/layer_rules.hpp"

namespace tiles {

class PackedLayer;

/// What one tile draws of a group: the commands of its geometry, cut, for a cursor at `first`.
struct MergedPiece {
    std::uint32_t x = 0;  ///< of the tile
    std::uint32_t y = 0;
    std::uint32_t end = 0;  ///< in the bytes of its zoom; they begin where those of the piece before end
    std::int16_t first[2] = {0, 0};
    std::int16_t last[2] = {0, 0};  ///< where they leave the cursor
};

/// Polygons with equal attributes, and in some bands equal communes, as one. Immutable, shared by threads.
struct MergedGroup {
    /// Of one zoom, in the units that its band has there.
    struct Drawn {
        std::vector<MergedPiece> pieces;  ///< by x, then y
        std::string bytes;
        float lost = 0;  ///< area, in square steps, that rounding and simplifying took

        /// Place of the tile's piece in `pieces`; nothing when it draws nothing of the group.
        std::optional<std::size_t> find(std::uint32_t x, std::uint32_t y) const;
        std::string_view bytes_of(std::size_t piece) const {
            const std::size_t begin = piece == 0 ? 0 : pieces[piece - 1].end;
            return std::string_view(bytes).substr(begin, pieces[piece].end - begin);
        }
    };
    std::string key;                  ///< groups of equal attributes follow each other in its order
    std::vector<std::string> values;  ///< Value messages of the band's attributes; empty: it has none
    std::vector<std::string> communes;
    WorldBox bounds;
    std::vector<Drawn> drawn;  ///< by zoom of the band
};
using MergedGroupPtr = std::shared_ptr<const MergedGroup>;

/// Of tiles of merged polygons: half a pixel of 512. Nobody sees more of them, and coordinates become short.
inline constexpr unsigned coarsest = 2;

/// Zooms whose tiles carry the same attributes, and so the same groups.
struct MergedBand {
    int first = 0;
    int end = 0;
    bool by_commune = false;                ///< for who does not see all of the layer
    std::vector<std::uint32_t> attributes;  ///< numbers in the rules
    std::vector<MergedGroupPtr> groups;     ///< in the order of their keys
    std::vector<TileUnits> units;           ///< by zoom: the coarsest that keep the area of all values
};

/// One pack's features as far as they are there.
struct PackPart {
    const PackedLayer* pack = nullptr;
    const std::vector<bool>* removed = nullptr;  ///< by feature; null: none
};

/// The groups whose features changed: a set for each band.
using TouchedGroups = std::vector<std::set<std::string>>;

/// A layer's polygons below its merge zoom. Immutable, shared by threads.
class MergedLayer {
  public:
    /// Of the zooms from `first` to below `end`, all below the merge zoom. Borders between groups are simplified
    /// together, so that neighbours stay neighbours.
    static MergedLayer of(std::span<const PackPart> packs, int first, int end);

    /// The bands' groups that the feature belongs to.
    void touch(const PackedLayer& pack, std::uint32_t feature, TouchedGroups& touched) const;
    /// With these groups as the packs have them now. Their borders are simplified for themselves, the others stay, but
    /// for bands in whose units a group would lose of its area: these are made anew.
    /// Appends the bounds of what was and is now.
    MergedLayer renewed(std::span<const PackPart> packs, const TouchedGroups& touched,
                        std::vector<WorldBox>& bounds) const;

    /// The band of zoom z; null where nothing is merged. `by_commune`: its groups are of equal communes, where features
    /// have any.
    const MergedBand* band(int z, bool by_commune) const;
    std::size_t memory() const;

  private:
    bool has_communes_ = false;
    std::vector<MergedBand> bands_;
};

}  // namespace tiles
