#pragma once

#include <array>
#include <chrono>
#include <map>
#include <optional>
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

/// How close to its true position a feature is shown: not at all, as the layer declares for the public or for agents,
/// as it is.
enum class Resolution { None, Public, Agents, Exact };

/// What the rights show of a layer, the finest right first: `Exact`, `Agents` and `Read` of a sensitive one, else
/// `Read`.
std::vector<Resolution> resolutions_by_right(const Layer& layer);

/// At which resolution one caller sees the features of a layer: by the finest right that covers a feature.
class Sight {
  public:
    Sight(const Layer& layer, const LayerScope& scope);

    /// Of a feature with these communes. Perimeters are not looked at.
    Resolution of(std::span<const std::string> codes) const;
    /// The one at which all features are seen, whatever their communes; nothing where they may differ.
    const std::optional<Resolution>& of_all() const { return of_all_; }
    /// Perimeters show features that the communes do not, or show them finer.
    bool has_perimeters() const { return has_perimeters_; }
    /// True when it was made of a layer that declares the same.
    bool decides(bool has_communes, std::span<const Resolution> by_right) const;

  private:
    struct Step {
        Grant grant;
        Resolution shown = Resolution::None;
    };
    bool has_communes_ = false;
    std::vector<Step> steps_;  // the finest first
    std::optional<Resolution> of_all_;
    bool has_perimeters_ = false;
};

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
