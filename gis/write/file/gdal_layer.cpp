#include "gis/write/file/gdal_layer.hpp"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <ogr_srs_api.h>
#include <ogrsf_frmts.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <mutex>

#include "gis/error.hpp"
#include "gis/gdal_messages.hpp"

namespace gis {

namespace {

class StringList {
  public:
    void set(const std::string& name, const std::string& value) {
        list_ = CSLSetNameValue(list_, name.c_str(), value.c_str());
    }
    char** get() const { return list_; }
    StringList() = default;
    ~StringList() { CSLDestroy(list_); }
    StringList(const StringList&) = delete;
    StringList& operator=(const StringList&) = delete;

  private:
    char** list_ = nullptr;
};

OGRFieldType ogr_field_type(FieldType type, bool times_as_text) {
    switch (type) {
        case FieldType::Integer:
            return OFTInteger64;
        case FieldType::Number:
            return OFTReal;
        case FieldType::Boolean:
            return OFTInteger;
        case FieldType::Date:
            return OFTDate;
        case FieldType::DateTime:
            return times_as_text ? OFTString : OFTDateTime;
        case FieldType::Text:
            return OFTString;
    }
    return OFTString;
}

void create_field(OGRLayerH layer, const std::string& name, const std::string& title, FieldType type,
                  bool times_as_text) {
    OGRFieldDefnH field = OGR_Fld_Create(name.c_str(), ogr_field_type(type, times_as_text));
    if (type == FieldType::Boolean) OGR_Fld_SetSubType(field, OFSTBoolean);
    if (!title.empty() && title != name) OGR_Fld_SetAlternativeName(field, title.c_str());
    const OGRErr error = OGR_L_CreateField(layer, field, TRUE);
    OGR_Fld_Destroy(field);
    require_written(error == OGRERR_NONE, "field " + name);
}

int number_in(std::string_view text, std::size_t begin, std::size_t size) {
    int value = 0;
    if (text.size() >= begin + size) std::from_chars(text.data() + begin, text.data() + begin + size, value);
    return value;
}

}  // namespace

void register_file_drivers() {
    static std::once_flag once;
    std::call_once(once, [] {
        CPLSetConfigOption("GDAL_DRIVER_PATH", "disable");
        CPLSetConfigOption("PROJ_NETWORK", "OFF");
        RegisterOGRShape();
        RegisterOGRGeoPackage();
        RegisterOGRFlatGeobuf();
    });
}

void require_written(bool done, const std::string& what) {
    if (!done) throw Unavailable("the file cannot be written: " + what + ": " + CPLGetLastErrorMsg());
}

OGRwkbGeometryType ogr_type(GeometryType type) {
    switch (type) {
        case GeometryType::Point:
            return wkbPoint;
        case GeometryType::LineString:
            return wkbLineString;
        case GeometryType::Polygon:
            return wkbPolygon;
        case GeometryType::MultiPoint:
            return wkbMultiPoint;
        case GeometryType::MultiLineString:
            return wkbMultiLineString;
        case GeometryType::MultiPolygon:
            return wkbMultiPolygon;
        case GeometryType::Any:
            return wkbUnknown;
    }
    return wkbUnknown;
}

GdalLayer::GdalLayer(const FeatureOutput& output, const Options& options)
    : times_as_text_(options.times_as_text), points_as_multi_(options.points_as_multi), path_(options.path.string()) {
    const GdalMessages quiet;
    register_file_drivers();
    GDALDriverH driver = GDALGetDriverByName(options.driver.c_str());
    if (driver == nullptr) throw Unavailable("GDAL has no driver " + options.driver);
    if (output.with_geometry) {
        crs_ = OSRNewSpatialReference(nullptr);
        require_written(OSRImportFromEPSG(crs_, output.crs.srid) == OGRERR_NONE, output.crs.code());
        OSRSetAxisMappingStrategy(crs_, OAMS_TRADITIONAL_GIS_ORDER);
    }
    const char* const drivers[] = {options.driver.c_str(), nullptr};
    dataset_ = options.adds_to_file
                   ? GDALOpenEx(path_.c_str(), GDAL_OF_VECTOR | GDAL_OF_UPDATE, drivers, nullptr, nullptr)
                   : GDALCreate(driver, path_.c_str(), 0, 0, 0, GDT_Unknown, nullptr);
    require_written(dataset_ != nullptr, options.driver);
    StringList layer_options;
    for (const auto& [name, value] : options.layer_options) layer_options.set(name, value);
    OGRwkbGeometryType type = output.with_geometry ? ogr_type(options.geometry_type) : wkbNone;
    if (options.has_heights && output.with_geometry) type = OGR_GT_SetZ(type);
    layer_ = GDALDatasetCreateLayer(dataset_, options.layer_name.c_str(), crs_, type, layer_options.get());
    require_written(layer_ != nullptr, options.layer_name);
    for (const auto& [name, value] : options.layer_metadata)
        GDALSetMetadataItem(layer_, name.c_str(), value.c_str(), nullptr);
    with_id_ = true;
    for (const Field* field : output.fields) with_id_ = with_id_ && field->name != output.layer->id_column;
    if (with_id_) create_field(layer_, output.layer->id_column, "", FieldType::Text, false);
    for (std::size_t i = 0; i < output.fields.size(); ++i) {
        const Field& field = *output.fields[i];
        create_field(layer_, options.field_names.at(i), field.title, field.type, times_as_text_);
        types_.push_back(field.type);
    }
    GDALDatasetStartTransaction(dataset_, FALSE);
}

GdalLayer::~GdalLayer() {
    const GdalMessages quiet;
    if (dataset_ != nullptr) GDALClose(dataset_);
    if (crs_ != nullptr) OSRRelease(crs_);
}

void GdalLayer::set_value(OGRFeatureH feature, int index, FieldType type, const Scalar& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        OGR_F_SetFieldInteger64(feature, index, *whole);
    } else if (const auto* number = std::get_if<double>(&value)) {
        OGR_F_SetFieldDouble(feature, index, *number);
    } else if (const auto* flag = std::get_if<bool>(&value)) {
        OGR_F_SetFieldInteger(feature, index, *flag ? 1 : 0);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
        const bool is_time = type == FieldType::Date || (type == FieldType::DateTime && !times_as_text_);
        if (!is_time) {
            OGR_F_SetFieldString(feature, index, std::string(*text).c_str());
            return;
        }
        // "2026-01-31T12:00:00.000Z"; years of other than four digits and "infinity" have no place in the files.
        if (text->size() < 10 || (*text)[4] != '-') return;
        double seconds = 0;
        if (text->size() >= 23) seconds = number_in(*text, 17, 2) + number_in(*text, 20, 3) / 1000.0;
        constexpr int utc = 100;
        OGR_F_SetFieldDateTimeEx(feature, index, number_in(*text, 0, 4), number_in(*text, 5, 2), number_in(*text, 8, 2),
                                 number_in(*text, 11, 2), number_in(*text, 14, 2), static_cast<float>(seconds), utc);
    } else {
        OGR_F_SetFieldNull(feature, index);
    }
}

