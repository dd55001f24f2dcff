#include "gis/read/landxml_source.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <pugixml.hpp>
#include <set>
#include <utility>

#include "gis/error.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

constexpr std::uintmax_t largest_file = 300'000'000;
constexpr std::array point_fields{"name", "code", "desc", "altitude"};

std::string_view element_name(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    const std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child(const pugi::xml_node& parent, std::string_view name) {
    for (const pugi::xml_node& node : parent.children()) {
        if (element_name(node) == name) return node;
    }
    return {};
}

/// The numbers of "6399036.78 148078.62 1.85".
std::vector<double> numbers_of(std::string_view text) {
    std::vector<double> numbers;
    for (text = trimmed(text); !text.empty() && numbers.size() < 4; text = trimmed(text)) {
        double number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || !std::isfinite(number)) return {};
        numbers.push_back(number);
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    }
    return numbers;
}

class LandXmlSource final : public Source {
  public:
    explicit LandXmlSource(Input input) : input_(std::move(input)) {
        if (std::filesystem::file_size(input_.path) > largest_file)
            throw InvalidRequest(input_.shown_name, "un fichier LandXML de plus de 300 Mo n'est pas lu ; découpez-le");
        const pugi::xml_parse_result parsed = document_.load_file(input_.path.c_str());
        const pugi::xml_node root = document_.document_element();
        if (!parsed || element_name(root) != "LandXML")
            throw InvalidRequest(
                input_.shown_name,
                fmt::format("fichier LandXML abîmé à l'octet {} ; envoyez-le de nouveau", parsed.offset));
        refuse_other_units(root);
        const std::string code = child(root, "CoordinateSystem").attribute("epsgCode").value();
        const std::string crs = code.empty() ? "" : "EPSG:" + code;
        for (const pugi::xml_node& node : root.children()) {
            if (element_name(node) == "CgPoints") add_layer("CgPoints", node, crs);
        }
        for (const pugi::xml_node& surface : child(root, "Surfaces").children()) {
            const pugi::xml_node points = child(child(surface, "Definition"), "Pnts");
            if (points) add_layer(surface.attribute("name").value(), points, crs);
        }
        if (layers_.empty())
            throw InvalidRequest(input_.shown_name, "ce fichier LandXML ne contient aucun point (CgPoints, surfaces)");
    }

    const std::vector<SourceLayer>& layers() const override { return layers_; }

    void read(std::size_t layer, const std::vector<std::string>& wanted,
              const std::function<void(SourceFeature&)>& take) override {
        SourceFeature feature;
        feature.values.resize(wanted.size());
        for (const pugi::xml_node& group : groups_.at(layer)) {
            for (const pugi::xml_node& point : group.children()) {
                const std::string_view name = element_name(point);
                if (name != "CgPoint" && name != "P") continue;
                // One that only repeats another.
                if (point.attribute("pntRef") && trimmed(point.child_value()).empty()) continue;
                ++feature.number;
                fill(feature, point, wanted);
                take(feature);
            }
        }
    }

  private:
    void refuse_other_units(const pugi::xml_node& root) const {
        const pugi::xml_node units = child(root, "Units");
        const std::string unit = child(units, "Metric").attribute("linearUnit").value();
        if (!units || unit == "meter") return;
        throw InvalidRequest(input_.shown_name, fmt::format("coordonnées en mètres attendues, le fichier est en « {} »",
                                                            unit.empty() ? "unités impériales" : unit));
    }

    void add_layer(const std::string& given, const pugi::xml_node& points, const std::string& crs) {
        const std::string name = given.empty() ? "surface" : given;
        // Several groups of surveyed points are one layer, surfaces of one name are not.
        if (name == "CgPoints" && !layers_.empty()) {
            groups_.front().push_back(points);
            return;
        }
        SourceLayer layer;
        layer.name = name;
        for (int n = 2; !taken_.insert(layer.name).second; ++n) layer.name = fmt::format("{}_{}", name, n);
        for (const char* field : point_fields)
            layer.fields.push_back(
                {field, std::string_view(field) == "altitude" ? FieldType::Number : FieldType::Text});
        layer.geometry = GeometryType::Point;
        layer.crs = crs;
        layer.encoding = "UTF-8";
        layers_.push_back(std::move(layer));
        groups_.push_back({points});
    }

    static Value value_of(const pugi::xml_node& point, std::string_view field, const std::vector<double>& position) {
        if (field == "altitude") return position.size() > 2 ? Value(position[2]) : Value();
        std::string text = point.attribute(std::string(field).c_str()).value();
        if (text.empty() && field == "name") text = point.attribute("id").value();
        return text.empty() ? Value() : Value(std::move(text));
    }

    static void fill(SourceFeature& feature, const pugi::xml_node& point, const std::vector<std::string>& wanted) {
        feature.defect.clear();
        feature.shape.clear();
        const std::vector<double> position = numbers_of(point.child_value());
        for (std::size_t i = 0; i < wanted.size(); ++i) feature.values[i] = value_of(point, wanted[i], position);
        if (position.size() < 2) {
            feature.defect = fmt::format("« {} » n'est pas une position (nord, est, altitude)",
                                         std::string_view(point.child_value()).substr(0, 40));
            return;
        }
        feature.shape.kind = Shape::Kind::Point;
        feature.shape.xy = {position[1], position[0]};
    }

    Input input_;
    pugi::xml_document document_;
    std::vector<SourceLayer> layers_;
    std::vector<std::vector<pugi::xml_node>> groups_;  // of points, for each layer
    std::set<std::string> taken_;
};

}  // namespace

std::unique_ptr<Source> open_landxml_source(const Input& input) {
    return std::make_unique<LandXmlSource>(input);
}

}  // namespace gis::read
