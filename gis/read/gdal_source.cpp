#include "gis/read/gdal_source.hpp"

#include <fmt/format.h>
#include <ogrsf_frmts.h>

#include <algorithm>
#include <fstream>

#include "gis/error.hpp"
#include "gis/read/edigeo_check.hpp"
#include "gis/read/gdal_session.hpp"
#include "gis/read/geopackage_check.hpp"
#include "gis/read/geopackage_rows.hpp"
#include "gis/read/ogr_shape.hpp"
#include "gis/read/ogr_value.hpp"
#include "gis/read/shapefile_check.hpp"
#include "gis/read/start_times.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

FieldType field_type(const OGRFieldDefn& field) {
    switch (field.GetType()) {
        case OFTInteger:
            return field.GetSubType() == OFSTBoolean ? FieldType::Boolean : FieldType::Integer;
        case OFTInteger64:
            return FieldType::Integer;
        case OFTReal:
            return FieldType::Number;
        case OFTDate:
            return FieldType::Date;
        case OFTDateTime:
            return FieldType::DateTime;
        default:
            return FieldType::Text;
    }
}

std::optional<GeometryType> geometry_type(OGRwkbGeometryType type) {
    switch (wkbFlatten(type)) {
        case wkbNone:
            return std::nullopt;
        case wkbPoint:
            return GeometryType::Point;
        case wkbLineString:
            return GeometryType::LineString;
        case wkbPolygon:
        case wkbCurvePolygon:
            return GeometryType::Polygon;
        case wkbMultiPoint:
            return GeometryType::MultiPoint;
        case wkbMultiLineString:
        case wkbMultiCurve:
            return GeometryType::MultiLineString;
        case wkbMultiPolygon:
        case wkbMultiSurface:
            return GeometryType::MultiPolygon;
        default:
            return GeometryType::Any;
    }
}

std::string wkt_of(const OGRSpatialReference* srs) {
    if (!srs || srs->IsLocal()) return "";
    // What a GeoPackage says when it does not know (srs_id 0 and -1).
    if (const char* name = srs->GetName(); !name || matches(name, "Undefined*")) return "";
    char* text = nullptr;
    const char* const options[] = {"FORMAT=WKT2_2018", nullptr};
    std::string wkt;
    if (srs->exportToWkt(&text, options) == OGRERR_NONE && text) wkt = text;
    CPLFree(text);
    return wkt;
}

class GdalSource final : public Source {
  public:
    GdalSource(Input input, std::unique_ptr<LoneFile> alone, DatasetPtr dataset, std::optional<Encoding> encoding)
        : input_(std::move(input)), alone_(std::move(alone)), dataset_(std::move(dataset)), encoding_(encoding) {
        for (int i = 0; i < data()->GetLayerCount(); ++i) describe(data()->GetLayer(i));
    }

    std::vector<SourceLayer>& editable_layers() { return layers_; }
    const std::vector<SourceLayer>& layers() const override { return layers_; }

    void read(std::size_t layer_index, const std::vector<std::string>& wanted,
              const std::function<void(SourceFeature&)>& take) override {
        OGRLayer* layer = data()->GetLayer(static_cast<int>(layer_index));
        if (input_.format == Format::GeoPackage) return read_rows(*layer, layers_[layer_index], wanted, take);
        const auto fields = find_fields(layers_[layer_index], wanted);
        ignore_others(layer, fields);
        const GdalMessages messages;
        layer->ResetReading();
        SourceFeature feature;
        feature.values.resize(wanted.size());
        while (const std::unique_ptr<OGRFeature> row{layer->GetNextFeature()}) {
            ++feature.number;
            feature.defect = fill_shape(row->GetGeometryRef(), feature.shape);
            if (feature.defect.empty() && is_nan_point(row->GetGeometryRef())) {
                feature.defect = "une coordonnée n'est pas un nombre fini";
            }
            feature.defect_field.clear();
            for (std::size_t i = 0; i < fields.size(); ++i) feature.values[i] = value(*row, fields[i], feature);
            take(feature);
        }
        if (messages.failed()) {
            throw InvalidRequest(
                input_.shown_name,
                fmt::format("le fichier s'interrompt après {} objets ; envoyez-le de nouveau", feature.number));
        }
    }

  private:
    GDALDataset* data() const { return static_cast<GDALDataset*>(dataset_.get()); }

    std::string decoded(const char* text) const {
        if (!encoding_) return text;
        return decode(text, *encoding_).value_or(std::string(text));
    }

