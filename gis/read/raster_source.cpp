#include "gis/read/raster_source.hpp"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <fmt/format.h>
#include <gdal_frmts.h>
#include <gdal_priv.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>

#include "gis/crs/identify.hpp"
#include "gis/error.hpp"
#include "gis/read/raster_view.hpp"
#include "gis/read/text.hpp"
#include "gis/read/tiff_check.hpp"
#include "tiles/raster/gdal_files.hpp"
#include "tiles/raster/raster_file.hpp"

namespace gis::read {

namespace fs = std::filesystem;

namespace {

constexpr const char* raster_fields[] = {"titre",    "unite",    "resolution_m", "largeur",     "hauteur", "bandes",
                                         "type",     "crs",      "minimum",      "maximum",     "bas",     "haut",
                                         "zoom_min", "zoom_max", "fichier",      "date_fichier"};
constexpr int edge_points = 16;                 // of each side of the footprint: an edge is a curve in another CRS
constexpr int looked_at_side = 512;             // pixels, of what the usual stretch is taken from
constexpr double stretch_part = 0.02;           // of the values below and above it
constexpr double equator = 40075016.685578488;  // metres
constexpr int smallest_drawn = 32;              // pixels: a raster that is smaller is not looked for

std::string unit_of(const char* said) {
    const std::string unit = lower(said == nullptr ? "" : said);
    if (unit == "c" || unit == "°c" || unit == "degc" || unit == "celsius" || unit == "deg c" ||
        unit == "degree_celsius")
        return "°C";
    if (unit == "k" || unit == "kelvin") return "K";
    if (unit == "m" || unit == "metre" || unit == "meter" || unit == "metres" || unit == "meters") return "m";
    return unit.substr(0, 20);
}

/// "2026:05:04 10:12:00" as a date; nothing for what is none.
Value day_of(const char* said) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    if (said == nullptr || std::sscanf(said, "%4d:%2u:%2u", &year, &month, &day) != 3) return {};
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
    if (!date.ok() || year < 1900) return {};
    return fmt::format("{:04}-{:02}-{:02}", year, month, day);
}

bool tells_temperature(const std::string& unit, const std::string& stem) {
    const std::string name = lower(stem);
    return unit == "°C" || unit == "K" || name.find("therm") != std::string::npos ||
           name.find("temperature") != std::string::npos;
}

/// The six numbers of a world file beside the image: steps, turns, and the centre of the first pixel.
std::optional<std::array<double, 6>> read_world_file(const fs::path& image) {
    for (const char* extension : {".tfw", ".TFW", ".tifw", ".wld"}) {
        fs::path path = image;
        std::ifstream in(path.replace_extension(extension));
        std::array<double, 6> said{};
        bool sound = true;
        for (double& number : said) {
            std::string line;
            sound = sound && static_cast<bool>(std::getline(in, line));
            std::replace(line.begin(), line.end(), ',', '.');
            char* end = nullptr;
            number = std::strtod(line.c_str(), &end);
            sound = sound && end != line.c_str() && std::isfinite(number);
        }
        if (!sound) continue;
        return std::array{said[4] - said[0] / 2 - said[2] / 2, said[0], said[2],
                          said[5] - said[1] / 2 - said[3] / 2, said[1], said[3]};
    }
    return std::nullopt;
}

/// What GDAL's progress says, to whom it may concern; stops the work when that one asks for it.
struct ProgressTold {
    const Options* options;
    std::int64_t total;
    static int CPL_STDCALL tell(double done, const char*, void* self) {
        const auto& told = *static_cast<ProgressTold*>(self);
        if (told.options->progress)
            told.options->progress(
                {static_cast<std::int64_t>(done * static_cast<double>(told.total)), told.total, "octets"});
        return told.options->stop.stop_requested() ? FALSE : TRUE;
    }
};

class RasterSource final : public Source {
  public:
    RasterSource(Input input, const Options& options) : input_(std::move(input)), options_(options) {
        check_tiff(input_.path, input_.shown_name);
        const GdalMessages quiet;
        dataset_ = raster::open_geotiff(input_.path.string());
        if (!dataset_) refuse("image TIFF illisible ; enregistrez-la de nouveau en GeoTIFF");
        find_place();
        make_plan();
        describe();
    }

