#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>
#include <stdexcept>

#include "tiles/store/hilbert.hpp"
#include "tiles/store/interior_point.hpp"
#include "tiles/store/merged_layer.hpp"
#include "tiles/store/packed_layer.hpp"

namespace tiles {

namespace {

std::uint64_t big_endian(std::string_view bytes) {
    if (bytes.size() != 8) throw std::invalid_argument("a column of eight bytes expected");
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data(), 8);
    return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
}

void append_value(std::string& out, gis::TileValue kind, std::string_view cell) {
    switch (kind) {
        case gis::TileValue::Integer:
            append_integer_value(out, static_cast<std::int64_t>(big_endian(cell)));
            break;
        case gis::TileValue::Number:
            append_number_value(out, std::bit_cast<double>(big_endian(cell)));
            break;
        case gis::TileValue::Boolean:
            append_boolean_value(out, !cell.empty() && cell.front() != 0);
            break;
        case gis::TileValue::Text:
            append_text_value(out, cell);
            break;
    }
}

std::vector<std::string> split(std::string_view codes) {
    std::vector<std::string> list;
    while (!codes.empty()) {
        const std::size_t comma = std::min(codes.find(','), codes.size());
        list.emplace_back(codes.substr(0, comma));
        codes.remove_prefix(std::min(comma + 1, codes.size()));
    }
    return list;
}

WorldPoint centre_of(const WorldBox& box) {
    return {box.min_x + (box.max_x - box.min_x) / 2, box.min_y + (box.max_y - box.min_y) / 2};
}

constexpr std::size_t fixed_columns = 3;

/// On the screen, with y down.
bool is_clockwise(std::span<const WorldPoint> ring) {
    double sum = 0;  // products of coordinates have 64 bits
    for (std::size_t i = 2; i < ring.size(); ++i) {
        const auto along = [&](std::size_t place) { return static_cast<double>(ring[place].x) - ring[0].x; };
        const auto down = [&](std::size_t place) { return static_cast<double>(ring[place].y) - ring[0].y; };
        sum += along(i - 1) * down(i) - along(i) * down(i - 1);
    }
    return sum > 0;
}

}  // namespace

LayerPacker::LayerPacker(LayerRules rules, std::optional<int> only_zoom)
    : rules_(std::move(rules)), only_zoom_(only_zoom), projector_(thread_projector(rules_.srid)) {}

void LayerPacker::add(std::span<const Cell> row) {
    const std::size_t listed = rules_.attributes.size() - (rules_.numbered ? 0 : 1);
    if (row.size() != fixed_columns + listed) throw std::invalid_argument("another number of columns expected");
    if (!row[0] || !row[1]) return;
    read_wkb(*row[1], shape_);
    if (shape_.kind == Kind::Nothing) return;
    std::vector<WorldPoint>& points = raw_.shapes_.writable_points();
    const std::size_t first_point = points.size();
    const std::size_t count = shape_.xy.size() / 2;
    if (first_point + count > most_points) throw std::invalid_argument("more points than a layer in memory can hold");
    double label[2] = {0, 0};
    bool has_label = false;
    if (rules_.has_labels() && shape_.kind == Kind::Polygon) {
        if (const auto point = interior_point(shape_)) {
            label[0] = point->first;
            label[1] = point->second;
            has_label = true;
        }
    }
    points.resize(first_point + count);
    if (!projector_.to_world(shape_.xy.data(), count, points.data() + first_point)) {
        points.resize(first_point);
        return;
    }
    Feature feature{};
    feature.kind = shape_.kind;
    feature.place = static_cast<std::uint32_t>(features_.size());
    add_shape();
    feature.box = box_of(std::span(points).subspan(first_point));
    feature.order = hilbert_key(centre_of(feature.box));
    if (rules_.has_labels()) {
        WorldPoint point = centre_of(feature.box);
        if (has_label) projector_.to_world(label, 1, &point);
        raw_.labels_.push_back(point);
    }
    add_attributes(row);
    features_.push_back(feature);
}

/// Rings lose the repeated last point; points that fall on the one before them are left out. Shells turn clockwise on
/// the screen, holes against it, as tiles want them.
void LayerPacker::add_shape() {
    std::vector<WorldPoint>& points = raw_.shapes_.writable_points();
    std::size_t from = points.size() - shape_.xy.size() / 2;
    std::size_t to = from;
    const std::size_t first_point = from;
    for (const Shape::Part& part : shape_.parts) {
        const std::size_t begin = to;
        for (from = first_point + part.begin; from < first_point + part.end; ++from) {
            if (shape_.kind != Kind::Point && to > begin && points[to - 1] == points[from]) continue;
            points[to++] = points[from];
        }
        if (shape_.kind == Kind::Polygon && to > begin + 1 && points[to - 1] == points[begin]) --to;
        if (shape_.kind == Kind::Polygon && is_clockwise(std::span(points).subspan(begin, to - begin)) == part.hole)
            std::reverse(points.begin() + static_cast<std::ptrdiff_t>(begin) + 1,
                         points.begin() + static_cast<std::ptrdiff_t>(to));
        raw_.shapes_.end_ring_at(to, part.hole);
    }
    points.resize(to);
    raw_.shapes_.end_shape();
}

