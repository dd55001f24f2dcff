#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tiles/project/world.hpp"

namespace tiles {

/// A packed R-tree over boxes in an order where near ones are near (Hilbert's): each node covers the next sixteen.
class BoxTree {
  public:
    BoxTree() = default;
    explicit BoxTree(std::vector<WorldBox> boxes);

    std::size_t size() const { return levels_.empty() ? 0 : levels_.front().size(); }
    std::span<const WorldBox> items() const { return levels_.empty() ? std::span<const WorldBox>() : levels_.front(); }
    const WorldBox& at(std::uint32_t item) const { return levels_.front()[item]; }
    WorldBox bounds() const { return levels_.empty() ? WorldBox{} : levels_.back().front(); }
    std::size_t memory() const;

    /// Calls `found(item)` for each item whose box meets `box`, in order.
    template <typename Found>
    void search(const WorldBox& box, Found&& found) const {
        if (!levels_.empty())
            visit(levels_.size() - 1, 0, static_cast<std::uint32_t>(levels_.back().size()), box, found);
    }

    /// True when some item's box meets `box`.
    bool any(const WorldBox& box) const;

  private:
    bool any_below(std::size_t level, std::uint32_t begin, std::uint32_t end, const WorldBox& box) const;
    static constexpr std::uint32_t width = 16;

    template <typename Found>
    void visit(std::size_t level, std::uint32_t begin, std::uint32_t end, const WorldBox& box, Found& found) const {
        const std::vector<WorldBox>& nodes = levels_[level];
        for (std::uint32_t i = begin; i < end; ++i) {
            if (!nodes[i].meets(box)) continue;
            if (level == 0) {
                found(i);
            } else {
                const auto below = static_cast<std::uint32_t>(levels_[level - 1].size());
                visit(level - 1, i * width, std::min((i + 1) * width, below), box, found);
            }
        }
    }

    std::vector<std::vector<WorldBox>> levels_;  // the items first, the root last
};

}  // namespace tiles
