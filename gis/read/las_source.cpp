#include "gis/read/las_source.hpp"

#include <fmt/format.h>

#include <fstream>
#include <map>

#include "gis/error.hpp"
#include "gis/read/las_header.hpp"

namespace gis::read {

namespace fs = std::filesystem;

namespace {

LasFacts look_at_cloud(const Input& input) {
    std::ifstream in(input.path, std::ios::binary);
    std::string head(largest_las_head, '\0');
    in.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(in.gcount()));
    try {
        return parse_las_header(head, fs::file_size(input.path));
    } catch (const InvalidRequest& refused) {
        throw InvalidRequest(input.shown_name, refused.what());
    }
}

class LasSource final : public Source {
  public:
    explicit LasSource(const Input& input) : input_(input), facts_(look_at_cloud(input)) {
        SourceLayer layer;
        layer.name = "nuage";
        layer.geometry = GeometryType::Polygon;
        layer.crs = facts_.crs;
        layer.count = 1;
        for (const auto& [name, value] : values_of("")) layer.fields.push_back({name, FieldType::Text});
        layers_.push_back(std::move(layer));
    }

    const std::vector<SourceLayer>& layers() const override { return layers_; }

    void read(std::size_t, const std::vector<std::string>& wanted,
              const std::function<void(SourceFeature&)>& take) override {
        // Who asks for positions only need not wait for the hash of a large file.
        if (!wanted.empty() && sha256_.empty()) sha256_ = sha256_of(input_.path);
        const std::map<std::string, Value> values = values_of(sha256_);
        SourceFeature feature;
        feature.number = 1;
        for (const std::string& name : wanted) {
            const auto found = values.find(name);
            feature.values.push_back(found == values.end() ? Value() : found->second);
        }
        const auto& [x0, y0, z0] = facts_.min;
        const auto& [x1, y1, z1] = facts_.max;
        feature.shape.kind = Shape::Kind::Polygon;
        feature.shape.xy = {x0, y0, x1, y0, x1, y1, x0, y1, x0, y0};
        feature.shape.rings = {5};
        feature.shape.parts = {1};
        take(feature);
    }

    std::optional<Picture> picture() override {
        if (sha256_.empty()) return std::nullopt;
        Picture original;
        original.sha256 = sha256_;
        original.size = fs::file_size(input_.path);
        original.media_type = facts_.compressed ? laz_type : las_type;
        return original;
    }

  private:
    std::map<std::string, Value> values_of(const std::string& sha256) const {
        const auto text = [](const std::string& said) { return said.empty() ? Value() : Value(said); };
        return {{"nom", fs::path(input_.shown_name).filename().string()},
                {"points", static_cast<std::int64_t>(facts_.points)},
                {"version", facts_.version},
                {"format_point", std::int64_t{facts_.point_format}},
                {"compresse", facts_.compressed},
                {"altitude_min", facts_.min[2]},
                {"altitude_max", facts_.max[2]},
                {"date_fichier", text(facts_.date)},
                {"logiciel", text(facts_.software)},
                {"taille", static_cast<std::int64_t>(fs::file_size(input_.path))},
                {"empreinte", text(sha256)}};
    }

    Input input_;
    LasFacts facts_;
    std::string sha256_;
    std::vector<SourceLayer> layers_;
};

}  // namespace

std::unique_ptr<Source> open_las_source(const Input& input) {
    return std::make_unique<LasSource>(input);
}

}  // namespace gis::read
