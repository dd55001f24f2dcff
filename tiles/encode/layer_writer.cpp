#include "tiles/encode/layer_writer.hpp"

#include "tiles/encode/pen.hpp"
#include "tiles/encode/varint.hpp"

namespace tiles {

namespace {

constexpr char feature_field = '\x12';  // 2, length-delimited
constexpr char layer_field = '\x1A';    // 3

std::size_t slot_of(std::uint64_t key) {
    return key * 0x9E3779B97F4A7C15U >> 20U;
}

}  // namespace

LayerWriter::Scratch& LayerWriter::scratch() {
    static thread_local Scratch scratch;
    return scratch;
}

LayerWriter::LayerWriter(const LayerRules& rules, int z, std::string_view name, std::size_t packs, int extent)
    : rules_(rules),
      name_(name),
      several_packs_(packs > 1),
      extent_(extent),
      attributes_(rules.attributes_at(z)),
      scratch_(scratch()) {
    scratch_.features.clear();
    scratch_.values.clear();
    scratch_.known_count = 0;
    scratch_.by_bytes.clear();
    if (++scratch_.writer == 0) {  // all numbers are used up: begin again
        scratch_.known.assign(scratch_.known.size(), {});
        scratch_.writer = 1;
    }
}

void LayerWriter::begin_geometry() {
    scratch_.geometry.clear();
    cursor_ = {};
}

void LayerWriter::add_points(std::span<const TilePoint> points) {
    if (points.empty()) return;
    Pen pen(scratch_.geometry, points.size(), cursor_);
    pen.command(move_to, points.size());
    for (const TilePoint& point : points) pen.go(point);
}

void LayerWriter::add_line(const Ring& line) {
    Pen pen(scratch_.geometry, line.size(), cursor_);
    pen.command(move_to, 1);
    pen.go(line.front());
    pen.command(line_to, line.size() - 1);
    for (std::size_t i = 1; i < line.size(); ++i) pen.go(line[i]);
}

void LayerWriter::add_polygon(std::span<const Ring> rings) {
    for (std::size_t i = 0; i < rings.size(); ++i) write_ring(scratch_.geometry, rings[i], i == 0, cursor_);
}

void LayerWriter::add_ring(std::span<const WorldPoint> ring, const UnitGrid& grid) {
    Pen pen(scratch_.geometry, ring.size(), cursor_);
    pen.command(move_to, 1);
    pen.go(grid.point(ring.front()));
    pen.command(line_to, ring.size() - 1);
    for (const WorldPoint& point : ring.subspan(1)) pen.go(grid.point(point));
    pen.command(close_path, 1);
}

void LayerWriter::add_written(TilePoint first, std::string_view bytes, TilePoint last) {
    {
        Pen pen(scratch_.geometry, 1, cursor_);
        pen.command(move_to, 1);
        pen.go(first);
    }
    scratch_.geometry.append(bytes);
    cursor_ = last;
}

std::uint32_t LayerWriter::new_value(std::string_view value) {
    ByteBuffer& values = scratch_.values;
    values.room(1 + ByteBuffer::varint_room + value.size());
    values.put('\x22');  // 4
    values.put_varint(value.size());
    values.put(value);
    return value_count_++;
}

/// Of a value that may be there already; it outlives the writer.
std::uint32_t LayerWriter::number_of(std::string_view value) {
    const auto [found, is_new] = scratch_.by_bytes.try_emplace(value, value_count_);
    return is_new ? new_value(value) : found->second;
}

void LayerWriter::grow_known() {
    std::vector<Scratch::Known> old(scratch_.known.size() * 4);
    old.swap(scratch_.known);
    const std::size_t mask = scratch_.known.size() - 1;
    for (const Scratch::Known& entry : old) {
        if (entry.writer != scratch_.writer) continue;
        std::size_t slot = slot_of(entry.key) & mask;
        while (scratch_.known[slot].writer == scratch_.writer) slot = (slot + 1) & mask;
        scratch_.known[slot] = entry;
    }
}

std::uint32_t LayerWriter::value_number(const ValueTable& values, std::size_t pack_number, std::uint32_t number) {
    if ((scratch_.known_count + 1) * 2 > scratch_.known.size()) grow_known();
    const std::uint64_t key = std::uint64_t{pack_number} << 32U | number;
    const std::size_t mask = scratch_.known.size() - 1;
    std::size_t slot = slot_of(key) & mask;
    for (; scratch_.known[slot].writer == scratch_.writer; slot = (slot + 1) & mask) {
        if (scratch_.known[slot].key == key) return scratch_.known[slot].number;
    }
    ++scratch_.known_count;
    const std::string_view value = values.at(number);
    const std::uint32_t in_tile = several_packs_ ? number_of(value) : new_value(value);
    scratch_.known[slot] = {key, in_tile, scratch_.writer};
    return in_tile;
}

void LayerWriter::end_feature(const PackedLayer& pack, std::size_t pack_number, std::uint32_t feature, Kind kind) {
    ByteBuffer& tags = scratch_.tags;
    tags.clear();
    tags.room(attributes_.size() * 2 * ByteBuffer::varint_room);
    char* tag = tags.end();
    const auto numbers = pack.attributes(feature);
    for (std::uint32_t key = 0; key < attributes_.size(); ++key) {
        const std::uint32_t number = numbers[attributes_[key]];
        if (number == ValueTable::none) continue;
        tag = write_varint(tag, key);
        // A text id is like no other value of the layer: looking for an equal one would be in vain.
        const bool is_id = attributes_[key] == 0 && !rules_.numbered;
        tag = write_varint(
            tag, is_id ? new_value(pack.values().at(number)) : value_number(pack.values(), pack_number, number));
    }
    tags.end_at(tag);
    const bool has_id = rules_.numbered && pack.number(feature) >= 0;
    add_feature(has_id ? std::optional(static_cast<std::uint64_t>(pack.number(feature))) : std::nullopt, kind);
}

void LayerWriter::end_feature(std::span<const std::string> values, Kind kind) {
    ByteBuffer& tags = scratch_.tags;
    tags.clear();
    tags.room(values.size() * 2 * ByteBuffer::varint_room);
    for (std::uint32_t key = 0; key < values.size(); ++key) {
        if (values[key].empty()) continue;
        tags.put_varint(key);
        tags.put_varint(number_of(values[key]));
    }
    add_feature(std::nullopt, kind);
}

/// Of the tags and the geometry at hand.
void LayerWriter::add_feature(std::optional<std::uint64_t> id, Kind kind) {
    const ByteBuffer& tags = scratch_.tags;
    const ByteBuffer& geometry = scratch_.geometry;
    std::size_t size = 2 + 1 + varint_size(geometry.size()) + geometry.size();
    if (id) size += 1 + varint_size(*id);
    if (!tags.empty()) size += 1 + varint_size(tags.size()) + tags.size();
    ByteBuffer& features = scratch_.features;
    features.room(1 + ByteBuffer::varint_room + size);
    features.put(feature_field);
    features.put_varint(size);
    if (id) {
        features.put('\x08');
        features.put_varint(*id);
    }
    if (!tags.empty()) {
        features.put('\x12');
        features.put_varint(tags.size());
        features.put(tags);
    }
    features.put('\x18');
    features.put(static_cast<char>(kind));
    features.put('\x22');
    features.put_varint(geometry.size());
    features.put(geometry);
}

void LayerWriter::finish(std::string& tile) {
    const std::string_view features = scratch_.features.view();
    const std::string_view values = scratch_.values.view();
    if (features.empty()) return;
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
    append_varint(tail, static_cast<std::uint64_t>(extent_));
    tail += "\x78\x02";  // 15, version 2
    const std::size_t size = head.size() + features.size() + keys.size() + values.size() + tail.size();
    tile.reserve(tile.size() + 1 + ByteBuffer::varint_room + size);
    tile += layer_field;
    append_varint(tile, size);
    tile += head;
    tile += features;
    tile += keys;
    tile += values;
    tile += tail;
}

}  // namespace tiles
