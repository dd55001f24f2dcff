#pragma once

#include "gis/write/feature_writer.hpp"
#include "gis/write/provenance.hpp"

namespace gis {

/// KML 2.2 (OGC 07-147r2): a Document with one Placemark for each feature; the fields as typed ExtendedData, their
/// titles as display names. Coordinates must be CRS84: KML has no other.
class KmlWriter : public FeatureWriter {
  public:
    KmlWriter(const FeatureOutput& output, Provenance provenance);
    void begin(std::string& out, const CollectionFacts& facts) override;
    void write(std::string& out, const Feature& feature) override;
    void end(std::string& out) override;

  private:
    FeatureOutput output_;
    Provenance provenance_;
    std::string schema_;
    std::vector<std::string> open_tags_;
    std::optional<std::size_t> label_;  ///< the field that names a feature; none: its id
};

}  // namespace gis
