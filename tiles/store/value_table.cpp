#include "tiles/store/value_table.hpp"

#include <bit>
#include <cstring>
#include <functional>

#include "tiles/encode/varint.hpp"

namespace tiles {

std::uint32_t ValueTable::append(std::string_view value) {
    bytes_.append(value);
    ends_.push_back(bytes_.size());
    return static_cast<std::uint32_t>(ends_.size() - 2);
}

std::uint32_t ValueTable::add(std::string_view value) {
    if ((used_ + 1) * 2 > slots_.size()) grow();
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = std::hash<std::string_view>{}(value)&mask;
    while (slots_[slot] != none) {
        if (at(slots_[slot]) == value) return slots_[slot];
        slot = (slot + 1) & mask;
    }
    ++used_;
    return slots_[slot] = append(value);
}

void ValueTable::grow() {
    const std::vector<std::uint32_t> old = std::move(slots_);
    slots_.assign(old.empty() ? 64 : old.size() * 2, none);
    const std::size_t mask = slots_.size() - 1;
    for (const std::uint32_t number : old) {
        if (number == none) continue;
        std::size_t slot = std::hash<std::string_view>{}(at(number)) & mask;
        while (slots_[slot] != none) slot = (slot + 1) & mask;
        slots_[slot] = number;
    }
}

void ValueTable::finish(std::span<std::uint32_t> numbers) {
    ValueTable laid_out;
    laid_out.bytes_.reserve(bytes_.size());
    laid_out.ends_.reserve(ends_.size());
    std::vector<std::uint32_t> places(size(), none);
    for (std::uint32_t& number : numbers) {
        if (number == none) continue;
        if (places[number] == none) places[number] = laid_out.append(at(number));
        number = places[number];
    }
    *this = std::move(laid_out);
}

std::size_t ValueTable::memory() const {
    return bytes_.capacity() + ends_.capacity() * sizeof(std::uint64_t) + slots_.capacity() * sizeof(std::uint32_t);
}

void append_text_value(std::string& out, std::string_view text) {
    out += '\x0A';
    append_varint(out, text.size());
    out += text;
}

void append_integer_value(std::string& out, std::int64_t number) {
    if (number >= 0) {
        out += '\x28';  // uint_value
        append_varint(out, static_cast<std::uint64_t>(number));
    } else {
        out += '\x30';  // sint_value
        append_varint(out, (static_cast<std::uint64_t>(number) << 1U) ^ UINT64_MAX);
    }
}

void append_number_value(std::string& out, double number) {
    out += '\x19';
    const auto bits = std::bit_cast<std::uint64_t>(number);
    char bytes[8];
    for (unsigned i = 0; i < 8; ++i) bytes[i] = static_cast<char>(bits >> (8 * i));
    out.append(bytes, 8);
}

void append_boolean_value(std::string& out, bool value) {
    out += '\x38';
    out += value ? '\x01' : '\x00';
}

}  // namespace tiles
