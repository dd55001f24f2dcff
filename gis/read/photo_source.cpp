#include "gis/read/photo_source.hpp"

#include <cpl_string.h>
#include <cpl_vsi.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <span>

#include "gis/read/archive.hpp"
#include "gis/read/footprint.hpp"
#include "gis/read/gdal_session.hpp"
#include "gis/read/jpeg_segments.hpp"
#include "gis/read/photo_facts.hpp"
#include "gis/read/thumbnail.hpp"

namespace gis::read {

namespace {

/// Panoramas of drones take some tens of megabytes.
constexpr std::uintmax_t largest_photo = 256U << 20U;
/// Above this the maker's data are a raw image: a plain photo has some kilobytes of them, a thermal one 600.
constexpr std::uint64_t least_raw_image = 32U << 10U;
/// Of a 36 × 24 mm film: what focal lengths "in 35 mm" refer to.
constexpr double film_diagonal = 43.2666;

/// The bytes of a photo as a file that GDAL can open; gone with this.
class MemoryFile {
  public:
    explicit MemoryFile(std::string& bytes) {
        VSIFCloseL(VSIFileFromMemBuffer(path(), reinterpret_cast<GByte*>(bytes.data()), bytes.size(), FALSE));
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() { VSIUnlink(path()); }
    const char* path() const { return name_.c_str(); }

  private:
    std::string name_ = fmt::format("/vsimem/photo-{}.jpg", static_cast<const void*>(this));
};

std::map<std::string, std::string> entries_of(GDALDatasetH dataset) {
    std::map<std::string, std::string> entries;
    for (CSLConstList line = GDALGetMetadata(dataset, ""); line != nullptr && *line != nullptr; ++line) {
        const std::string_view text(*line);
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos) entries[std::string(text.substr(0, equals))] = text.substr(equals + 1);
    }
    return entries;
}

std::string packet_of(GDALDatasetH dataset) {
    CSLConstList packet = GDALGetMetadata(dataset, "xml:XMP");
    return packet != nullptr && *packet != nullptr ? *packet : "";
}

/// Everything one photo gives.
struct Photo {
    std::string name, sha256, defect;
    PhotoFacts facts;
    JpegSegments segments;
    bool radiometric = false;
    std::optional<Footprint> footprint;
    std::string no_footprint;  ///< French: why there is none
    std::string bytes;         ///< of the file, for the thumbnail
};

PinholeCamera camera_of(const Photo& photo) {
    PinholeCamera camera{0, static_cast<double>(photo.segments.width), static_cast<double>(photo.segments.height)};
    if (photo.facts.focal_pixels) {
        camera.focal = *photo.facts.focal_pixels;
    } else if (photo.facts.focal_35mm) {
        camera.focal = *photo.facts.focal_35mm * std::hypot(camera.width, camera.height) / film_diagonal;
    }
    return camera;
}

void find_footprint(Photo& photo) {
    const PhotoFacts& facts = photo.facts;
    const PinholeCamera camera = camera_of(photo);
    if (!facts.longitude || !facts.latitude) return;
    if (!facts.camera_yaw || !facts.camera_pitch) {
        photo.no_footprint = "la direction de la prise de vue n'est pas dite";
    } else if (!facts.height || !(*facts.height > 0)) {
        photo.no_footprint = "la hauteur au-dessus du sol n'est pas dite";
    } else if (!(camera.focal > 0)) {
        photo.no_footprint = "la focale n'est pas dite";
    } else {
        photo.footprint = footprint_of({*facts.longitude, *facts.latitude, *facts.height, *facts.camera_yaw,
                                        *facts.camera_pitch, facts.camera_roll.value_or(0)},
                                       camera);
        if (!photo.footprint) photo.no_footprint = "l'image va jusqu'à l'horizon";
    }
}

void look_inside(Photo& photo) {
    const GdalMessages messages;
    const MemoryFile file(photo.bytes);
    const DatasetPtr dataset = open_image("JPEG", file.path());
    if (!dataset) {
        photo.defect = "photo illisible : " + messages.failure();
        return;
    }
    photo.facts = photo_facts(entries_of(dataset.get()), packet_of(dataset.get()));
    photo.radiometric =
        photo.segments.maker_bytes >= least_raw_image || GDALGetMetadata(dataset.get(), "FLIR") != nullptr;
}

Photo read_photo(const Input& input) {
    Photo photo;
    photo.name = input.path.filename().string();
    if (std::filesystem::file_size(input.path) > largest_photo) {
        photo.defect = "photo de plus de 256 Mo ; réduisez-la";
        return photo;
    }
    std::ifstream in(input.path, std::ios::binary);
    photo.bytes.assign(std::filesystem::file_size(input.path), '\0');
    in.read(photo.bytes.data(), static_cast<std::streamsize>(photo.bytes.size()));
    photo.bytes.resize(static_cast<std::size_t>(in.gcount()));
    photo.segments = look_at_segments(photo.bytes);
    photo.defect = photo.segments.defect;
    if (photo.defect.empty() && photo.segments.components != 1 && photo.segments.components != 3)
        photo.defect = "photo en couleurs d'imprimerie (CMJN) ; enregistrez-la en RVB";
    if (photo.defect.empty()) look_inside(photo);
    if (photo.defect.empty()) photo.defect = photo.facts.no_position;
    if (photo.defect.empty()) find_footprint(photo);
    return photo;
}

struct PhotoField {
    std::string_view name;
    FieldType type;
    Value (*value)(const Photo&);
};

Value real_value(const std::optional<double>& known) {
    return known ? Value(*known) : Value();
}

Value text_value(const std::string& known) {
    return known.empty() ? Value() : Value(known);
}

constexpr auto photo_point_fields = std::to_array<PhotoField>(
    {{"nom", FieldType::Text, [](const Photo& p) { return Value(p.name); }},
     {"pris_le", FieldType::Text, [](const Photo& p) { return text_value(p.facts.taken); }},
     {"altitude", FieldType::Number, [](const Photo& p) { return real_value(p.facts.altitude); }},
     {"systeme_altitude", FieldType::Text, [](const Photo& p) { return text_value(p.facts.altitude_reference); }},
     {"hauteur_sol", FieldType::Number, [](const Photo& p) { return real_value(p.facts.height); }},
     {"lacet_camera", FieldType::Number, [](const Photo& p) { return real_value(p.facts.camera_yaw); }},
     {"tangage_camera", FieldType::Number, [](const Photo& p) { return real_value(p.facts.camera_pitch); }},
     {"roulis_camera", FieldType::Number, [](const Photo& p) { return real_value(p.facts.camera_roll); }},
     {"lacet_appareil", FieldType::Number, [](const Photo& p) { return real_value(p.facts.aircraft_yaw); }},
     {"tangage_appareil", FieldType::Number, [](const Photo& p) { return real_value(p.facts.aircraft_pitch); }},
     {"roulis_appareil", FieldType::Number, [](const Photo& p) { return real_value(p.facts.aircraft_roll); }},
     {"marque", FieldType::Text, [](const Photo& p) { return text_value(p.facts.make); }},
     {"modele", FieldType::Text, [](const Photo& p) { return text_value(p.facts.model); }},
     {"focale_mm", FieldType::Number, [](const Photo& p) { return real_value(p.facts.focal_mm); }},
     {"focale_35mm", FieldType::Number, [](const Photo& p) { return real_value(p.facts.focal_35mm); }},
     {"largeur_px", FieldType::Integer, [](const Photo& p) { return Value(std::int64_t{p.segments.width}); }},
     {"hauteur_px", FieldType::Integer, [](const Photo& p) { return Value(std::int64_t{p.segments.height}); }},
     {"radiometrique", FieldType::Boolean, [](const Photo& p) { return Value(p.radiometric); }},
     {"empreinte", FieldType::Text, [](const Photo& p) { return text_value(p.sha256); }}});

constexpr auto photo_footprint_fields = std::to_array<PhotoField>(
    {{"nom", FieldType::Text, [](const Photo& p) { return Value(p.name); }},
     {"pris_le", FieldType::Text, [](const Photo& p) { return text_value(p.facts.taken); }},
     {"hauteur_sol", FieldType::Number, [](const Photo& p) { return real_value(p.facts.height); }},
     {"resolution_cm", FieldType::Number,
      [](const Photo& p) { return p.footprint ? Value(100 * p.footprint->resolution) : Value(); }},
     {"empreinte", FieldType::Text, [](const Photo& p) { return text_value(p.sha256); }}});

SourceLayer layer_of(const char* name, GeometryType geometry, std::span<const PhotoField> fields) {
    SourceLayer layer;
    layer.name = name;
    for (const PhotoField& field : fields) layer.fields.push_back({std::string(field.name), field.type});
    layer.geometry = geometry;
    layer.crs = "EPSG:4326";
    return layer;
}

class PhotoSource final : public Source {
  public:
    explicit PhotoSource(const Input& input)
        : layers_{layer_of("photo", GeometryType::Point, photo_point_fields),
                  layer_of("emprise", GeometryType::Polygon, photo_footprint_fields)},
          photo_(read_photo(input)) {}

