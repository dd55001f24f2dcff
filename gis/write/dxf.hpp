#pragma once

#include <optional>

#include "gis/write/feature_writer.hpp"
#include "gis/write/inner_point.hpp"
#include "gis/write/provenance.hpp"

namespace gis {

/// A drawing in AutoCAD's DXF, release 12 (AC1009), which every CAD program reads: points, polylines (closed for
/// rings), and each feature's label as a text on the layer "NAME_TEXTE". Other attributes have no place in it. CRS,
/// licence and attribution stand in comments (group code 999) at the top.
class DxfWriter : public FeatureWriter {
  public:
    DxfWriter(const FeatureOutput& output, const Provenance& about);
    void begin(std::string& out, const CollectionFacts& facts) override;
    void write(std::string& out, const Feature& feature) override;
    void end(std::string& out) override;

  private:
    std::string layer_;
    std::string text_layer_;
    std::string comments_;
    int decimals_;
    double text_height_;  ///< in units of the CRS
    std::optional<std::size_t> label_;
    std::string label_text_;
    InnerPoint inner_point_;
};

}  // namespace gis
