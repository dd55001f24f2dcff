#include "gis/read/coded_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gis/read/convert.hpp"
#include "gis/read/mapping.hpp"

namespace gis::read {

namespace {

using Draws = SurveyCode::Draws;

/// The fields of a survey that lines are made of.
struct CodeFields {
    std::size_t layer = 0;
    std::string code, accuracy, surveyed_at;
};

std::optional<CodeFields> find_code_fields(const Source& source, const Input& input) {
    for (std::size_t i = 0; i < source.layers().size(); ++i) {
        const SourceLayer& layer = source.layers()[i];
        const Mapping* mapping = find_mapping(layer, input.format, input.path.stem().string());
        if (!mapping || mapping->point_code.empty() || !layer.refusal.empty()) continue;
        const auto field_of = [&](const std::string& name) {
            return source_field(*std::ranges::find(mapping->columns, name, &Column::name), layer);
        };
        const std::string code = field_of(mapping->point_code);
        if (has_field(layer, code)) return CodeFields{i, code, field_of("precision_h"), field_of("releve_le")};
    }
    return std::nullopt;
}

std::optional<double> metres_of(Value value) {
    if (!to_number(value, MappingContext{})) return std::nullopt;
    const auto* number = std::get_if<double>(&value);
    return number ? std::optional(*number) : std::nullopt;
}

std::string instant_of(Value value) {
    if (!to_datetime(value, MappingContext{})) return "";
    const auto* text = std::get_if<std::string>(&value);
    return text ? *text : "";
}

class CodedLines final : public Source {
  public:
    CodedLines(std::unique_ptr<Source> points, std::vector<CodedLine> lines, std::int64_t lone,
               const std::vector<SurveyCode>& codes, std::size_t layer)
        : points_(std::move(points)), codes_(codes), layers_(points_->layers()) {
        std::int64_t left_open = 0;
        for (CodedLine& line : lines) {
            const bool wants_area = codes_[line.code].draws == Draws::Area;
            const bool is_area = wants_area && line.closed && line.xy.size() >= 8;
            left_open += wants_area && !is_area ? 1U : 0U;
            drawn_.at(is_area ? 1U : 0U).push_back(std::move(line));
        }
        add_layer("lignes par code", GeometryType::MultiLineString, drawn_[0], layer);
        add_layer("surfaces par code", GeometryType::MultiPolygon, drawn_[1], layer);
        std::vector<std::string>& notes = layers_[layer].notes;
        notes.push_back(fmt::format("{} lignes et {} surfaces tracées d'après les codes des points", drawn_[0].size(),
                                    drawn_[1].size()));
        if (left_open > 0) notes.push_back(fmt::format("{} surfaces non fermées, gardées en lignes", left_open));
        if (lone > 0) notes.push_back(fmt::format("{} points codés seuls de leur ligne", lone));
    }

    const std::vector<SourceLayer>& layers() const override { return layers_; }
    std::int64_t bytes_done() const override { return points_->bytes_done(); }

    void read(std::size_t layer, const std::vector<std::string>& wanted,
              const std::function<void(SourceFeature&)>& take) override {
        if (layer < points_->layers().size()) return points_->read(layer, wanted, take);
        const bool areas = layers_[layer].geometry == GeometryType::MultiPolygon;
        SourceFeature feature;
        for (const CodedLine& line : drawn_.at(areas ? 1U : 0U)) {
            ++feature.number;
            feature.values.clear();
            for (const std::string& name : wanted) feature.values.push_back(value_of(line, name));
            feature.shape.clear();
            feature.shape.kind = areas ? Shape::Kind::Polygon : Shape::Kind::Line;
            feature.shape.xy = line.xy;
            feature.shape.rings = {static_cast<std::uint32_t>(line.xy.size() / 2)};
            if (areas) feature.shape.parts = {1};
            take(feature);
        }
    }

  private:
    Value value_of(const CodedLine& line, const std::string& field) const {
        const SurveyCode& code = codes_[line.code];
        if (field == "numero") return code.code + line.number;
        if (field == "code") return code.code;
        if (field == "titre") return code.title;
        if (field == "points") return static_cast<std::int64_t>(line.xy.size() / 2) - (line.closed ? 1 : 0);
        if (field == "precision_h" && line.accuracy) return *line.accuracy;
        if (field == "releve_le" && !line.surveyed_at.empty()) return line.surveyed_at;
        return {};
    }

    void add_layer(const char* name, GeometryType geometry, const std::vector<CodedLine>& lines, std::size_t points) {
        if (lines.empty()) return;
        SourceLayer layer;
        layer.name = name;
        for (const char* field : {"numero", "code", "titre"}) layer.fields.push_back({field, FieldType::Text});
        layer.fields.push_back({"points", FieldType::Integer});
        layer.fields.push_back({"precision_h", FieldType::Number});
        layer.fields.push_back({"releve_le", FieldType::DateTime});
        layer.geometry = geometry;
        layer.crs = layers_[points].crs;
        layer.encoding = layers_[points].encoding;
        layer.count = static_cast<std::int64_t>(lines.size());
        layers_.push_back(std::move(layer));
    }

    std::unique_ptr<Source> points_;
    std::vector<SurveyCode> codes_;
    std::vector<SourceLayer> layers_;
    std::array<std::vector<CodedLine>, 2> drawn_;  // lines, areas
};

}  // namespace

std::unique_ptr<Source> with_coded_lines(std::unique_ptr<Source> source, const Input& input, const Options& options) {
    const auto fields = find_code_fields(*source, input);
    if (!fields) return source;
    LineBuilder builder;
    source->read(fields->layer, {fields->code, fields->accuracy, fields->surveyed_at}, [&](SourceFeature& feature) {
        if (!feature.defect.empty() || feature.shape.kind != Shape::Kind::Point || feature.shape.xy.size() != 2) return;
        Value code = feature.values[0];
        to_text(code, MappingContext{});
        const auto* text = std::get_if<std::string>(&code);
        const auto said = text ? parse_point_code(*text, options.codes) : std::nullopt;
        if (said)
            builder.add(*said, feature.shape.xy[0], feature.shape.xy[1], metres_of(feature.values[1]),
                        instant_of(feature.values[2]));
    });
    std::vector<CodedLine> lines = builder.finish();
    if (lines.empty()) return source;
    return std::make_unique<CodedLines>(std::move(source), std::move(lines), builder.lone(), options.codes,
                                        fields->layer);
}

}  // namespace gis::read