    const std::vector<SourceLayer>& layers() const override { return layers_; }

    void read(std::size_t layer, const std::vector<std::string>& wanted,
              const std::function<void(SourceFeature&)>& take) override {
        SourceFeature feature;
        feature.number = 1;
        const bool is_point = layer == 0;
        layers_[layer].notes.clear();
        if (!is_point && !photo_.footprint) {
            if (photo_.defect.empty()) layers_[layer].notes.push_back("pas d'emprise au sol : " + photo_.no_footprint);
            return;
        }
        // Only who wants values reads the photo; others look where it lies.
        if (!wanted.empty() && photo_.sha256.empty()) photo_.sha256 = sha256_of_bytes(photo_.bytes);
        if (is_point && !wanted.empty()) take_picture();
        feature.defect = photo_.defect;
        const std::span<const PhotoField> fields = is_point ? std::span<const PhotoField>(photo_point_fields)
                                                            : std::span<const PhotoField>(photo_footprint_fields);
        for (const std::string& name : wanted) {
            const auto field = std::ranges::find(fields, name, &PhotoField::name);
            feature.values.push_back(field == fields.end() ? Value() : field->value(photo_));
        }
        if (photo_.defect.empty()) shape(is_point, feature.shape);
        take(feature);
    }

    std::optional<Picture> picture() override { return std::move(picture_); }

