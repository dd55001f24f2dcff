#include "tiles/encode/layer_writer.hpp"

#include "gis/query/tile_sql.hpp"
#include "tiles/encode/varint.hpp"

namespace tiles {

namespace {

constexpr std::uint64_t no_key = UINT64_MAX;
constexpr char feature_field = '\x12';  // 2, length-delimited
constexpr char layer_field = '\x1A';    // 3

std::uint32_t zigzag_of(std::int64_t difference) {
    return zigzag(static_cast<std::int32_t>(difference));
}

}  // namespace

LayerWriter::LayerWriter(const LayerRules& rules, int z, std::string_view name, std::size_t packs)
    : rules_(rules), name_(name), several_packs_(packs > 1) {
    for (std::uint32_t i = 0; i < rules_.attributes.size(); ++i) {
        if (z >= rules_.attributes[i].min_zoom) attributes_.push_back(i);
    }
    known_.assign(1024, {no_key, 0});
}

void LayerWriter::begin_geometry() {
    geometry_.clear();
    cursor_ = {};
}

void LayerWriter::command(std::uint32_t id, std::size_t count) {
    append_varint(geometry_, static_cast<std::uint32_t>(count) << 3U | id);
}

void LayerWriter::move(TilePoint to) {
    append_varint(geometry_, zigzag_of(to.x - cursor_.x));
    append_varint(geometry_, zigzag_of(to.y - cursor_.y));
    cursor_ = to;
}

void LayerWriter::add_points(std::span<const TilePoint> points) {
    if (points.empty()) return;
    command(1, points.size());
    for (const TilePoint& point : points) move(point);
}

void LayerWriter::add_line(const Ring& line) {
    command(1, 1);
    move(line.front());
    command(2, line.size() - 1);
    for (std::size_t i = 1; i < line.size(); ++i) move(line[i]);
}

void LayerWriter::add_ring(const Ring& ring, bool clockwise) {
    const bool turned = (area2(ring) > 0) != clockwise;
    command(1, 1);
    move(ring.front());
    command(2, ring.size() - 1);
    if (turned) {
        for (std::size_t i = ring.size() - 1; i > 0; --i) move(ring[i]);
    } else {
        for (std::size_t i = 1; i < ring.size(); ++i) move(ring[i]);
    }
    command(7, 1);
}

void LayerWriter::add_polygon(std::span<const Ring> rings) {
    for (std::size_t i = 0; i < rings.size(); ++i) add_ring(rings[i], i == 0);
}

std::uint32_t LayerWriter::new_value(std::string_view value) {
    values_ += '\x22';  // 4
    append_varint(values_, value.size());
    values_ += value;
    return value_count_++;
}

std::uint32_t LayerWriter::value_number(const ValueTable& values, std::size_t pack_number, std::uint32_t number) {
    if ((known_count_ + 1) * 2 > known_.size()) {
        std::vector<Known> old(known_.size() * 4, {no_key, 0});
        old.swap(known_);
        for (const Known& entry : old) {
            if (entry.key == no_key) continue;
            std::size_t slot = (entry.key * 0x9E3779B97F4A7C15U >> 20U) & (known_.size() - 1);
            while (known_[slot].key != no_key) slot = (slot + 1) & (known_.size() - 1);
            known_[slot] = entry;
        }
    }
    const std::uint64_t key = std::uint64_t{pack_number} << 32U | number;
    std::size_t slot = (key * 0x9E3779B97F4A7C15U >> 20U) & (known_.size() - 1);
    while (known_[slot].key != no_key) {
        if (known_[slot].key == key) return known_[slot].number;
        slot = (slot + 1) & (known_.size() - 1);
    }
    ++known_count_;
    const std::string_view value = values.at(number);
    std::uint32_t in_tile = 0;
    if (several_packs_) {
        const auto [found, is_new] = by_bytes_.try_emplace(value, value_count_);
        in_tile = is_new ? new_value(value) : found->second;
    } else {
        in_tile = new_value(value);
    }
    known_[slot] = {key, in_tile};
    return in_tile;
}

void LayerWriter::end_feature(const PackedLayer& pack, std::size_t pack_number, std::uint32_t feature, Kind kind) {
    tags_.clear();
    const auto numbers = pack.attributes(feature);
    for (std::uint32_t key = 0; key < attributes_.size(); ++key) {
        const std::uint32_t number = numbers[attributes_[key]];
        if (number == ValueTable::none) continue;
        append_varint(tags_, key);
        // A text id is like no other value of the layer: looking for an equal one would be in vain.
        const bool is_id = attributes_[key] == 0 && !rules_.numbered;
        append_varint(tags_,
                      is_id ? new_value(pack.values().at(number)) : value_number(pack.values(), pack_number, number));
    }
    const bool has_id = rules_.numbered && pack.number(feature) >= 0;
    const auto id = has_id ? static_cast<std::uint64_t>(pack.number(feature)) : 0;
    std::size_t size = 2 + 1 + varint_size(geometry_.size()) + geometry_.size();
    if (has_id) size += 1 + varint_size(id);
    if (!tags_.empty()) size += 1 + varint_size(tags_.size()) + tags_.size();
    features_ += feature_field;
    append_varint(features_, size);
    if (has_id) {
        features_ += '\x08';
        append_varint(features_, id);
    }
    if (!tags_.empty()) {
        features_ += '\x12';
        append_varint(features_, tags_.size());
        features_ += tags_;
    }
    features_ += '\x18';
    features_ += static_cast<char>(kind);
    features_ += '\x22';
    append_varint(features_, geometry_.size());
    features_ += geometry_;
}

void LayerWriter::finish(std::string& tile) {
    if (features_.empty()) return;
    std::string keys;
    for (const std::uint32_t attribute : attributes_) {
        keys += '\x1A';  // 3
        append_varint(keys, rules_.attributes[attribute].name.size());
        keys += rules_.attributes[attribute].name;
    }
    std::string head = "\x0A";  // 1, the name
    append_varint(head, name_.size());
    head += name_;
    std::string tail = "\x28";  // 5, the extent
    append_varint(tail, static_cast<std::uint64_t>(gis::tile_extent));
    tail += "\x78\x02";  // 15, version 2
    tile += layer_field;
    append_varint(tile, head.size() + features_.size() + keys.size() + values_.size() + tail.size());
    tile += head;
    tile += features_;
    tile += keys;
    tile += values_;
    tile += tail;
}

}  // namespace tiles