    const std::vector<SourceLayer>& layers() const override { return layers_; }

    void read(std::size_t, const std::vector<std::string>& wanted,
              const std::function<void(SourceFeature&)>& take) override {
        SourceFeature feature;
        feature.number = 1;
        feature.shape = footprint();
        if (std::ranges::count(wanted, "fichier") > 0) write();
        for (const std::string& name : wanted) {
            const auto found = facts_.find(name);
            feature.values.push_back(found == facts_.end() ? Value() : found->second);
        }
        take(feature);
    }

  private:
    [[noreturn]] void refuse(const std::string& reason) const { throw InvalidRequest(input_.shown_name, reason); }

    GDALDataset& source() const { return *static_cast<GDALDataset*>(dataset_.get()); }

    void find_place() {
        if (options_.swap_axes) refuse("les axes d'une image ne s'échangent pas ; corrigez son géoréférencement");
        const bool placed = source().GetGeoTransform(place_.data()) == CE_None;
        const auto world = placed ? std::nullopt : read_world_file(input_.path);
        if (world) place_ = *world;
        if (!placed && !world) {
            refuse(
                source().GetGCPCount() > 0
                    ? "l'image n'a que des points d'appui ; redressez-la (QGIS, Géoréférenceur) et déposez le résultat"
                    : "l'image n'est pas géoréférencée : ni coin, ni taille de pixel ; exportez-la en GeoTIFF, "
                      "joignez son fichier .tfw, ou déposez-la comme photo");
        }
        const double area = place_[1] * place_[5] - place_[2] * place_[4];
        if (!std::ranges::all_of(place_, [](double number) { return std::isfinite(number); }) || area == 0)
            refuse("le géoréférencement de l'image est abîmé ; exportez-la de nouveau");
    }

    void make_plan() {
        const int bands = source().GetRasterCount();
        GDALRasterBand* first = source().GetRasterBand(1);
        const GDALDataType type = first->GetRasterDataType();
        if (GDALDataTypeIsComplex(type) != 0 || type == GDT_Unknown)
            refuse("ses valeurs sont des nombres complexes ; exportez des valeurs réelles");
        for (int band = 2; band <= bands; ++band) {
            if (source().GetRasterBand(band)->GetRasterDataType() != type)
                refuse("ses bandes sont de types différents ; enregistrez-les dans le même type");
        }
        if (bands > 1 && source().GetRasterBand(bands)->GetColorInterpretation() == GCI_AlphaBand)
            plan_.alpha_band = bands;
        const int colours = bands - (plan_.alpha_band > 0 ? 1 : 0);
        if (colours == 1 && type == GDT_Byte) plan_.table = first->GetColorTable();
        plan_.colours = colours >= 3 || plan_.table != nullptr ? 3 : 1;
        plan_.is_photo = type == GDT_Byte || plan_.colours == 3;
        int has_nodata = 0;
        const double nodata = first->GetNoDataValue(&has_nodata);
        const bool is_real = type == GDT_Float32 || type == GDT_Float64;
        if (!plan_.is_photo && has_nodata != 0) plan_.nodata = nodata;
        if (!plan_.is_photo && is_real && !plan_.nodata) plan_.nodata = std::nan("");
        const bool source_mask = (first->GetMaskFlags() & (GMF_ALL_VALID | GMF_NODATA | GMF_ALPHA)) == 0;
        plan_.has_mask = plan_.alpha_band > 0 || source_mask || (plan_.is_photo && has_nodata != 0);
        if (plan_.has_mask) plan_.nodata = plan_.is_photo ? std::nullopt : plan_.nodata;
        type_ = GDALGetDataTypeName(type);
    }

