#include "gis/read/gdal_session.hpp"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <fmt/format.h>
#include <gdal_frmts.h>
#include <ogr_srs_api.h>
#include <ogrsf_frmts.h>

#include <atomic>
#include <mutex>

namespace gis::read {

namespace {

/// Only the drivers we read with; and no way out of the file: no VRT code, no network, no plug-in, no neighbour files.
void register_once() {
    static std::once_flag once;
    std::call_once(once, [] {
        CPLSetConfigOption("GDAL_DRIVER_PATH", "disable");
        CPLSetConfigOption("GDAL_VRT_ENABLE_PYTHON", "NO");
        CPLSetConfigOption("CPL_VSIL_CURL_ALLOWED_FILENAME", "none");
        CPLSetConfigOption("PROJ_NETWORK", "OFF");
        OSRSetPROJEnableNetwork(0);
        RegisterOGRShape();
        RegisterOGREDIGEO();
        RegisterOGRGeoPackage();
        RegisterOGRGPX();
        RegisterOGRKML();
        RegisterOGRDXF();
        RegisterOGRGML();
        GDALRegister_JPEG();
        GDALRegister_MEM();
    });
}

void set_thread_options() {
    CPLSetThreadLocalConfigOption("GDAL_DISABLE_READDIR_ON_OPEN", "TRUE");
    // The .prj is matched by ourselves, once per text; GDAL would search PROJ's database for each file.
    CPLSetThreadLocalConfigOption("USE_OSR_FIND_MATCHES", "NO");
    CPLSetThreadLocalConfigOption("OGR_EDIGEO_CREATE_LABEL_LAYERS", "NO");
    CPLSetThreadLocalConfigOption("OGR_SQLITE_LOAD_EXTENSIONS", nullptr);
    CPLSetThreadLocalConfigOption("OGR_SQLITE_PRAGMA", "trusted_schema=OFF");
    // Links between objects of a GML (xlink:href) are read as fields, and followed by nobody.
    CPLSetThreadLocalConfigOption("GML_ATTRIBUTES_TO_OGR_FIELDS", "YES");
    CPLSetThreadLocalConfigOption("GML_SKIP_RESOLVE_ELEMS", "ALL");
    // Sizes of what a single value may take while it is read.
    CPLSetThreadLocalConfigOption("OGR_SQLITE_CACHE", "16");
}

DatasetPtr open_as(unsigned kind, const std::string& driver, const std::string& path,
                   const std::vector<std::string>& open_options) {
    register_once();
    set_thread_options();
    const char* const drivers[] = {driver.c_str(), nullptr};
    std::vector<const char*> options;
    for (const auto& option : open_options) options.push_back(option.c_str());
    options.push_back(nullptr);
    return DatasetPtr(GDALOpenEx(path.c_str(), kind | GDAL_OF_READONLY, drivers, options.data(), nullptr));
}

}  // namespace

LoneFile::LoneFile(const std::filesystem::path& path) {
    static std::atomic<unsigned> count{0};
    description_ = fmt::format("/vsimem/seul-{}.xml", ++count);
    const std::unique_ptr<char, decltype(&VSIFree)> name(CPLEscapeString(path.c_str(), -1, CPLES_XML), &VSIFree);
    const std::string text = fmt::format(
        "<VSISparseFile><SubfileRegion><Filename>{}</Filename><RegionLength>{}</RegionLength></SubfileRegion>"
        "</VSISparseFile>",
        name.get(), std::filesystem::file_size(path));
    VSILFILE* file = VSIFOpenL(description_.c_str(), "wb");
    VSIFWriteL(text.data(), 1, text.size(), file);
    VSIFCloseL(file);
}

LoneFile::~LoneFile() {
    VSIUnlink(description_.c_str());
}

std::string LoneFile::name() const {
    return "/vsisparse/" + description_;
}

DatasetPtr open_with(const std::string& driver, const std::string& path, const std::vector<std::string>& open_options) {
    return open_as(GDAL_OF_VECTOR, driver, path, open_options);
}

DatasetPtr open_image(const std::string& driver, const std::string& path) {
    return open_as(GDAL_OF_RASTER, driver, path, {});
}

}  // namespace gis::read
