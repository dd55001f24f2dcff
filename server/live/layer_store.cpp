#include "server/live/layer_store.hpp"

#include <algorithm>

namespace live {

namespace {

constexpr std::size_t most_recent = 64;
constexpr std::size_t least_to_pack = 2000;

std::int64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
    return static_cast<std::int64_t>(value);
}

std::size_t count_kept(const LayerState::Pack& pack) {
    return pack.features->size() -
           static_cast<std::size_t>(std::count(pack.removed->begin(), pack.removed->end(), true));
}

}  // namespace

LayerStore::LayerStore(tiles::PackedLayer base, gis::Resolution shown_at)
    : base_{std::make_shared<const tiles::PackedLayer>(std::move(base)), nullptr, shown_at} {
    merged_ = base_.features->merged();
    base_.removed = std::make_shared<const std::vector<bool>>(base_.features->size());
    repack(older_);
    repack(recent_);
}

std::string LayerStore::id_of(const Row& row) const {
    return base_.features->rules().numbered ? std::to_string(big_endian(*row.front())) : *row.front();
}

void LayerStore::remove(LayerState::Pack& pack, std::span<const std::string> ids, std::vector<tiles::WorldBox>& boxes,
                        tiles::TouchedGroups& touched) const {
    std::shared_ptr<std::vector<bool>> removed;  // once there is one: states hold the former
    for (const std::string& id : ids) {
        const auto feature = pack.features->find(id);
        if (!feature || (removed ? *removed : *pack.removed)[*feature]) continue;
        boxes.push_back(pack.features->tree().at(*feature));
        if (merged_) merged_->touch(*pack.features, *feature, touched);
        if (!removed) removed = std::make_shared<std::vector<bool>>(*pack.removed);
        (*removed)[*feature] = true;
    }
    if (removed) pack.removed = std::move(removed);
}

void LayerStore::repack(Overlay& overlay) {
    const tiles::LayerRules& rules = base_.features->rules();
    tiles::LayerPacker packer(rules);
    std::vector<tiles::Cell> cells;
    for (const auto& [id, row] : overlay.rows) {
        cells.assign(row.begin(), row.end());
        packer.add(cells);
    }
    overlay.pack.features = std::make_shared<const tiles::PackedLayer>(packer.finish_part());
    overlay.pack.removed = std::make_shared<const std::vector<bool>>(overlay.pack.features->size());
    overlay.pack.shown_at = base_.shown_at;
}

std::vector<tiles::PackPart> LayerStore::parts() const {
    std::vector<tiles::PackPart> list;
    for (const LayerState::Pack* pack : {&base_, &older_.pack, &recent_.pack})
        list.push_back({pack->features.get(), pack->removed.get()});
    return list;
}

void LayerStore::apply(std::span<const std::string> ids, std::vector<Row> rows, Changed& changed) {
    tiles::TouchedGroups touched;
    for (LayerState::Pack* pack : {&base_, &older_.pack, &recent_.pack}) remove(*pack, ids, changed.features, touched);
    for (const std::string& id : ids) {
        older_.rows.erase(id);
        recent_.rows.erase(id);
    }
    std::vector<std::string> present;
    for (Row& row : rows) {
        if (!row.front()) continue;
        present.push_back(id_of(row));
        recent_.rows[present.back()] = std::move(row);
    }
    repack(recent_);
    for (const std::string& id : present) {
        // A feature without a place on the map is in no pack.
        const auto feature = recent_.pack.features->find(id);
        if (!feature) continue;
        changed.features.push_back(recent_.pack.features->tree().at(*feature));
        if (merged_) merged_->touch(*recent_.pack.features, *feature, touched);
    }
    if (!touched.empty())
        merged_ = std::make_shared<const tiles::MergedLayer>(merged_->renewed(parts(), touched, changed.merged));
    if (recent_.rows.size() > most_recent) {
        older_.rows.merge(recent_.rows);
        recent_.rows.clear();
        repack(older_);
        repack(recent_);
    }
}

LayerState LayerStore::state() const {
    LayerState state;
    for (const LayerState::Pack* pack : {&base_, &older_.pack, &recent_.pack}) {
        if (pack != &base_ && pack->features->size() == 0) continue;
        state.packs.push_back(*pack);
        state.features += count_kept(*pack);
        state.memory += pack->features->memory() + pack->removed->size() / 8;
    }
    state.merged = merged_;
    if (merged_ && merged_ != base_.features->merged()) state.memory += merged_->memory();
    return state;
}

LayerStatePtr joined_state(std::span<const LayerStore> stores) {
    auto all = std::make_shared<LayerState>(stores.back().state());
    for (const LayerStore& store : stores.first(stores.size() - 1)) {
        LayerState state = store.state();
        all->packs.insert(all->packs.end(), state.packs.begin(), state.packs.end());
        all->memory += state.memory;
    }
    return all;
}

bool LayerStore::wants_packing() const {
    return older_.rows.size() > std::max(least_to_pack, base_.features->size() / 20);
}

}  // namespace live
