#include "server/live/tile_areas.hpp"

#include <algorithm>

#include "gis/query/tile_sql.hpp"

namespace live {

std::vector<tiles::TileArea> areas_of(std::span<const tiles::WorldBox> boxes, int min_zoom, int max_zoom) {
    std::vector<tiles::TileArea> areas;
    for (int z = min_zoom; z <= std::min(max_zoom, tiles::deepest_world_zoom); ++z) {
        const std::int64_t margin = std::int64_t{gis::tile_buffer + 2} << (tiles::deepest_world_zoom - z);
        const int shift = 32 - z;
        const std::int64_t last = (std::int64_t{1} << z) - 1;
        const auto index = [&](std::int64_t at) {
            return static_cast<std::uint32_t>(std::clamp<std::int64_t>(at >> shift, 0, last));
        };
        for (const tiles::WorldBox& box : boxes) {
            const tiles::TileArea area{z,
                                       {index(box.min_x - margin), index(box.min_y - margin), index(box.max_x + margin),
                                        index(box.max_y + margin)}};
            const bool seen = std::ranges::any_of(areas, [&](const tiles::TileArea& known) {
                return known.holds({z, area.range.min_x, area.range.min_y}) &&
                       known.holds({z, area.range.max_x, area.range.max_y});
            });
            if (!seen) areas.push_back(area);
        }
    }
    return areas;
}

}  // namespace live