    void describe() {
        GDALRasterBand* first = source().GetRasterBand(1);
        const std::string stem = input_.path.stem().string();
        const std::string unit = plan_.is_photo ? "" : unit_of(first->GetUnitType());
        SourceLayer layer;
        layer.name = plan_.is_photo                  ? "image aérienne"
                     : tells_temperature(unit, stem) ? "raster de températures"
                                                     : "raster de hauteurs";
        if (!plan_.is_photo && unit.empty())
            layer.notes.push_back(
                fmt::format("l'image ne dit pas ce qu'elle mesure : lue comme {} ; choisissez une autre "
                            "couche si ce n'est pas cela",
                            layer.name));
        for (const char* name : raster_fields) layer.fields.push_back({name, FieldType::Text});
        layer.geometry = GeometryType::Polygon;
        layer.count = 1;
        if (const OGRSpatialReference* system = source().GetSpatialRef(); system != nullptr && !options_.source_srid) {
            char* wkt = nullptr;
            const char* const way[] = {"FORMAT=WKT2", nullptr};
            if (system->exportToWkt(&wkt, way) == OGRERR_NONE) layer.crs = wkt;
            CPLFree(wkt);
        }
        facts_["titre"] = stem;
        facts_["unite"] = unit.empty() ? Value() : Value(unit);
        facts_["largeur"] = std::int64_t{source().GetRasterXSize()};
        facts_["hauteur"] = std::int64_t{source().GetRasterYSize()};
        facts_["bandes"] = std::int64_t{source().GetRasterCount()};
        facts_["type"] = type_;
        facts_["date_fichier"] = day_of(source().GetMetadataItem("TIFFTAG_DATETIME"));
        layers_.push_back(std::move(layer));
    }

    Shape footprint() const {
        Shape shape;
        shape.kind = Shape::Kind::Polygon;
        const double width = source().GetRasterXSize();
        const double height = source().GetRasterYSize();
        const std::array<std::array<double, 2>, 5> corners{{{0, 0}, {width, 0}, {width, height}, {0, height}, {0, 0}}};
        for (std::size_t side = 0; side < 4; ++side) {
            for (int i = 0; i < edge_points; ++i) {
                const double part = static_cast<double>(i) / edge_points;
                add(shape, std::lerp(corners[side][0], corners[side + 1][0], part),
                    std::lerp(corners[side][1], corners[side + 1][1], part));
            }
        }
        add(shape, 0, 0);
        shape.rings = {static_cast<std::uint32_t>(shape.vertex_count())};
        shape.parts = {1};
        return shape;
    }

    void add(Shape& shape, double column, double row) const {
        shape.xy.push_back(place_[0] + place_[1] * column + place_[2] * row);
        shape.xy.push_back(place_[3] + place_[4] * column + place_[5] * row);
    }

    fs::path free_place() const {
        for (int n = 1;; ++n) {
            fs::path path = options_.rasters->folder / fmt::format("{}-{}.tif", options_.rasters->stamp, n);
            if (!fs::exists(path)) return path;
        }
    }

    void write() {
        if (!options_.rasters)
            refuse("un raster se dépose (carreau upload, ou la page Déposer), il ne s'importe pas directement");
        const fs::path path = free_place();
        write_cog(path);
        const raster::RasterFile written(path.string());
        const double resolution = written.mercator_resolution();
        const auto& bounds = written.mercator_bounds();
        const double across = std::max(bounds[2] - bounds[0], bounds[3] - bounds[1]);
        const auto zoom_of = [](double metres) { return std::log2(equator / 256 / metres); };
        const auto zoom = [](double value) { return static_cast<std::int64_t>(std::clamp(value, 0.0, 22.0)); };
        facts_["zoom_max"] = zoom(std::ceil(zoom_of(resolution) - 0.1));
        facts_["zoom_min"] = zoom(std::floor(zoom_of(across / smallest_drawn)));
        const double latitude = std::atan(std::sinh((bounds[1] + bounds[3]) / equator * M_PI));
        facts_["resolution_m"] = resolution * std::cos(latitude);
        facts_["fichier"] = path.filename().string();
    }

