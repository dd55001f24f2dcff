#include "tiles/raster/raster_file.hpp"

#include <cpl_string.h>
#include <gdal_alg.h>
#include <gdalwarper.h>
#include <ogr_srs_api.h>

#include <algorithm>
#include <cmath>

#include "gis/error.hpp"
#include "tiles/raster/gdal_files.hpp"

namespace raster {

namespace {

constexpr double largest_error = 0.125;  // pixels, of the transformation between the points where it is exact
constexpr const char* unreadable = "the raster cannot be read";

struct TransformerCloser {
    void operator()(void* transformer) const { GDALDestroyGenImgProjTransformer(transformer); }
};
struct ApproximationCloser {
    void operator()(void* transformer) const { GDALDestroyApproxTransformer(transformer); }
};
struct WarpOptionsCloser {
    void operator()(GDALWarpOptions* options) const { GDALDestroyWarpOptions(options); }
};
struct OperationCloser {
    void operator()(void* operation) const { GDALDestroyWarpOperation(operation); }
};
struct TransformationCloser {
    void operator()(void* transformation) const { OCTDestroyCoordinateTransformation(transformation); }
};
struct SystemCloser {
    void operator()(void* system) const { OSRDestroySpatialReference(system); }
};
using TransformerPtr = std::unique_ptr<void, TransformerCloser>;
using WarpOptionsPtr = std::unique_ptr<GDALWarpOptions, WarpOptionsCloser>;

TransformerPtr to_mercator(GDALDatasetH dataset) {
    const char* const options[] = {"DST_SRS=EPSG:3857", nullptr};
    return TransformerPtr(GDALCreateGenImgProjTransformer2(dataset, nullptr, const_cast<char**>(options)));
}

bool is_real_number(GDALDataType type) {
    return type == GDT_Byte || type == GDT_UInt16 || type == GDT_Int16 || type == GDT_UInt32 || type == GDT_Int32 ||
           type == GDT_Float32 || type == GDT_Float64;
}

/// Where a tile is drawn: the samples of its bands, and how opaque each pixel is.
class Canvas {
  public:
    Canvas(int size, int colours, GDALDataType type)
        : size_(size),
          colours_(colours),
          bytes_(type == GDT_Byte ? pixels() * static_cast<std::size_t>(colours) : 0),
          reals_(type == GDT_Byte ? 0 : pixels() * static_cast<std::size_t>(colours)),
          opacity_(pixels()),
          dataset_(GDALCreate(GDALGetDriverByName("MEM"), "", size, size, 0, GDT_Byte, nullptr)) {
        for (std::size_t band = 0; band < static_cast<std::size_t>(colours); ++band) {
            if (type == GDT_Byte) {
                add(GDT_Byte, bytes_.data() + band * pixels());
            } else {
                add(GDT_Float32, reals_.data() + band * pixels());
            }
        }
        // A float band's opacity would count to the greatest float: it is a band of bytes.
        add(GDT_Byte, opacity_.data());
    }

    GDALDatasetH dataset() const { return dataset_.get(); }
    Image painted(const Style& style) const;

  private:
    std::size_t pixels() const { return static_cast<std::size_t>(size_) * static_cast<std::size_t>(size_); }

    void add(GDALDataType type, void* memory) {
        char address[40] = {};
        address[CPLPrintPointer(address, memory, sizeof address - 1)] = '\0';
        const std::string option = std::string("DATAPOINTER=") + address;
        const char* const options[] = {option.c_str(), nullptr};
        GDALAddBand(dataset_.get(), type, const_cast<char**>(options));
    }

    double sample(std::size_t band, std::size_t pixel) const {
        const std::size_t place = band * pixels() + pixel;
        return bytes_.empty() ? static_cast<double>(reals_[place]) : bytes_[place];
    }

    int size_;
    int colours_;
    std::vector<std::uint8_t> bytes_;
    std::vector<float> reals_;
    std::vector<std::uint8_t> opacity_;
    DatasetPtr dataset_;
};

Image Canvas::painted(const Style& style) const {
    Image image(size_, size_);
    const double low = style.stretch ? (*style.stretch)[0] : 0;
    const double high = style.stretch ? (*style.stretch)[1] : 255;
    const double span = high == low ? 1 : high - low;
    const bool as_it_is = style.palette == nullptr && !style.stretch && !bytes_.empty();
    for (std::size_t pixel = 0; pixel < pixels(); ++pixel) {
        std::uint8_t* out = image.rgba.data() + pixel * 4;
        if (opacity_[pixel] == 0) continue;
        if (style.palette != nullptr) {
            const Colour& colour = style.palette->at((sample(0, pixel) - low) / span);
            std::ranges::copy(colour, out);
        } else {
            for (std::size_t c = 0; c < 3; ++c) {
                const std::size_t band = colours_ == 3 ? c : 0;
                out[c] = as_it_is ? bytes_[band * pixels() + pixel]
                                  : static_cast<std::uint8_t>(
                                        std::lround(std::clamp((sample(band, pixel) - low) / span, 0.0, 1.0) * 255));
            }
        }
        out[3] = opacity_[pixel];
    }
    return image;
}

}  // namespace

/// The raster itself (-1) or one of its overviews.
struct RasterFile::Level {
    DatasetPtr dataset;
    TransformerPtr transformer;
};

struct RasterFile::Open {
    std::string path;
    int width = 0;
    int height = 0;
    int colours = 1;
    int alpha_band = 0;
    GDALDataType type = GDT_Byte;
    std::optional<double> nodata;
    double scale = 1;  // of samples to values
    double offset = 0;
    double resolution = 0;
    std::array<double, 4> bounds{};
    std::vector<double> ratios;                  // pixels of the raster in one of each overview
    std::vector<std::unique_ptr<Level>> levels;  // the raster first
    std::unique_ptr<void, TransformationCloser> from_degrees;
    std::array<double, 6> to_pixel{};

