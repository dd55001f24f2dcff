// ESRI Shapefile, zipped: a file for each kind of geometry, with a text that says what DBF could not keep.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>

#include "gis/error.hpp"
#include "gis/write/file/dbf_names.hpp"
#include "gis/write/file/file_writer.hpp"
#include "gis/write/file/gdal_layer.hpp"
#include "gis/write/file/zip.hpp"
#include "gis/write/wkb_cursor.hpp"

namespace gis {

namespace {

namespace fs = std::filesystem;

/// A Shapefile holds one of these, and whether single or multiple is not told apart.
enum class Kind { None, Points, Lines, Surfaces };

Kind shape_kind_of(std::string_view wkb) {
    if (wkb.empty()) return Kind::None;
    switch (WkbCursor(wkb).header()) {
        case WkbCursor::Point:
        case WkbCursor::MultiPoint:
            return Kind::Points;
        case WkbCursor::LineString:
        case WkbCursor::MultiLineString:
            return Kind::Lines;
        case WkbCursor::Polygon:
        case WkbCursor::MultiPolygon:
            return Kind::Surfaces;
        default:
            return Kind::None;  // a collection: Shapefile has no place for it
    }
}

GeometryType type_of(Kind kind) {
    if (kind == Kind::Points) return GeometryType::MultiPoint;
    return kind == Kind::Lines ? GeometryType::MultiLineString : GeometryType::MultiPolygon;
}

class ShapefileZip : public FileWriter {
  public:
    ShapefileZip(const FeatureOutput& output, const Provenance& about, const fs::path& folder)
        : output_(output), about_(about), folder_(folder) {
        std::vector<std::string> names;
        for (const Field* field : output.fields) names.push_back(field->name);
        names_ = dbf_names(names);
        mixed_ = output.with_geometry && output.layer->geometry_type == GeometryType::Any;
        if (output.with_geometry && !mixed_) declared_ = kind_of_layer(output.layer->geometry_type);
    }

    void write(const Feature& feature) override {
        const bool heights = !feature.wkb.empty() && has_heights(feature.wkb);
        if (!mixed_) return file_for(declared_, heights).write(feature);
        const Kind kind = shape_kind_of(feature.wkb);
        lost_geometries_ += kind == Kind::None && !feature.wkb.empty();
        Feature shown = feature;
        if (kind == Kind::None) shown.wkb = {};
        file_for(kind, heights).write(shown);
    }

    fs::path finish() override {
        if (std::none_of(files_.begin(), files_.end(), [](const auto& file) { return file.has_value(); }))
            file_for(declared_, false);  // a file also when there is no feature
        for (auto& file : files_) {
            if (file) file->close();
        }
        std::ofstream(folder_ / "LISEZMOI.txt", std::ios::binary) << read_me();
        std::vector<fs::path> members;
        for (const auto& entry : fs::directory_iterator(folder_)) members.push_back(entry.path());
        std::sort(members.begin(), members.end());
        fs::path archive = folder_ / (output_.layer->name + ".zip");
        write_zip(archive, members);
        return archive;
    }

  private:
    static Kind kind_of_layer(GeometryType type) {
        switch (type) {
            case GeometryType::Point:
            case GeometryType::MultiPoint:
                return Kind::Points;
            case GeometryType::LineString:
            case GeometryType::MultiLineString:
                return Kind::Lines;
            default:
                return Kind::Surfaces;
        }
    }

    std::string file_name(Kind kind) const {
        static constexpr std::array<std::string_view, 4> endings{"_sans_geometrie", "_points", "_lignes", "_surfaces"};
        if (!mixed_) return output_.layer->name;
        return output_.layer->name + std::string(endings[static_cast<std::size_t>(kind)]);
    }

    /// The first feature of a kind says whether its file has heights.
    GdalLayer& file_for(Kind kind, bool heights) {
        auto& file = files_[static_cast<std::size_t>(kind)];
        if (file) return *file;
        GdalLayer::Options options;
        options.driver = "ESRI Shapefile";
        options.layer_name = file_name(kind);
        FeatureOutput output = output_;
        output.with_geometry = kind != Kind::None;
        if (output.with_geometry) {
            const bool is_point = !mixed_ && output_.layer->geometry_type == GeometryType::Point;
            options.geometry_type = is_point ? GeometryType::Point : type_of(kind);
            options.points_as_multi = !is_point;
        }
        options.has_heights = heights;
        options.path = folder_ / (options.layer_name + (output.with_geometry ? ".shp" : ".dbf"));
        options.field_names = names_;
        options.times_as_text = true;
        options.layer_options = {{"ENCODING", "UTF-8"}, {"2GB_LIMIT", "YES"}};
        return file.emplace(output, options);
    }

    std::string read_me() const {
        std::string text = about_.text();
        text +=
            fmt::format("Système de coordonnées : {}\nEncodage des textes : UTF-8\n",
                        output_.with_geometry ? output_.crs.name + " (EPSG:" + std::to_string(output_.crs.srid) + ")"
                                              : "sans géométrie");
        if (lost_geometries_ > 0)
            text += fmt::format("{} géométries composites n'ont pas de place dans un Shapefile.\n", lost_geometries_);
        text +=
            "\nDBF coupe les noms à dix caractères, les textes à 254 octets, et n'a ni oui ou non (1 ou 0) ni heures "
            "(texte, UTC).\n";
        text += "\nnom dans le fichier | nom de l'attribut | titre\n";
        for (std::size_t i = 0; i < names_.size(); ++i)
            text += fmt::format("{:<10} | {} | {}\n", names_[i], output_.fields[i]->name, output_.fields[i]->title);
        for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2))
            text.insert(at, "\r");
        return text;
    }

    FeatureOutput output_;
    Provenance about_;
    fs::path folder_;
    std::vector<std::string> names_;
    bool mixed_ = false;
    Kind declared_ = Kind::None;
    int lost_geometries_ = 0;
    std::array<std::optional<GdalLayer>, 4> files_;
};

}  // namespace

std::vector<std::string> dbf_names(const std::vector<std::string>& names) {
    constexpr std::size_t longest = 10;
    std::vector<std::string> made;
    for (const std::string& name : names) {
        std::string plain;
        for (const char c : name) {
            const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
            const bool kept = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
            const bool continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;  // of a character already written
            if (!continues) plain += kept ? lower : '_';
        }
        plain.resize(std::min(plain.size(), longest));
        std::string unique = plain.empty() ? "champ" : plain;
        for (int n = 1; std::find(made.begin(), made.end(), unique) != made.end(); ++n) {
            const std::string ending = "_" + std::to_string(n);
            unique = plain.substr(0, longest - ending.size()) + ending;
        }
        made.push_back(unique);
    }
    return made;
}

FileWriterPtr shapefile_zip(const FeatureOutput& output, const Provenance& about, const fs::path& folder) {
    return std::make_unique<ShapefileZip>(output, about, folder);
}

}  // namespace gis
