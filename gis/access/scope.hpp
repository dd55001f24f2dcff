#pragma once

#include <array>
#include <chrono>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "gis/layer/layer.hpp"

namespace gis {

/// What a line of a convention gives on a layer. Agents read more than the public of a sensitive layer, specialists the
/// exact positions; a greater one holds the lesser, so `Read` answers "may he see the layer at all".
enum class Right { Read, Agents, Exact, Edit, Upload, Export };

/// One right on one layer: over everything, some communes, some perimeters, or nothing.
struct Grant {
    bool everything = false;
    bool partly = false;  ///< given by a convention, be it for no commune: enough where features have none
    std::vector<std::string> communes;  ///< INSEE codes, sorted
    std::string perimeter;              ///< WKB, EPSG:2154, of the engagements; empty: none

    bool holds() const { return everything || partly || !perimeter.empty(); }
    /// For a feature of these communes. Perimeters are not looked at.
    bool covers(std::span<const std::string> codes) const;

    friend bool operator==(const Grant&, const Grant&) = default;
};

/// What one caller may do with one layer.
class LayerScope {
  public:
    const Grant& grant(Right right) const { return grants_[static_cast<std::size_t>(right)]; }
    Grant& grant(Right right) { return grants_[static_cast<std::size_t>(right)]; }

    friend bool operator==(const LayerScope&, const LayerScope&) = default;

  private:
    std::array<Grant, 6> grants_;
};

/// How close to its true position a feature is shown.
enum class Resolution { None, Public, Agents, Exact };

/// What one caller may do, at one moment. The database decides the same for each row; this is for what is answered from
/// memory, and part of the key of everything remembered.
class Scope {
  public:
    using Time = std::chrono::system_clock::time_point;

    LayerScope& add(int layer_id) { return layers_[layer_id]; }

    /// Unknown layers and layers without any right give an empty scope.
    const LayerScope& of(const Layer& layer) const;
    bool sees(const Layer& layer) const;
    /// Of a feature with these communes; the communes are ignored where the layer has none. Perimeters are not looked
    /// at.
    Resolution resolution(const Layer& layer, std::span<const std::string> codes) const;
    /// Equal texts see the same features at the same resolutions: part of cache keys.
    std::string class_of(const Layer& layer) const;

    bool administers = false;
    std::int64_t revision = 0;       ///< of the access tables it was made from
    Time valid_until = Time::max();  ///< something may change by itself then

  private:
    std::map<int, LayerScope> layers_;
};

}  // namespace gis
