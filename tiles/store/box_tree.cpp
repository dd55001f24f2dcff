#include "tiles/store/box_tree.hpp"

namespace tiles {

BoxTree::BoxTree(std::vector<WorldBox> boxes) {
    if (boxes.empty()) return;
    levels_.push_back(std::move(boxes));
    while (levels_.back().size() > 1) {
        std::vector<WorldBox> parents((levels_.back().size() + width - 1) / width);
        for (std::size_t i = 0; i < levels_.back().size(); ++i) parents[i / width].add(levels_.back()[i]);
        levels_.push_back(std::move(parents));
    }
}

bool BoxTree::any(const WorldBox& box) const {
    return !levels_.empty() && any_below(levels_.size() - 1, 0, static_cast<std::uint32_t>(levels_.back().size()), box);
}

bool BoxTree::any_below(std::size_t level, std::uint32_t begin, std::uint32_t end, const WorldBox& box) const {
    for (std::uint32_t i = begin; i < end; ++i) {
        if (!levels_[level][i].meets(box)) continue;
        if (level == 0) return true;
        const auto below = static_cast<std::uint32_t>(levels_[level - 1].size());
        if (any_below(level - 1, i * width, std::min((i + 1) * width, below), box)) return true;
    }
    return false;
}

std::size_t BoxTree::memory() const {
    std::size_t bytes = 0;
    for (const auto& level : levels_) bytes += level.capacity() * sizeof(WorldBox);
    return bytes;
}

}  // namespace tiles
