#pragma once

#include <string>
#include <string_view>

#include "gis/write/feature_writer.hpp"
#include "gis/write/json_text.hpp"
#include "gis/write/number_text.hpp"

namespace gis {

/// A GeoJSON geometry (RFC 7946) from WKB. `northing_first` swaps x and y, as the CRS's authority wants them.
/// Z is kept, M dropped. Throws std::runtime_error on WKB that is no simple-feature geometry.
void append_geojson_geometry(std::string& out, std::string_view wkb, bool northing_first, int decimals);

/// Writes features as GeoJSON; what is the same for all of them is made once.
class GeoJsonFeatureText {
  public:
    explicit GeoJsonFeatureText(const FeatureOutput& output);
    /// {"type":"Feature","id":...,"geometry":...,"properties":{...}` without the closing brace, so that a caller may
    /// add members.
    void append(std::string& out, const Feature& feature) const;

  private:
    bool id_is_number_;
    bool northing_first_;
    int decimals_;
    std::vector<std::string> names_;  ///< `"name":`, from the second on with a comma before
};

/// One feature with all fields of its layer, as GeoJsonFeatureText writes it.
void append_geojson_feature(std::string& out, const Layer& layer, const Feature& feature, const Crs& output_crs);

/// A FeatureCollection (RFC 7946; OGC 17-069r4, clause 8). Coordinates stand in the axis order of the CRS's authority.
class GeoJsonWriter : public FeatureWriter {
  public:
    explicit GeoJsonWriter(const FeatureOutput& output) : feature_(output) {}
    void begin(std::string& out, const CollectionFacts& facts) override;
    void write(std::string& out, const Feature& feature) override;
    void end(std::string& out) override;

  private:
    GeoJsonFeatureText feature_;
    bool is_first_ = true;
};

}  // namespace gis
