// GeoPackage and FlatGeobuf: one file that holds everything.

#include <string>

#include "gis/write/file/file_writer.hpp"
#include "gis/write/file/gdal_layer.hpp"

namespace gis {

namespace {

class SingleFile : public FileWriter {
  public:
    SingleFile(const FeatureOutput& output, const GdalLayer::Options& options)
        : path_(options.path), layer_(output, options) {}
    void write(const Feature& feature) override { layer_.write(feature); }
    std::filesystem::path finish() override {
        layer_.close();
        return path_;
    }

  private:
    std::filesystem::path path_;
    GdalLayer layer_;
};

GdalLayer::Options options_for(const FeatureOutput& output, const Provenance& about, std::string driver,
                               std::filesystem::path path) {
    GdalLayer::Options options;
    options.driver = std::move(driver);
    options.path = std::move(path);
    options.layer_name = output.layer->name;
    options.geometry_type = output.layer->geometry_type;
    for (const Field* field : output.fields) options.field_names.push_back(field->name);
    options.layer_metadata = {{"TITLE", about.title},        {"DESCRIPTION", about.description},
                              {"LICENCE", about.licence},    {"ATTRIBUTION", about.attribution},
                              {"VINTAGE", about.vintage},    {"SOURCE", about.source},
                              {"EXTRACTED", about.extracted}};
    return options;
}

}  // namespace

FileWriterPtr geopackage_file(const FeatureOutput& output, const Provenance& about,
                              const std::filesystem::path& folder) {
    GdalLayer::Options options = options_for(output, about, "GPKG", folder / (output.layer->name + ".gpkg"));
    options.layer_options = {{"IDENTIFIER", about.title}, {"DESCRIPTION", about.text()}, {"FID", "fid_gpkg"}};
    if (output.with_geometry) options.layer_options["GEOMETRY_NAME"] = output.layer->geometry_column;
    return std::make_unique<SingleFile>(output, options);
}

FileWriterPtr flatgeobuf_file(const FeatureOutput& output, const Provenance& about,
                              const std::filesystem::path& folder) {
    GdalLayer::Options options = options_for(output, about, "FlatGeobuf", folder / (output.layer->name + ".fgb"));
    options.layer_options = {{"TEMPORARY_DIR", folder.string()}, {"TITLE", about.title}, {"DESCRIPTION", about.text()}};
    return std::make_unique<SingleFile>(output, options);
}

}  // namespace gis
