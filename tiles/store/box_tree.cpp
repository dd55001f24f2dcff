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

std::size_t BoxTree::memory() const {
    std::size_t bytes = 0;
    for (const auto& level : levels_) bytes += level.capacity() * sizeof(WorldBox);
    return bytes;
}

}  // namespace tiles
