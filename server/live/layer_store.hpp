#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tiles/encode/encode_layer.hpp"
#include "tiles/store/packed_layer.hpp"

namespace live {

/// A layer's features at one moment, as tiles are made from: the packed layer, and what changed since it was packed.
/// Immutable, shared by threads.
struct LayerState {
    struct Pack {
        std::shared_ptr<const tiles::PackedLayer> features;
        std::shared_ptr<const std::vector<bool>> removed;   ///< those that a later pack replaces, or that are gone
        gis::Resolution shown_at = gis::Resolution::Exact;  ///< for callers who see the feature so
    };
    std::vector<Pack> packs;                           ///< at least one
    std::shared_ptr<const tiles::MergedLayer> merged;  ///< of all packs; null where nothing is merged
    std::size_t features = 0;                          ///< each once, at whatever resolutions
    std::size_t memory = 0;

    const tiles::LayerRules& rules() const { return packs.front().features->rules(); }
};

using LayerStatePtr = std::shared_ptr<const LayerState>;

/// The features of one layer as they are shown at one resolution, in memory, and their changes. Belongs to one thread;
/// the states it gives belong to all.
class LayerStore {
  public:
    using Row = std::vector<std::optional<std::string>>;  ///< cells of gis::held_rows_sql

    LayerStore(tiles::PackedLayer base, gis::Resolution shown_at);

    gis::Resolution shown_at() const { return base_.shown_at; }

    /// Where it changed: boxes of what was and of what is.
    struct Changed {
        std::vector<tiles::WorldBox> features;
        std::vector<tiles::WorldBox> merged;  ///< of polygons below the merge zoom
    };
    /// The features `ids` are now those of `rows`; the ids without a row are gone. Adds to `changed`.
    void apply(std::span<const std::string> ids, std::vector<Row> rows, Changed& changed);

    LayerState state() const;
    /// So much has changed that packing the layer anew is worth it.
    bool wants_packing() const;

  private:
    struct Overlay {
        std::map<std::string, Row> rows;
        LayerState::Pack pack;
    };
    void remove(LayerState::Pack& pack, std::span<const std::string> ids, std::vector<tiles::WorldBox>& boxes,
                tiles::TouchedGroups& touched) const;
    std::vector<tiles::PackPart> parts() const;
    void repack(Overlay& overlay);
    std::string id_of(const Row& row) const;

    LayerState::Pack base_;
    std::shared_ptr<const tiles::MergedLayer> merged_;
    Overlay older_;   // many, packed now and then
    Overlay recent_;  // few, packed at each change
};

/// A layer's features at all its resolutions, the exact ones last.
LayerStatePtr joined_state(std::span<const LayerStore> stores);

}  // namespace live
