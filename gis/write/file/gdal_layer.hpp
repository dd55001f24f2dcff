#pragma once

#include <gdal.h>
#include <ogr_api.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gis/write/feature_writer.hpp"

namespace gis {

/// Registers the drivers that files are written with, and no others.
void register_file_drivers();

/// Throws Unavailable with what GDAL said, when `done` is false.
void require_written(bool done, const std::string& what);

/// A new layer of features, in a file of its own or in one that holds others. Values and geometries go in as they are;
/// the file is whole after `close`.
class GdalLayer {
  public:
    struct Options {
        std::string driver;
        std::filesystem::path path;
        bool adds_to_file = false;  ///< which holds other layers
        std::string layer_name;
        GeometryType geometry_type = GeometryType::Any;
        bool has_heights = false;
        bool points_as_multi = false;          ///< the format tells one from the other, the layer does not
        std::vector<std::string> field_names;  ///< one for each field of the output
        bool times_as_text = false;            ///< the format has no date-time
        std::map<std::string, std::string> layer_options;
        std::map<std::string, std::string> layer_metadata;
    };

    GdalLayer(const FeatureOutput& output, const Options& options);
    ~GdalLayer();
    GdalLayer(const GdalLayer&) = delete;
    GdalLayer& operator=(const GdalLayer&) = delete;

    void write(const Feature& feature);
    void close();

  private:
    void set_value(OGRFeatureH feature, int index, FieldType type, const Scalar& value);

    std::vector<FieldType> types_;
    bool with_id_ = false;  ///< the id is no field: a column of its own, the first
    bool times_as_text_;
    bool points_as_multi_;
    GDALDatasetH dataset_ = nullptr;
    OGRLayerH layer_ = nullptr;
    OGRSpatialReferenceH crs_ = nullptr;
    std::string path_;
};

/// GDAL's geometry type for a layer's.
OGRwkbGeometryType ogr_type(GeometryType type);

}  // namespace gis