    void read_rows(OGRLayer& layer, const SourceLayer& description, const std::vector<std::string>& wanted,
                   const std::function<void(SourceFeature&)>& take) const {
        std::vector<std::optional<SourceField>> fields;
        for (const int index : find_fields(description, wanted)) {
            fields.push_back(index < 0 ? std::nullopt
                                       : std::optional(description.fields[static_cast<std::size_t>(index)]));
        }
        read_geopackage_rows(input_, description.name, layer.GetGeometryColumn(), fields, description.count, take);
    }

    void describe(OGRLayer* layer) {
        SourceLayer description;
        description.name = layer->GetName();
        OGRFeatureDefn* definition = layer->GetLayerDefn();
        for (int i = 0; i < definition->GetFieldCount(); ++i) {
            const OGRFieldDefn* field = definition->GetFieldDefn(i);
            description.fields.push_back({decoded(field->GetNameRef()), field_type(*field)});
        }
        description.geometry = geometry_type(layer->GetGeomType());
        description.crs = wkt_of(layer->GetSpatialRef());
        if (input_.format != Format::GeoPackage && layer->TestCapability(OLCFastFeatureCount)) {
            description.count = layer->GetFeatureCount(FALSE);
        }
        layers_.push_back(std::move(description));
    }

    /// GDAL makes an empty point of a NaN; a shapefile's own "nothing" is no geometry at all.
    bool is_nan_point(const OGRGeometry* geometry) const {
        return input_.format == Format::Shapefile && geometry && geometry->IsEmpty() &&
               wkbFlatten(geometry->getGeometryType()) == wkbPoint;
    }

    static std::vector<int> find_fields(const SourceLayer& layer, const std::vector<std::string>& wanted) {
        std::vector<int> found;
        for (const auto& name : wanted) {
            int index = -1;
            for (std::size_t i = 0; i < layer.fields.size() && index < 0; ++i) {
                if (same_name(layer.fields[i].name, name)) index = static_cast<int>(i);
            }
            found.push_back(index);
        }
        return found;
    }

    static void ignore_others(OGRLayer* layer, const std::vector<int>& wanted) {
        std::vector<const char*> ignored;
        OGRFeatureDefn* definition = layer->GetLayerDefn();
        for (int i = 0; i < definition->GetFieldCount(); ++i) {
            if (std::ranges::find(wanted, i) == wanted.end()) {
                ignored.push_back(definition->GetFieldDefn(i)->GetNameRef());
            }
        }
        ignored.push_back(nullptr);
        layer->SetIgnoredFields(ignored.data());
    }

    Value value(const OGRFeature& row, int field, SourceFeature& feature) const {
        if (field < 0 || !row.IsFieldSetAndNotNull(field)) return std::monostate{};
        const OGRFieldDefn* definition = row.GetFieldDefnRef(field);
        switch (definition->GetType()) {
            case OFTInteger:
                if (definition->GetSubType() == OFSTBoolean) return row.GetFieldAsInteger(field) != 0;
                return std::int64_t{row.GetFieldAsInteger(field)};
            case OFTInteger64:
                return std::int64_t{row.GetFieldAsInteger64(field)};
            case OFTReal:
                return row.GetFieldAsDouble(field);
            case OFTDate:
            case OFTDateTime:
                return time_value(*row.GetRawFieldRef(field),
                                  definition->GetType() == OFTDate ? FieldType::Date : FieldType::DateTime);
            default:
                return text(row, field, feature);
        }
    }

    Value text(const OGRFeature& row, int field, SourceFeature& feature) const {
        std::string_view bytes = row.GetFieldAsString(field);
        if (!encoding_ || *encoding_ == Encoding::Utf8) {
            if (is_valid_utf8(bytes)) return std::string(bytes);
            // A DBF field cut at its width in the middle of a letter: drop that letter only.
            const auto width = static_cast<std::size_t>(row.GetFieldDefnRef(field)->GetWidth());
            for (std::size_t cut = 1; bytes.size() + 3 >= width && cut <= 3 && cut < bytes.size(); ++cut) {
                const auto shorter = bytes.substr(0, bytes.size() - cut);
                if (is_valid_utf8(shorter)) return std::string(shorter);
            }
            throw InvalidRequest(
                input_.shown_name,
                fmt::format("objet {}, champ {} : ce texte n'est pas en UTF-8 ; indiquez l'encodage du "
                            "fichier (par exemple LATIN1)",
                            feature.number, row.GetFieldDefnRef(field)->GetNameRef()));
        }
        return decode(bytes, *encoding_).value_or("");
    }

