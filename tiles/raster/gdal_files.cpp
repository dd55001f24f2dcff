#include "tiles/raster/gdal_files.hpp"

#include <cpl_conv.h>
#include <gdal_frmts.h>
#include <ogr_srs_api.h>

#include <mutex>

namespace raster {

namespace {

/// Blocks that GDAL keeps decoded, in all of the process: some 300 blocks of an orthophoto.
constexpr GIntBig block_cache = GIntBig{256} << 20;

void set_open_options() {
    CPLSetThreadLocalConfigOption("GDAL_DISABLE_READDIR_ON_OPEN", "EMPTY_DIR");
    CPLSetThreadLocalConfigOption("GDAL_PAM_ENABLED", "NO");
}

}  // namespace

void prepare_gdal() {
    static std::once_flag once;
    std::call_once(once, [] {
        CPLSetConfigOption("GDAL_DRIVER_PATH", "disable");
        CPLSetConfigOption("CPL_VSIL_CURL_ALLOWED_FILENAME", "none");
        OSRSetPROJEnableNetwork(0);
        GDALSetCacheMax64(block_cache);
        GDALRegister_GTiff();
        GDALRegister_MEM();
        GDALRegister_WEBP();
    });
}

DatasetPtr open_geotiff(const std::string& path, const std::vector<std::string>& open_options) {
    prepare_gdal();
    set_open_options();
    const char* const drivers[] = {"GTiff", nullptr};
    std::vector<const char*> options;
    for (const std::string& option : open_options) options.push_back(option.c_str());
    options.push_back(nullptr);
    return DatasetPtr(GDALOpenEx(path.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY, drivers, options.data(), nullptr));
}

}  // namespace raster
