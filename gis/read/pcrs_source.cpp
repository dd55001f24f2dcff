#include "gis/read/pcrs_source.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "gis/error.hpp"
#include "gis/read/gdal_source.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

/// Classes of the standard that have a geometry of their own, without the suffix PCRS.
constexpr std::array<std::string_view, 20> pcrs_classes{"LimiteVoirie",
                                                        "MarcheEscalier",
                                                        "Facade",
                                                        "Mur",
                                                        "Seuil",
                                                        "Rail",
                                                        "Arbre",
                                                        "Pilier",
                                                        "QuaiRail",
                                                        "PointCanevas",
                                                        "PointLeve",
                                                        "NumeroVoirie",
                                                        "EmpriseEchange",
                                                        "PilierRegulier",
                                                        "PilierParticulier",
                                                        "AffleurantPoint",
                                                        "AffleurantEnveloppe",
                                                        "AffleurantSymbole",
                                                        "HabillageLignes",
                                                        "HabillageTxt"};

const std::vector<std::string> pcrs_fields{"id",
                                           "lot",
                                           "type",
                                           "idObjet",
                                           "thematique",
                                           "nature",
                                           "reseau",
                                           "gestionnaire",
                                           "reference",
                                           "typeMur",
                                           "precisionPlanimetrique",
                                           "precisionAltimetrique",
                                           "qualiteCategorisation",
                                           "dateLeve",
                                           "producteur"};

/// "FacadePCRS" -> "Facade"; nothing for what is no object of the standard.
std::string class_of(const std::string& layer) {
    constexpr std::string_view suffix = "PCRS";
    if (!layer.ends_with(suffix)) return "";
    std::string name = layer.substr(0, layer.size() - suffix.size());
    return std::ranges::count(pcrs_classes, name) > 0 ? name : "";
}

std::string pcrs_text(const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text ? *text : "";
}

using Attributes = std::map<std::string, Value, std::less<>>;

class PcrsSource final : public Source {
  public:
    explicit PcrsSource(const Input& input) : gml_(open_gdal_source(input, {})), stem_(input.path.stem().string()) {
        bool any = false;
        for (const SourceLayer& layer : gml_->layers()) {
            if (class_of(layer.name).empty()) continue;
            any = true;
            if (layer.crs.empty()) continue;
            if (!crs_.empty() && crs_ != layer.crs)
                throw InvalidRequest(input.shown_name,
                                     "les objets de ce PCRS sont dans plusieurs systèmes de coordonnées ; séparez-les");
            crs_ = layer.crs;
        }
        if (!any)
            throw InvalidRequest(
                input.shown_name,
                "ce fichier PCRS ne contient aucun objet du standard (FacadePCRS, LimiteVoiriePCRS ...)");
        add_layer("points", GeometryType::Point);
        add_layer("lignes", GeometryType::MultiLineString);
        add_layer("surfaces", GeometryType::MultiPolygon);
        read_extent();
        read_affleurants();
    }

    const std::vector<SourceLayer>& layers() const override { return layers_; }

    void read(std::size_t layer, const std::vector<std::string>& wanted,
              const std::function<void(SourceFeature&)>& take) override {
        constexpr std::array kinds{Shape::Kind::Point, Shape::Kind::Line, Shape::Kind::Polygon};
        std::int64_t number = 0;
        for (std::size_t i = 0; i < gml_->layers().size(); ++i) {
            const std::string type = class_of(gml_->layers()[i].name);
            if (type.empty()) continue;
            const std::vector<std::string> fields = own_fields();
            gml_->read(i, fields, [&](SourceFeature& feature) {
                // What has no usable shape is told once, among the lines.
                if (feature.shape.kind != kinds.at(layer) && (feature.shape.kind != Shape::Kind::None || layer != 1))
                    return;
                const Attributes attributes = attributes_of(type, fields, feature.values);
                SourceFeature object;
                object.number = ++number;
                for (const std::string& name : wanted) {
                    const auto found = attributes.find(name);
                    object.values.push_back(found == attributes.end() ? Value() : found->second);
                }
                object.shape = std::move(feature.shape);
                object.defect = std::move(feature.defect);
                take(object);
            });
        }
    }

