#include "tiles/store/packed_layer.hpp"

#include <charconv>
#include <functional>

#include "tiles/store/merged_layer.hpp"

namespace tiles {

namespace {

/// The text inside a string Value.
std::string_view text_of_value(std::string_view value) {
    std::size_t at = 1;
    while ((static_cast<unsigned char>(value[at]) & 0x80U) != 0) ++at;
    return value.substr(at + 1);
}

template <typename T>
std::size_t bytes_of(const std::vector<T>& list) {
    return list.capacity() * sizeof(T);
}

}  // namespace

std::string PackedLayer::id(std::uint32_t feature) const {
    if (rules_.numbered) return std::to_string(numbers_[feature]);
    return std::string(text_of_value(values_.at(attributes(feature).front())));
}

std::size_t PackedLayer::slot_of(std::string_view id) const {
    if (!rules_.numbered) return std::hash<std::string_view>{}(id);
    std::int64_t number = 0;
    std::from_chars(id.data(), id.data() + id.size(), number);
    return static_cast<std::size_t>(static_cast<std::uint64_t>(number) * 0x9E3779B97F4A7C15U >> 11U);
}

void PackedLayer::index_ids() {
    std::size_t slots = 16;
    while (slots < size() * 3 / 2) slots *= 2;
    id_slots_.assign(slots, UINT32_MAX);
    for (std::uint32_t i = 0; i < size(); ++i) {
        std::size_t slot = slot_of(id(i)) & (slots - 1);
        while (id_slots_[slot] != UINT32_MAX) slot = (slot + 1) & (slots - 1);
        id_slots_[slot] = i;
    }
}

std::optional<std::uint32_t> PackedLayer::find(std::string_view wanted) const {
    std::size_t slot = slot_of(wanted) & (id_slots_.size() - 1);
    for (; id_slots_[slot] != UINT32_MAX; slot = (slot + 1) & (id_slots_.size() - 1)) {
        if (id(id_slots_[slot]) == wanted) return id_slots_[slot];
    }
    return std::nullopt;
}

std::size_t PackedLayer::memory() const {
    std::size_t communes = 0;
    for (const auto& set : commune_sets_)
        communes += sizeof(std::vector<std::string>) + set.size() * sizeof(std::string);
    std::size_t levels = 0;
    for (const Level& level : levels_) levels += level.memory();
    if (merged_) levels += merged_->memory();
    return tree_.memory() + bytes_of(orders_) + bytes_of(kinds_) + shapes_.memory() + levels + bytes_of(areas_) +
           bytes_of(labels_) + bytes_of(attributes_) + bytes_of(numbers_) + bytes_of(commune_of_) +
           bytes_of(id_slots_) + 2 * size() + values_.memory() + communes;
}

}  // namespace tiles
