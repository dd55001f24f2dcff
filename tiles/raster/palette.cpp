#include "tiles/raster/palette.hpp"

#include <algorithm>
#include <cmath>

namespace raster {

Palette::Palette(std::string name, std::vector<Colour> stops) : name_(std::move(name)) {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        const double place = static_cast<double>(i) / 255 * static_cast<double>(stops.size() - 1);
        const auto low = std::min(static_cast<std::size_t>(place), stops.size() - 2);
        const double part = place - static_cast<double>(low);
        for (std::size_t c = 0; c < 3; ++c) {
            const double mixed = stops[low][c] + part * (stops[low + 1][c] - stops[low][c]);
            steps_[i][c] = static_cast<std::uint8_t>(std::lround(mixed));
        }
    }
}

const Colour& Palette::at(double part) const {
    const double step = part > 0 ? std::min(part, 1.0) * 255 : 0;  // NaN goes to the lower end
    return steps_[static_cast<std::size_t>(std::lround(step))];
}

std::span<const Palette> palettes() {
    static const std::array<Palette, 3> all{
        Palette("gris", {{0, 0, 0}, {255, 255, 255}}),
        Palette("thermique",
                {{12, 8, 38}, {74, 12, 107}, {150, 38, 103}, {221, 81, 58}, {252, 165, 10}, {252, 255, 164}}),
        Palette("relief",
                {{36, 110, 70}, {142, 178, 96}, {231, 214, 143}, {184, 130, 78}, {130, 92, 76}, {250, 250, 250}})};
    return all;
}

const Palette* find_palette(std::string_view name) {
    const auto all = palettes();
    const auto found = std::ranges::find(all, name, &Palette::name);
    return found == all.end() ? nullptr : &*found;
}

}  // namespace raster