void LayerPacker::add_attributes(std::span<const Cell> row) {
    std::size_t attribute = 0;
    if (rules_.numbered) {
        raw_.numbers_.push_back(static_cast<std::int64_t>(big_endian(*row[0])));
    } else {
        value_.clear();
        append_text_value(value_, *row[0]);
        raw_.attributes_.push_back(raw_.values_.append(value_));
        attribute = 1;
    }
    for (std::size_t column = fixed_columns; column < row.size(); ++column, ++attribute) {
        if (!row[column]) {
            raw_.attributes_.push_back(ValueTable::none);
            continue;
        }
        value_.clear();
        append_value(value_, rules_.attributes[attribute].kind, *row[column]);
        raw_.attributes_.push_back(raw_.values_.add(value_));
    }
    if (rules_.has_communes) {
        const std::string_view codes = row[2].value_or("");
        const std::uint32_t set = commune_texts_.add(codes);
        if (set == raw_.commune_sets_.size()) raw_.commune_sets_.push_back(split(codes));
        raw_.commune_of_.push_back(set);
    }
}

std::size_t LayerPacker::memory() const {
    return raw_.memory() + features_.capacity() * sizeof(Feature);
}

void LayerPacker::add_levels(PackedLayer& packed, int first, int end) const {
    if (first >= end) return;
    LevelMaker maker(packed.shapes_, packed.kinds_, packed.tree_.items(), rules_.full_zoom());
    packed.first_level_ = first;
    for (int z = first; z < end; ++z) packed.levels_.push_back(maker.level(z));
    packed.areas_ = maker.areas();
}

PackedLayer LayerPacker::finish() {
    PackedLayer packed = finish_part();
    const int end = std::min(end_zoom(), rules_.merge_zoom);
    const PackPart part{&packed, nullptr};
    if (first_zoom() < end)
        packed.merged_ = std::make_shared<const MergedLayer>(MergedLayer::of({&part, 1}, first_zoom(), end));
    return packed;
}

PackedLayer LayerPacker::finish_part() {
    const std::size_t width = rules_.attributes.size();
    PackedLayer packed;
    packed.rules_ = rules_;
    raw_.rules_ = rules_;
    const auto earlier = [&](const Feature& a, const Feature& b) {
        if (a.order != b.order) return a.order < b.order;
        if (rules_.numbered) return raw_.numbers_[a.place] < raw_.numbers_[b.place];
        return raw_.values_.at(raw_.attributes_[a.place * width]) < raw_.values_.at(raw_.attributes_[b.place * width]);
    };
    std::sort(features_.begin(), features_.end(), earlier);
    std::vector<WorldBox> boxes;
    boxes.reserve(features_.size());
    packed.shapes_.reserve(raw_.shapes_.size(), raw_.shapes_.ring_count(), raw_.shapes_.points().size());
    packed.attributes_.reserve(raw_.attributes_.size());
    packed.kinds_.reserve(features_.size());
    packed.orders_.reserve(features_.size());
    packed.numbers_.reserve(raw_.numbers_.size());
    packed.labels_.reserve(raw_.labels_.size());
    packed.commune_of_.reserve(raw_.commune_of_.size());
    for (const Feature& feature : features_) {
        boxes.push_back(feature.box);
        packed.kinds_.push_back(feature.kind);
        packed.orders_.push_back(feature.order);
        packed.shapes_.append(raw_.shapes_, feature.place);
        const auto attributes = raw_.attributes_.begin() + static_cast<std::ptrdiff_t>(feature.place * width);
        packed.attributes_.insert(packed.attributes_.end(), attributes,
                                  attributes + static_cast<std::ptrdiff_t>(width));
        if (rules_.numbered) packed.numbers_.push_back(raw_.numbers_[feature.place]);
        if (!raw_.labels_.empty()) packed.labels_.push_back(raw_.labels_[feature.place]);
        if (!raw_.commune_of_.empty()) packed.commune_of_.push_back(raw_.commune_of_[feature.place]);
    }
    features_ = {};
    raw_.shapes_ = {};
    packed.values_ = std::move(raw_.values_);
    packed.values_.finish(packed.attributes_);
    packed.commune_sets_ = std::move(raw_.commune_sets_);
    packed.tree_ = BoxTree(std::move(boxes));
    packed.rounded_ = std::make_unique<std::atomic<std::uint16_t>[]>(packed.size());
    packed.index_ids();
    add_levels(packed, std::max(first_zoom(), rules_.merge_zoom), std::min(end_zoom(), rules_.full_zoom()));
    return packed;
}

}  // namespace tiles