    Input input_;
    std::unique_ptr<LoneFile> alone_;  // null: opened under its own name
    DatasetPtr dataset_;
    std::optional<Encoding> encoding_;  // of raw bytes; none: GDAL already made UTF-8
    std::vector<SourceLayer> layers_;
};

std::unique_ptr<GdalSource> open_checked(const Input& input, const char* driver,
                                         const std::vector<std::string>& options, std::optional<Encoding> encoding) {
    const GdalMessages messages;
    auto alone = input.format == Format::Pcrs ? std::make_unique<LoneFile>(input.path) : nullptr;
    DatasetPtr dataset = open_with(driver, alone ? alone->name() : input.path.string(), options);
    // GML is looked through when it is opened, and what breaks off is told then only.
    if (!dataset || (input.format == Format::Pcrs && messages.failed())) {
        throw InvalidRequest(input.shown_name, fmt::format("fichier {} illisible ou abîmé ; envoyez-le de nouveau",
                                                           to_string(input.format)));
    }
    return std::make_unique<GdalSource>(input, std::move(alone), std::move(dataset), encoding);
}

std::unique_ptr<Source> open_edigeo(const Input& input) {
    const EdigeoExchange exchange = check_edigeo(input.path, input.shown_name);
    auto source = open_checked(input, "EDIGEO", {}, std::nullopt);
    for (auto& layer : source->editable_layers()) {
        layer.encoding = "ISO-8859-1";
        if (exchange.srid) layer.crs = fmt::format("EPSG:{}", *exchange.srid);
    }
    return source;
}

std::unique_ptr<Source> open_shapefile(const Input& input, const Options& options) {
    const ShapefileFacts facts = check_shapefile(input.path, input.shown_name, options.encoding);
    auto source = open_checked(input, "ESRI Shapefile", {"ENCODING="}, facts.encoding);
    for (auto& layer : source->editable_layers()) {
        layer.encoding = facts.encoding_shown;
        if (!facts.has_geometry) layer.geometry.reset();
        if (facts.has_geometry && layer.geometry) layer.crs = facts.prj;
    }
    return source;
}

std::unique_ptr<Source> open_geopackage(const Input& input) {
    const GeoPackageFacts facts = check_geopackage(input.path, input.shown_name);
    auto source = open_checked(input, "GPKG", {"LIST_ALL_TABLES=NO", "IMMUTABLE=YES"}, std::nullopt);
    for (auto& layer : source->editable_layers()) {
        layer.encoding = "UTF-8";
        if (const auto refused = facts.refused.find(layer.name); refused != facts.refused.end()) {
            layer.refusal = refused->second;
        } else if (const auto count = facts.counts.find(layer.name); count != facts.counts.end()) {
            layer.count = count->second;
        }
    }
    return source;
}

/// What GDAL reads as it is. XML that declares entities is no field file.
std::unique_ptr<Source> open_plain(const Input& input, const char* driver,
                                   const std::vector<std::string>& options = {}) {
    std::ifstream in(input.path, std::ios::binary);
    std::string head(65'536, '\0');
    in.read(head.data(), static_cast<std::streamsize>(head.size()));
    std::erase(head, '\0');  // UTF-16
    if (head.find("<!DOCTYPE") != std::string::npos || head.find("<!ENTITY") != std::string::npos)
        throw InvalidRequest(input.shown_name, "ce XML déclare des entités (DOCTYPE) ; refusé");
    auto source = open_checked(input, driver, options, std::nullopt);
    for (auto& layer : source->editable_layers()) layer.encoding = "UTF-8";
    return source;
}

}  // namespace

std::unique_ptr<Source> open_gdal_source(const Input& input, const Options& options) {
    switch (input.format) {
        case Format::Edigeo:
            return open_edigeo(input);
        case Format::Shapefile:
            return open_shapefile(input, options);
        case Format::GeoPackage:
            return open_geopackage(input);
        case Format::Gpx:
            return with_start_times(open_plain(input, "GPX"));
        case Format::Kml:
            return open_plain(input, "KML");
        case Format::Pcrs:
            return open_plain(input, "GML", {"EXPOSE_GML_ID=YES", "WRITE_GFS=NO", "DOWNLOAD_SCHEMA=NO"});
        case Format::Dxf:
            return open_plain(input, "DXF");
        default:
            throw Error("GDAL does not read " + std::string(to_string(input.format)));
    }
}

}  // namespace gis::read
