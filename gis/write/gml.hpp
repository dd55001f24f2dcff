#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gis/write/feature_writer.hpp"

namespace gis {

/// The versions of the Geography Markup Language: OGC 07-036 (with WFS 2.0), 03-105r1 (WFS 1.1), 02-069 (WFS 1.0).
enum class GmlVersion { V3_2, V3_1, V2_1 };

/// How GML is spelt: everything that the version alone does not decide.
struct GmlForm {
    GmlVersion version = GmlVersion::V3_2;
    std::string srs_name;         ///< as it is written: "urn:ogc:def:crs:EPSG::4326"; its form decides the axis order
    bool northing_first = false;  ///< y (latitude, northing) stands before x in what is written
    bool with_heights = true;     ///< false: where positions have heights, they are left out
    std::string namespace_uri = "urn:carreau:features";  ///< of the feature types
    std::string prefix = "carreau";
    std::string schema_location;  ///< value of xsi:schemaLocation; empty: none
};

/// The form that names `crs` by its URN, in the authority's axis order (GML 2: "EPSG:n", x first).
GmlForm gml_form(GmlVersion version, const Crs& crs);

/// One geometry from WKB, 2D or with heights. `id` becomes the gml:id (3.2 demands one; its parts get ".1", ".2" ...).
/// Throws std::runtime_error on WKB that is no simple-feature geometry.
void append_gml_geometry(std::string& out, std::string_view wkb, const GmlForm& form, int decimals,
                         std::string_view id);

/// Writes features as elements of the flat application schema: one element for each field (NULL: none), then the
/// geometry. The feature's name (gml:id, fid) is "layer.id", both parts made XML names by gis/text/xml_name.
class GmlFeatureText {
  public:
    GmlFeatureText(const FeatureOutput& output, GmlForm form);
    void append(std::string& out, const Feature& feature);
    const GmlForm& form() const { return form_; }

  private:
    GmlForm form_;
    int decimals_;
    std::string open_;         ///< `<carreau:parcelle gml:id="parcelle.`
    std::string close_;        ///< `</carreau:parcelle>`
    std::string name_prefix_;  ///< `parcelle.`
    std::vector<std::pair<std::string, std::string>> tags_;
    std::pair<std::string, std::string> geometry_tag_;
    std::string name_;  ///< of the feature at hand
};

/// A wfs:FeatureCollection of WFS 2.0.0, 1.1.0 or 1.0.0, as the GML version says; valid GML 3.2 simple features
/// (10-100r3, level 0) for 2.0.0. WFS 2.0.0 wants counts; 1.1.0 writes number_returned where it is known.
class GmlWriter : public FeatureWriter {
  public:
    GmlWriter(const FeatureOutput& output, GmlForm form) : feature_(output, std::move(form)) {}
    void begin(std::string& out, const CollectionFacts& facts) override;
    void write(std::string& out, const Feature& feature) override;
    void end(std::string& out) override;
    bool wants_counts() const override { return feature_.form().version == GmlVersion::V3_2; }

  private:
    GmlFeatureText feature_;
};

/// The collection's start tag, for answers that hold several feature types. `form.prefix` is declared with the others.
void append_gml_collection_start(std::string& out, const GmlForm& form, const CollectionFacts& facts);
void append_gml_collection_end(std::string& out);
/// The element around each feature: "wfs:member" or "gml:featureMember".
std::string_view gml_member(GmlVersion version);

}  // namespace gis
