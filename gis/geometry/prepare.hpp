#pragma once

#include <memory>
#include <string>

#include "gis/geometry/geometry_literal.hpp"

namespace gis {

/// The geometry in `target`, ready to be compared with features. Throws InvalidRequest naming `field` when it is not
/// valid (OGC 06-103r4: a polygon that crosses itself; the reason names the place) or has no image in `target`.
/// A collection of one kind becomes the multi-geometry of that kind. Between two CRSs, edges longer than 2 km are given
/// points in between, for what is straight in one is curved in the other; shorter ones stay, so that a geometry this
/// program gave out still equals its feature.
GeometryLiteral prepare_geometry(const GeometryLiteral& geometry, const Crs& target, const std::string& field);

/// Says why geometries are not valid, one after the other. Used by one thread.
class ValidityCheck {
  public:
    ValidityCheck();
    ~ValidityCheck();
    ValidityCheck(const ValidityCheck&) = delete;
    ValidityCheck& operator=(const ValidityCheck&) = delete;

    /// Of a geometry as WKB: the reason and the place; empty when it is valid.
    std::string defect(const std::string& wkb) const;

  private:
    struct Geos;
    std::unique_ptr<const Geos> geos_;
};

/// True for a collection of several kinds, which only some relations are defined for.
bool is_mixed_collection(const GeometryLiteral& geometry);

}  // namespace gis
