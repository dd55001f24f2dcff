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

/// With a spatial index, which has no place for a feature without geometry: from the first one on there is no index.
class FlatGeobufFile : public FileWriter {
  public:
    FlatGeobufFile(const FeatureOutput& output, GdalLayer::Options options)
        : output_(output), options_(std::move(options)) {
        if (!output.with_geometry) options_.layer_options["SPATIAL_INDEX"] = "NO";
        indexed_ = output.with_geometry;
    }

    void write(const Feature& feature) override {
        const bool is_bare = feature.wkb.empty() || is_empty_geometry(feature.wkb);
        if (!layer_) {
            options_.has_heights = !feature.wkb.empty() && has_heights(feature.wkb);
            if (is_bare) give_up_index();
            layer_.emplace(output_, options_);
        }
        if (is_bare && indexed_) {
            layer_->close();
            const std::filesystem::path before = options_.path;
            options_.path.replace_extension(".all.fgb");
            give_up_index();
            layer_.emplace(output_, options_);
            layer_->copy_from(before);
        }
        layer_->write(feature);
    }

    std::filesystem::path finish() override {
        if (!layer_) layer_.emplace(output_, options_);
        layer_->close();
        return options_.path;
    }

  private:
    void give_up_index() {
        indexed_ = false;
        options_.layer_options["SPATIAL_INDEX"] = "NO";
    }

    FeatureOutput output_;
    GdalLayer::Options options_;
    std::optional<GdalLayer> layer_;
    bool indexed_ = true;
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