    GDALDatasetH raster() const { return levels.front()->dataset.get(); }

    void read_bands() {
        const int bands = GDALGetRasterCount(raster());
        if (bands == 0) throw gis::Unavailable(unreadable);
        if (GDALGetRasterColorInterpretation(GDALGetRasterBand(raster(), bands)) == GCI_AlphaBand && bands > 1)
            alpha_band = bands;
        colours = bands - (alpha_band > 0 ? 1 : 0) >= 3 ? 3 : 1;
        const GDALRasterBandH first = GDALGetRasterBand(raster(), 1);
        type = GDALGetRasterDataType(first);
        if (!is_real_number(type)) throw gis::Unavailable("the raster's samples are no real numbers");
        int has = 0;
        const double value = GDALGetRasterNoDataValue(first, &has);
        if (has != 0) nodata = value;
        offset = GDALGetRasterOffset(first, nullptr);
        if (const double said = GDALGetRasterScale(first, nullptr); said != 0) scale = said;
        for (int i = 0; i < GDALGetOverviewCount(first); ++i)
            ratios.push_back(static_cast<double>(width) / GDALGetRasterBandXSize(GDALGetOverview(first, i)));
    }

    void find_place() {
        std::array<double, 6> transform{};
        if (GDALGetGeoTransform(raster(), transform.data()) != CE_None ||
            GDALInvGeoTransform(transform.data(), to_pixel.data()) == 0)
            throw gis::Unavailable("the raster has no place on the ground");
        levels.front()->transformer = to_mercator(raster());
        int columns = 0;
        int rows = 0;
        std::array<double, 6> suggested{};
        if (!levels.front()->transformer ||
            GDALSuggestedWarpOutput2(raster(), GDALGenImgProjTransform, levels.front()->transformer.get(),
                                     suggested.data(), &columns, &rows, bounds.data(), 0) != CE_None)
            throw gis::Unavailable("the raster has no place on the ground");
        resolution = suggested[1];
        const std::unique_ptr<void, SystemCloser> degrees(OSRNewSpatialReference(nullptr));
        OSRImportFromEPSG(degrees.get(), 4326);
        OSRSetAxisMappingStrategy(degrees.get(), OAMS_TRADITIONAL_GIS_ORDER);
        from_degrees.reset(OCTNewCoordinateTransformation(degrees.get(), GDALGetSpatialRef(raster())));
    }
};

RasterFile::RasterFile(const std::string& path) : open_(std::make_unique<Open>()) {
    const GdalMessages quiet;
    open_->path = path;
    auto whole = std::make_unique<Level>();
    whole->dataset = open_geotiff(path);
    if (!whole->dataset) throw gis::Unavailable(unreadable);
    open_->width = GDALGetRasterXSize(whole->dataset.get());
    open_->height = GDALGetRasterYSize(whole->dataset.get());
    open_->levels.push_back(std::move(whole));
    open_->read_bands();
    open_->levels.resize(open_->ratios.size() + 1);
    open_->find_place();
}

RasterFile::~RasterFile() {
    const GdalMessages quiet;
    open_.reset();
}

int RasterFile::width() const {
    return open_->width;
}
int RasterFile::height() const {
    return open_->height;
}
int RasterFile::colours() const {
    return open_->colours;
}
bool RasterFile::has_bytes() const {
    return open_->type == GDT_Byte;
}
double RasterFile::mercator_resolution() const {
    return open_->resolution;
}
const std::array<double, 4>& RasterFile::mercator_bounds() const {
    return open_->bounds;
}

/// The coarsest level that is not coarser than what is asked: gdalwarp's choice.
RasterFile::Level& RasterFile::level_for(double resolution) {
    const double wanted = resolution / open_->resolution;
    std::size_t chosen = 0;
    if (wanted > 1) {
        for (; chosen < open_->ratios.size(); ++chosen) {
            const double ratio = chosen == 0 ? 1.0 : open_->ratios[chosen - 1];
            const double next = open_->ratios[chosen];
            if (ratio < wanted && next > wanted) break;
            if (std::abs(ratio - wanted) < 0.1) break;
        }
    }
    std::unique_ptr<Level>& level = open_->levels[chosen];
    if (level) return *level;
    auto opened = std::make_unique<Level>();
    opened->dataset = open_geotiff(open_->path, {"OVERVIEW_LEVEL=" + std::to_string(chosen - 1)});
    if (opened->dataset) opened->transformer = to_mercator(opened->dataset.get());
    if (!opened->transformer) throw gis::Unavailable(unreadable);
    level = std::move(opened);
    return *level;
}

Image RasterFile::draw(tiles::TileCoord coord, int size, const Style& style) {
    const std::array<double, 4> box = tiles::tile_bounds(coord);
    const double resolution = (box[2] - box[0]) / size;
    const auto& bounds = open_->bounds;
    if (box[0] > bounds[2] + resolution || box[2] < bounds[0] - resolution || box[1] > bounds[3] + resolution ||
        box[3] < bounds[1] - resolution)
        return Image(size, size);
    const GdalMessages quiet;
    Level& level = level_for(resolution);
    const Canvas canvas(size, open_->colours, open_->type == GDT_Byte ? GDT_Byte : GDT_Float32);
    const std::array<double, 6> place{box[0], resolution, 0, box[3], 0, -resolution};
    GDALSetGenImgProjTransformerDstGeoTransform(level.transformer.get(), place.data());
    const std::unique_ptr<void, ApproximationCloser> near(
        GDALCreateApproxTransformer(GDALGenImgProjTransform, level.transformer.get(), largest_error));
    const WarpOptionsPtr options(GDALCreateWarpOptions());
    options->hSrcDS = level.dataset.get();
    options->hDstDS = canvas.dataset();
    options->eResampleAlg = GRA_Bilinear;
    options->eWorkingDataType = open_->type == GDT_Byte ? GDT_Byte : GDT_Float32;
    options->pfnTransformer = GDALApproxTransform;
    options->pTransformerArg = near.get();
    options->nBandCount = open_->colours;
    options->panSrcBands = static_cast<int*>(CPLMalloc(sizeof(int) * 3));
    options->panDstBands = static_cast<int*>(CPLMalloc(sizeof(int) * 3));
    for (int band = 0; band < open_->colours; ++band)
        options->panSrcBands[band] = options->panDstBands[band] = band + 1;
    options->nSrcAlphaBand = open_->alpha_band;
    options->nDstAlphaBand = open_->colours + 1;
    options->papszWarpOptions = CSLSetNameValue(options->papszWarpOptions, "INIT_DEST", "0");
    options->papszWarpOptions = CSLSetNameValue(options->papszWarpOptions, "DST_ALPHA_MAX", "255");
    options->papszWarpOptions = CSLSetNameValue(options->papszWarpOptions, "SKIP_NOSOURCE", "YES");
    if (open_->nodata) {
        GDALWarpInitSrcNoDataReal(options.get(), *open_->nodata);
        options->papszWarpOptions = CSLSetNameValue(options->papszWarpOptions, "UNIFIED_SRC_NODATA", "YES");
    }
    const std::unique_ptr<void, OperationCloser> operation(GDALCreateWarpOperation(options.get()));
    if (!operation || GDALChunkAndWarpImage(operation.get(), 0, 0, size, size) != CE_None)
        throw gis::Unavailable(unreadable);
    Style in_samples = style;
    if (in_samples.stretch) {
        for (double& value : *in_samples.stretch) value = (value - open_->offset) / open_->scale;
    }
    return canvas.painted(in_samples);
}

std::optional<double> RasterFile::value_at(double longitude, double latitude) {
    const GdalMessages quiet;
    double x = longitude;
    double y = latitude;
    if (!open_->from_degrees || OCTTransform(open_->from_degrees.get(), 1, &x, &y, nullptr) == 0) return std::nullopt;
    const auto& to = open_->to_pixel;
    const double column = std::floor(to[0] + to[1] * x + to[2] * y);
    const double row = std::floor(to[3] + to[4] * x + to[5] * y);
    if (!(column >= 0 && row >= 0 && column < open_->width && row < open_->height)) return std::nullopt;
    const GDALRasterBandH band = GDALGetRasterBand(open_->raster(), 1);
    double value = 0;
    std::uint8_t seen = 0;
    const auto at = [&](GDALRasterBandH from, void* out, GDALDataType type) {
        return GDALRasterIO(from, GF_Read, static_cast<int>(column), static_cast<int>(row), 1, 1, out, 1, 1, type, 0,
                            0) == CE_None;
    };
    if (!at(band, &value, GDT_Float64) || !at(GDALGetMaskBand(band), &seen, GDT_Byte))
        throw gis::Unavailable(unreadable);
    if (seen == 0 || !std::isfinite(value)) return std::nullopt;
    return value * open_->scale + open_->offset;
}

}  // namespace raster
