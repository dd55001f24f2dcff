#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "gis/demo/random.hpp"

namespace gis::demo {

/// Invented names of fields and quarters in the manner of the Artois. No name twice in one commune.
class PlaceNames {
  public:
    explicit PlaceNames(std::uint64_t seed) : random_(seed) {}

    std::string next_field();
    std::string next_quarter();

  private:
    template <typename Make>
    std::string fresh(Make&& make);

    Random random_;
    std::set<std::string> used_;
};

}  // namespace gis::demo
