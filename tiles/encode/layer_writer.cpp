#include "tiles/encode/layer_writer.hpp"

#include "gis/query/tile_sql.hpp"
#include "tiles/encode/varint.hpp"

namespace tiles {

namespace {

constexpr char feature_field = '\x12';  // 2, length-delimited
constexpr char layer_field = '\x1A';    // 3

std::uint32_t zigzag_of(std::int64_t difference) {
    return zigzag(static_cast<std::int32_t>(difference));
}

// MVT 2.1, 4.3.1
constexpr std::uint32_t move_to = 1;
constexpr std::uint32_t line_to = 2;
constexpr std::uint32_t close_path = 7;

/// Writes a run of points and its commands, from where the cursor is; at its end the cursor is where it went.
class Pen {
  public:
    Pen(ByteBuffer& out, std::size_t points, TilePoint& cursor) : out_(out), cursor_(cursor), from_(cursor) {
        out.room((2 * points + 3) * ByteBuffer::varint_room);
        end_ = out.end();
    }
    Pen(const Pen&) = delete;
    Pen& operator=(const Pen&) = delete;
    ~Pen() {
        out_.end_at(end_);
        cursor_ = from_;
    }
    void command(std::uint32_t id, std::size_t count) {
        end_ = write_varint(end_, static_cast<std::uint32_t>(count) << 3U | id);
    }
    void go(TilePoint to) {
        end_ = write_varint(end_, zigzag_of(to.x - from_.x));
        end_ = write_varint(end_, zigzag_of(to.y - from_.y));
        from_ = to;
    }

  private:
    ByteBuffer& out_;
    TilePoint& cursor_;
    TilePoint from_;
    char* end_ = nullptr;
};

std::size_t slot_of(std::uint64_t key) {
    return key * 0x9E3779B97F4A7C15U >> 20U;
}

}  // namespace

LayerWriter::Scratch& LayerWriter::scratch() {
    static thread_local Scratch scratch;
    return scratch;
}

LayerWriter::LayerWriter(const LayerRules& rules, int z, std::string_view name, std::size_t packs)
    : rules_(rules), name_(name), several_packs_(packs > 1), scratch_(scratch()) {
    for (std::uint32_t i = 0; i < rules_.attributes.size(); ++i) {
        if (z >= rules_.attributes[i].min_zoom) attributes_.push_back(i);
    }
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

void LayerWriter::add_ring(const Ring& ring, bool clockwise) {
    const bool turned = (area2(ring) > 0) != clockwise;
    Pen pen(scratch_.geometry, ring.size(), cursor_);
    pen.command(move_to, 1);
    pen.go(ring.front());
    pen.command(line_to, ring.size() - 1);
    const TilePoint* const first = ring.data();
    const TilePoint* const end = first + ring.size();
    if (turned) {
        for (const TilePoint* point = end - 1; point != first; --point) pen.go(*point);
    } else {
        for (const TilePoint* point = first + 1; point != end; ++point) pen.go(*point);
    }
    pen.command(close_path, 1);
}

void LayerWriter::add_polygon(std::span<const Ring> rings) {
    for (std::size_t i = 0; i < rings.size(); ++i) add_ring(rings[i], i == 0);
}

std::uint32_t LayerWriter::new_value(std::string_view value) {
    ByteBuffer& values = scratch_.values;
    values.room(1 + ByteBuffer::varint_room + value.size());
    values.put('\x22');  // 4
    values.put_varint(value.size());
    values.put(value);
    return value_count_++;
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
    std::uint32_t in_tile = 0;
    if (several_packs_) {
        const auto [found, is_new] = scratch_.by_bytes.try_emplace(value, value_count_);
        in_tile = is_new ? new_value(value) : found->second;
    } else {
        in_tile = new_value(value);
    }
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
    const ByteBuffer& geometry = scratch_.geometry;
    const bool has_id = rules_.numbered && pack.number(feature) >= 0;
    const auto id = has_id ? static_cast<std::uint64_t>(pack.number(feature)) : 0;
    std::size_t size = 2 + 1 + varint_size(geometry.size()) + geometry.size();
    if (has_id) size += 1 + varint_size(id);
    if (!tags.empty()) size += 1 + varint_size(tags.size()) + tags.size();
    ByteBuffer& features = scratch_.features;
    features.room(1 + ByteBuffer::varint_room + size);
    features.put(feature_field);
    features.put_varint(size);
    if (has_id) {
        features.put('\x08');
        features.put_varint(id);
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
    append_varint(tail, static_cast<std::uint64_t>(gis::tile_extent));
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
