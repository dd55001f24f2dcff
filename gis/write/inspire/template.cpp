#include "gis/write/inspire/template.hpp"

#include <algorithm>

namespace gis::inspire {

namespace {

bool holds(const Condition& condition, Values& values) {
    std::string text;
    const bool there = values.append(text, condition.value);
    const bool fits =
        condition.values.empty() ? there : std::ranges::find(condition.values, text) != condition.values.end();
    return fits != condition.negated;
}

bool fill_pieces(std::string& out, const Block& block, Values& values) {
    for (const Condition& condition : block.conditions) {
        if (!holds(condition, values)) return false;
    }
    for (const Piece& piece : block.pieces) {
        out += piece.text;
        if (piece.placeholder && !values.append(out, *piece.placeholder)) return false;
        if (piece.block && !fill(out, *piece.block, values)) return false;
        if (piece.geometry) values.append_geometry(out);
    }
    return true;
}

}  // namespace

const std::string* CodeList::find(std::string_view value) const {
    for (std::string_view text = value;; text.remove_suffix(1)) {
        if (const auto found = codes.find(text); found != codes.end()) return &found->second;
        if (!by_prefix || text.empty()) return nullptr;
    }
}

bool fill(std::string& out, const Block& block, Values& values) {
    const std::size_t begin = out.size();
    if (fill_pieces(out, block, values)) return true;
    out.resize(begin);
    if (block.if_missing == Block::IfMissing::Nil) out += block.nil;
    return block.if_missing != Block::IfMissing::Fails;
}

}  // namespace gis::inspire
