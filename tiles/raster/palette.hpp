#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace raster {

using Colour = std::array<std::uint8_t, 3>;

/// Colours for values between a least and a greatest one: 256 steps between a few stops.
class Palette {
  public:
    Palette(std::string name, std::vector<Colour> stops);

    const std::string& name() const { return name_; }
    /// `part`: 0 for the least value, 1 for the greatest; beyond them the colour of the end.
    const Colour& at(double part) const;

  private:
    std::string name_;
    std::array<Colour, 256> steps_{};
};

/// "gris", "thermique", "relief".
std::span<const Palette> palettes();
/// Null when there is none of that name.
const Palette* find_palette(std::string_view name);

}  // namespace raster
