#pragma once

#include "gis/write/feature_writer.hpp"

namespace gis {

/// OGC Features and Geometries JSON 1.0 (21-045r1), class Core: GeoJSON whose features also have a place in the output
/// CRS and a time. In CRS84 the geometry is where GeoJSON has it and `place` is null; in any other CRS the other way
/// round, and GeoJSON readers see no geometry.
class JsonFgWriter : public FeatureWriter {
  public:
    explicit JsonFgWriter(const FeatureOutput& output);
    void begin(std::string& out, const CollectionFacts& facts) override;
    void write(std::string& out, const Feature& feature) override;
    void end(std::string& out) override;

  private:
    void append_time(std::string& out, const Feature& feature) const;

    std::string feature_type_;
    Crs crs_;
    bool id_is_number_;
    bool is_first_ = true;
    std::vector<std::string> names_;
    std::optional<std::size_t> time_field_;
    bool time_is_date_ = false;
};

}  // namespace gis
