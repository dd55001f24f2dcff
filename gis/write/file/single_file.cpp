// GeoPackage and FlatGeobuf: one file that holds everything.

#include <optional>
#include <string>
#include <utility>

#include "gis/write/file/file_writer.hpp"
#include "gis/write/file/gdal_layer.hpp"
#include "gis/write/wkb_cursor.hpp"

namespace gis {

namespace {

class SingleFile : public FileWriter {
  public:
    SingleFile(const FeatureOutput& output, GdalLayer::Options options)
        : output_(output), options_(std::move(options)) {}

    void write(const Feature& feature) override {
        // The first feature says whether there are heights: the layer's declaration does not.
        if (!layer_) open(!feature.wkb.empty() && has_heights(feature.wkb));
        layer_->write(feature);
    }

    std::filesystem::path finish() override {
        if (!layer_) open(false);
        layer_->close();
        return options_.path;
    }

  private:
    void open(bool heights) {
        options_.has_heights = heights;
        layer_.emplace(output_, options_);
    }

    FeatureOutput output_;
    GdalLayer::Options options_;
    std::optional<GdalLayer> layer_;
};

/// GDAL writes no feature without geometry into a FlatGeobuf, and does not say so.
class FlatGeobufFile : public SingleFile {
  public:
    using SingleFile::SingleFile;

    void write(const Feature& feature) override {
        if (feature.wkb.empty() || is_empty_geometry(feature.wkb)) {
            ++left_out_;
        } else {
            SingleFile::write(feature);
        }
    }
    std::int64_t left_out() const override { return left_out_; }

  private:
    std::int64_t left_out_ = 0;
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
    return geopackage_table(output, about, folder / (output.layer->name + ".gpkg"));
}

FileWriterPtr geopackage_table(const FeatureOutput& output, const Provenance& about,
                               const std::filesystem::path& package) {
    GdalLayer::Options options = options_for(output, about, "GPKG", package);
    options.adds_to_file = std::filesystem::exists(package);
    options.layer_options = {{"IDENTIFIER", about.title}, {"DESCRIPTION", about.text()}};
    if (output.layer->find_field("fid") != nullptr) options.layer_options["FID"] = "fid_gpkg";
    if (output.with_geometry) options.layer_options["GEOMETRY_NAME"] = output.layer->geometry_column;
    return std::make_unique<SingleFile>(output, options);
}

FileWriterPtr flatgeobuf_file(const FeatureOutput& output, const Provenance& about,
                              const std::filesystem::path& folder) {
    GdalLayer::Options options = options_for(output, about, "FlatGeobuf", folder / (output.layer->name + ".fgb"));
    options.layer_options = {{"TEMPORARY_DIR", folder.string()}, {"TITLE", about.title}, {"DESCRIPTION", about.text()}};
    return std::make_unique<FlatGeobufFile>(output, options);
}

}  // namespace gis