void GdalLayer::write(const Feature& feature) {
    const std::unique_ptr<OGRFeature> made(new OGRFeature(OGRLayer::FromHandle(layer_)->GetLayerDefn()));
    OGRFeatureH handle = OGRFeature::ToHandle(made.get());
    int index = 0;
    if (with_id_) OGR_F_SetFieldString(handle, index++, std::string(feature.id).c_str());
    for (std::size_t i = 0; i < types_.size(); ++i) set_value(handle, index++, types_[i], feature.values[i]);
    if (!feature.wkb.empty() && crs_ != nullptr) {
        OGRGeometryH geometry = nullptr;
        const OGRErr error =
            OGR_G_CreateFromWkb(feature.wkb.data(), crs_, &geometry, static_cast<int>(feature.wkb.size()));
        require_written(error == OGRERR_NONE, "geometry of " + std::string(feature.id));
        const bool is_single = wkbFlatten(OGR_G_GetGeometryType(geometry)) == wkbPoint;
        if (points_as_multi_ && is_single) geometry = OGR_G_ForceToMultiPoint(geometry);
        OGR_F_SetGeometryDirectly(handle, geometry);
    }
    require_written(OGR_L_CreateFeature(layer_, handle) == OGRERR_NONE, std::string(feature.id));
}

void GdalLayer::close() {
    GdalMessages messages;
    GDALDatasetCommitTransaction(dataset_);
    GDALClose(dataset_);
    dataset_ = nullptr;
    if (messages.failed()) throw Unavailable("the file cannot be written: " + messages.failure());
}

}  // namespace gis
