#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "gis/layer/layer.hpp"

namespace gis {

/// All layers at one moment, in drawing order. Immutable and shared; replaced as a whole when the catalogue changes.
class Catalog {
  public:
    Catalog() = default;
    explicit Catalog(std::vector<Layer> layers);

    const std::vector<Layer>& layers() const { return layers_; }
    /// Nothing when there is no such layer.
    const Layer* find(std::string_view name) const;

  private:
    std::vector<Layer> layers_;
};

using CatalogPtr = std::shared_ptr<const Catalog>;

}  // namespace gis