  private:
    void take_picture() {
        if (!photo_.defect.empty()) return;
        picture_ = {photo_.sha256, photo_.bytes.size(), photo_.facts.orientation, photo_.segments.kept, ""};
        const GdalMessages messages;
        const MemoryFile file(photo_.bytes);
        if (const DatasetPtr dataset = open_image("JPEG", file.path()))
            picture_->thumbnail = thumbnail_of(dataset.get(), picture_->orientation);
        if (!picture_->thumbnail.empty()) return;
        picture_.reset();
        photo_.defect = "photo illisible : " + messages.failure();
    }

    void shape(bool is_point, Shape& shape) const {
        shape.clear();
        const PhotoFacts& facts = photo_.facts;
        if (is_point && facts.longitude && facts.latitude) {
            shape.kind = Shape::Kind::Point;
            shape.xy = {*facts.longitude, *facts.latitude};
        } else if (photo_.footprint) {
            const auto& corners = photo_.footprint->corners;
            shape.kind = Shape::Kind::Polygon;
            shape.xy.assign(corners.begin(), corners.end());
            shape.xy.insert(shape.xy.end(), {corners[0], corners[1]});
            shape.rings = {5};
            shape.parts = {1};
        }
    }

    std::vector<SourceLayer> layers_;
    Photo photo_;
    std::optional<Picture> picture_;
};

}  // namespace

std::unique_ptr<Source> open_photo_source(const Input& input) {
    return std::make_unique<PhotoSource>(input);
}

}  // namespace gis::read
