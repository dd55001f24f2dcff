#pragma once

#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace test {

struct WrittenFeature {
    std::string name;
    std::string wkt;  ///< empty: no geometry
};

/// Writes a small file through GDAL, with one text field "Nom": what a person's GIS would have made.
inline void write_with_gdal(const std::string& driver, const std::filesystem::path& path, const std::string& layer_name,
                            int epsg, OGRwkbGeometryType type, const std::vector<WrittenFeature>& features,
                            const std::string& field = "Nom") {
    GDALAllRegister();
    GDALDatasetH dataset = GDALCreate(GDALGetDriverByName(driver.c_str()), path.c_str(), 0, 0, 0, GDT_Unknown, nullptr);
    OGRSpatialReferenceH srs = nullptr;
    if (epsg) {
        srs = OSRNewSpatialReference(nullptr);
        OSRImportFromEPSG(srs, epsg);
    }
    OGRLayerH layer = GDALDatasetCreateLayer(dataset, layer_name.c_str(), srs, type, nullptr);
    OGRFieldDefnH definition = OGR_Fld_Create(field.c_str(), OFTString);
    OGR_L_CreateField(layer, definition, TRUE);
    OGR_Fld_Destroy(definition);
    for (const auto& written : features) {
        OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
        OGR_F_SetFieldString(feature, 0, written.name.c_str());
        if (!written.wkt.empty()) {
            std::string text = written.wkt;
            char* cursor = text.data();
            OGRGeometryH geometry = nullptr;
            OGR_G_CreateFromWkt(&cursor, nullptr, &geometry);
            OGR_F_SetGeometryDirectly(feature, geometry);
        }
        if (OGR_L_CreateFeature(layer, feature) != OGRERR_NONE) std::abort();
        OGR_F_Destroy(feature);
    }
    if (srs) OSRRelease(srs);
    GDALClose(dataset);
}

}  // namespace test
