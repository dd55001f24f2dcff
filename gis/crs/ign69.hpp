#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace gis {

/// Heights above the ellipsoid as heights of the NGF-IGN69 system (EPSG:5720), mainland France, by the newest of IGN's
/// grids that is installed. Belongs to one thread.
class Ign69 {
  public:
    /// Newest first, by the names PROJ's database gives them. No Debian package has them: `remedy`.
    static constexpr std::array grids{"fr_ign_RAF20.tif", "fr_ign_RAF18.tif", "fr_ign_RAF09.tif"};
    static constexpr auto remedy = "projsync --system-directory --file fr_ign_RAF20";

    Ign69();
    ~Ign69();
    Ign69(const Ign69&) = delete;
    Ign69& operator=(const Ign69&) = delete;

    /// "RAF20"; empty: no grid is installed.
    const std::string& grid() const;
    /// Nothing without a grid, and outside of it. `x`, `y`: Lambert-93; heights in metres.
    std::optional<double> from_ellipsoidal(double x, double y, double height) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace gis