  private:
    static std::vector<std::string> own_fields() {
        std::vector<std::string> fields(pcrs_fields.begin() + 3, pcrs_fields.end());
        fields.insert(fields.end(), {"gml_id", "idHabillage"});
        return fields;
    }

    void add_layer(const char* name, GeometryType geometry) {
        SourceLayer layer;
        layer.name = name;
        for (const std::string& field : pcrs_fields) layer.fields.push_back({field, FieldType::Text});
        layer.geometry = geometry;
        layer.crs = crs_;
        layer.encoding = "UTF-8";
        layers_.push_back(std::move(layer));
    }

    /// An affleurant's geometries are known by the objects that link to them; what they say themselves goes before.
    Attributes attributes_of(const std::string& type, const std::vector<std::string>& fields,
                             const std::vector<Value>& values) const {
        Attributes attributes;
        for (std::size_t i = 0; i < fields.size(); ++i) attributes[fields[i]] = values[i];
        const std::string gml_id = pcrs_text(attributes["gml_id"]);
        Value id = attributes["idObjet"];
        if (pcrs_text(id).empty()) id = attributes["idHabillage"];
        if (pcrs_text(id).empty()) id = gml_id;
        if (const auto owner = owners_.find(gml_id); owner != owners_.end()) {
            for (const auto& [name, value] : affleurants_.at(owner->second)) {
                if (std::holds_alternative<std::monostate>(attributes[name])) attributes[name] = value;
            }
        }
        attributes["id"] = id;
        attributes["type"] = type;
        attributes["lot"] = lot_;
        return attributes;
    }

    std::optional<std::size_t> find_layer(std::string_view name) const {
        for (std::size_t i = 0; i < gml_->layers().size(); ++i) {
            if (gml_->layers()[i].name == name) return i;
        }
        return std::nullopt;
    }

    /// The lot is the extent of the exchange where it has one.
    void read_extent() {
        lot_ = stem_;
        const auto extent = find_layer("EmpriseEchangePCRS");
        if (!extent) return;
        gml_->read(*extent, {"idEmprise"}, [&](SourceFeature& feature) {
            if (const std::string id = pcrs_text(feature.values[0]); !id.empty()) lot_ = id;
        });
    }

    /// AffleurantPCRS -> AffleurantGeometriquePCRS -> the geometries.
    void read_affleurants() {
        const auto objects = find_layer("AffleurantPCRS");
        const auto links = find_layer("AffleurantGeometriquePCRS");
        if (!objects || !links) return;
        std::vector<std::string> fields(pcrs_fields.begin() + 3, pcrs_fields.end());
        fields.emplace_back("representation_href");
        gml_->read(*objects, fields, [&](SourceFeature& feature) {
            Attributes attributes;
            for (std::size_t i = 0; i + 1 < fields.size(); ++i) attributes[fields[i]] = feature.values[i];
            affleurants_[target_of(feature.values.back())] = std::move(attributes);
        });
        gml_->read(*links, {"gml_id", "enveloppe_href", "point_href", "symbole_href"}, [&](SourceFeature& feature) {
            const std::string owner = pcrs_text(feature.values[0]);
            if (!affleurants_.contains(owner)) return;
            for (std::size_t i = 1; i < feature.values.size(); ++i) {
                if (const std::string shown = target_of(feature.values[i]); !shown.empty()) owners_[shown] = owner;
            }
        });
    }

    /// "#geom.1" or "geom.1" -> "geom.1".
    static std::string target_of(const Value& link) {
        const std::string text = pcrs_text(link);
        return text.starts_with('#') ? text.substr(1) : text;
    }

    std::unique_ptr<Source> gml_;
    std::string stem_;
    std::string crs_;
    std::string lot_;
    std::vector<SourceLayer> layers_;
    std::map<std::string, Attributes> affleurants_;  // by what represents them
    std::map<std::string, std::string> owners_;      // geometry -> representation
};

}  // namespace

std::unique_ptr<Source> open_pcrs_source(const Input& input) {
    return std::make_unique<PcrsSource>(input);
}

}  // namespace gis::read