    void write_cog(const fs::path& path) {
        const GdalMessages quiet;
        GDALRegister_COG();
        OGRSpatialReference system;
        const int srid = options_.source_srid ? *options_.source_srid : identify_crs(layers_[0].crs).value().srid;
        system.importFromEPSG(srid);
        facts_["crs"] = fmt::format("EPSG:{}", srid);
        RasterView view(source(), plan_, place_, system);
        const bool lossy = plan_.is_photo && type_ == "Byte";
        const std::string compression = lossy ? "COMPRESS=JPEG" : "COMPRESS=DEFLATE";
        const std::string more = lossy ? "QUALITY=90" : "PREDICTOR=YES";
        const char* const said[] = {compression.c_str(), more.c_str(),       "BLOCKSIZE=512", "RESAMPLING=AVERAGE",
                                    "OVERVIEWS=AUTO",    "BIGTIFF=IF_SAFER", nullptr};
        const std::int64_t bytes = static_cast<std::int64_t>(view.GetRasterXSize()) * view.GetRasterYSize() *
                                   plan_.colours * GDALGetDataTypeSizeBytes(view.GetRasterBand(1)->GetRasterDataType());
        ProgressTold told{&options_, bytes};
        GDALDriver* cog = GetGDALDriverManager()->GetDriverByName("COG");
        if (cog == nullptr) throw Unavailable("this installation of GDAL writes no cloud optimised GeoTIFF");
        const DatasetPtr written(
            cog->CreateCopy(path.c_str(), &view, FALSE, const_cast<char**>(said), &ProgressTold::tell, &told));
        if (options_.stop.stop_requested()) throw Unavailable("asked to stop");
        if (!written || !quiet.failure().empty())
            refuse(fmt::format("l'image ne se lit pas jusqu'au bout ({}) ; envoyez-la de nouveau",
                               quiet.failure().empty() ? "raison inconnue" : quiet.failure().substr(0, 200)));
        describe_values(*static_cast<GDALDataset*>(written.get()), view.range());
    }

    /// The usual stretch is taken from an overview: a few percent of the values lie beyond it.
    void describe_values(GDALDataset& written, const RasterRange& range) {
        GDALRasterBand* band = written.GetRasterBand(1);
        const double scale = band->GetScale(nullptr);
        const double offset = band->GetOffset(nullptr);
        if (!plan_.is_photo) {
            if (range.least > range.greatest) refuse("l'image n'a aucune valeur : tout y est « sans donnée »");
            facts_["minimum"] = range.least * scale + offset;
            facts_["maximum"] = range.greatest * scale + offset;
        }
        if (type_ == "Byte") return;
        const int width = std::min(looked_at_side, written.GetRasterXSize());
        const int height = std::min(looked_at_side, written.GetRasterYSize());
        std::vector<double> values(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
        std::vector<GByte> seen(values.size());
        const auto read_whole = [&](GDALRasterBand* from, void* out, GDALDataType type) {
            return from->RasterIO(GF_Read, 0, 0, written.GetRasterXSize(), written.GetRasterYSize(), out, width, height,
                                  type, 0, 0, nullptr) == CE_None;
        };
        if (!read_whole(band, values.data(), GDT_Float64) || !read_whole(band->GetMaskBand(), seen.data(), GDT_Byte))
            return;
        std::vector<double> data;
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (seen[i] != 0 && std::isfinite(values[i])) data.push_back(values[i] * scale + offset);
        }
        if (data.empty()) return;
        std::ranges::sort(data);
        const auto at = [&](double part) {
            return data[static_cast<std::size_t>(part * static_cast<double>(data.size() - 1))];
        };
        facts_["bas"] = at(stretch_part);
        facts_["haut"] = at(1 - stretch_part);
    }

    Input input_;
    const Options& options_;
    DatasetPtr dataset_;
    std::array<double, 6> place_{};
    RasterPlan plan_;
    std::string type_;
    std::map<std::string, Value> facts_;
    std::vector<SourceLayer> layers_;
};

}  // namespace

std::unique_ptr<Source> open_raster_source(const Input& input, const Options& options) {
    return std::make_unique<RasterSource>(input, options);
}

}  // namespace gis::read
