#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gis/demo/facts.hpp"
#include "gis/demo/network.hpp"
#include "gis/demo/plane.hpp"

namespace gis::demo {

/// What a piece of land between ways is used for.
enum class Use : std::uint8_t { Core, Terrace, Suburb, Frontage, Activity, Facility, Field, Wood };

inline bool is_urban(Use use) {
    return use <= Use::Facility;
}

/// Parcels a hectare of this use yields, ways included: measured on the generated territory.
double parcels_per_hectare(Use use);

/// Where a commune is built up: the old centre, mining estates, housing estates, activity zones, houses along roads.
/// The extent is set so that the commune gets about the number of parcels its weight deserves.
class Settlement {
  public:
    /// `roads` are the commune's main roads.
    Settlement(Vec centre, const Ring& outline, std::vector<Line> roads, double parcels, bool mining,
               std::uint64_t seed);

    Use use_at(Vec at) const;
    /// Open land that touches the built-up area: where the plan foresees extensions.
    bool is_fringe(Vec at) const;
    /// A main road here has houses along it although the land behind is open.
    bool has_ribbon(Vec at) const;

  private:
    struct Nucleus {
        Vec at;
        double radius = 0;
        Use use = Use::Core;
    };
    struct Score {
        double value = 0;
        const Nucleus* nucleus = nullptr;  ///< none: the road's doing
    };

    void place_nuclei(const Ring& outline, double urban_area, double parcels, bool mining, std::uint64_t seed);
    Score score(Vec at) const;
    double noise(Vec at, double scale, std::uint64_t kind) const;

    Vec centre_;
    std::uint64_t seed_;
    std::vector<Line> roads_;
    std::vector<Nucleus> nuclei_;
    double core_radius_ = 0;
    double threshold_ = 0;
};

/// How many parcels each commune should have: towns and the mining belt more, the total as asked.
std::vector<double> parcel_targets(const std::vector<CommuneFact>& communes, double total);
/// In the coal belt, from Auchel to Douvrin: gets mining estates.
bool is_mining(const CommuneFact& commune, const std::vector<CommuneFact>& communes);

}  // namespace gis::demo
